"""worksFor claims -> persons with their posts, wherever the report names them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from spacy.tokens import Span

from kg.model import Claim, Entity
from ontology import terms


def with_posts(claims: Sequence[Claim], mentions: Iterable[Span]) -> list[Claim]:
    """The claims with the posts filled in; the mentions' entities are changed in place."""
    posts = {
        claim.subject.iri: claim.role
        for claim in reversed(claims)
        if claim.predicate == terms.WORKS_FOR and claim.role and claim.polarity == "affirmed"
    }
    for span in mentions:
        span._.entity = _titled(span._.entity, posts)
    return [_claim(claim, posts) for claim in claims] if posts else list(claims)


def _claim(claim: Claim, posts: Mapping[str, str]) -> Claim:
    return replace(
        claim,
        subject=_titled(claim.subject, posts),
        attributed_to=tuple(_titled(entity, posts) for entity in claim.attributed_to),
        relayed_by=tuple(_titled(entity, posts) for entity in claim.relayed_by),
    )


def _titled(entity: Entity, posts: Mapping[str, str]) -> Entity:
    post = posts.get(entity.iri)
    return replace(entity, job_title=post) if post and entity.job_title is None else entity
