"""mentions, headings -> claims that tell a story: changes, causes, roles, surveys, strategies, advice.

Reads   doc.sents, doc.spans["mentions"], doc.spans["periods"], doc._.report (its headings), doc._.claims
Writes  doc._.claims: more claims, and on those before it the dynamic that they are about
Skips   what the frames of `narrative_frames.toml` do not describe
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from spacy.language import Language
from spacy.tokens import Doc

from ingest import extensions
from ingest.frames import fillings
from ingest.named_figures import with_named_metrics
from ingest.narrative_relations import frame_claims, survey_claims
from ingest.narrative_scene import BY_HEADING, Scene, frames, predicate_iri, scene_of
from ingest.posts import with_posts
from ingest.propositions import proposition_claims
from ingest.strategies import strategy_claims
from ingest.surveys import surveys_in
from ingest.transitions import transition_claims
from kg.model import Claim, Entity
from ontology import terms

extensions.register()


@Language.component("narrative_claims", requires=["doc.sents", "doc.spans"])
def narrative_claims(doc: Doc) -> Doc:
    """Add the narrative claims of `doc`, and the topics of all its claims."""
    scene = scene_of(doc)
    told = [
        *frame_claims(scene),
        *survey_claims(scene),
        *transition_claims(scene),
        *strategy_claims(scene),
        *proposition_claims(scene),
    ]
    told += _examples(scene, told)
    kept = [claim for claim in doc._.claims if not _is_given_up(claim, told)]
    doc._.claims = with_named_metrics(doc, kept, surveys_in(doc, scene.sentences))
    about = [_with_topic(scene, claim) for claim in _once([*doc._.claims, *told])]
    doc._.claims = with_posts(about, doc.spans.get(extensions.MENTIONS, ()))
    return doc


def _once(claims: Iterable[Claim]) -> list[Claim]:
    """The claims, each said once; of equal ones the surest reading stays, in the place of the first."""
    said: dict[tuple[object, ...], Claim] = {}
    for claim in claims:
        key = _what_is_said(claim)
        if key not in said or claim.confidence > said[key].confidence:
            said[key] = claim
    return list(said.values())


def _is_given_up(claim: Claim, told: Iterable[Claim]) -> bool:
    """Whether the same words were read as a change away from what the claim affirms."""
    return any(
        one.polarity == "negated" != claim.polarity
        and one.kind == claim.kind == "relation"
        and (one.predicate, one.subject.iri) == (claim.predicate, claim.subject.iri)
        and one.object is not None
        and claim.object is not None
        and one.object.iri == claim.object.iri
        and one.evidence.start < claim.evidence.end
        and claim.evidence.start < one.evidence.end
        for one in told
    )


def _what_is_said(claim: Claim) -> tuple[object, ...]:
    def iri(entity: Entity | None) -> str | None:
        return entity.iri if entity else None

    return (
        claim.kind,
        claim.subject.iri,
        claim.predicate,
        iri(claim.object),
        claim.metric,
        claim.quantity,
        iri(claim.aspect),
        iri(claim.from_state),
        iri(claim.to_state),
        claim.polarity,
        claim.period,
        claim.role,
        claim.statement if claim.kind == "proposition" else None,
    )


def _examples(scene: Scene, told: Iterable[Claim]) -> Iterator[Claim]:
    """Organizations that stand for the dynamic of the heading above: by deed, or named as examples."""
    done = [
        claim for claim in told if claim.kind == "transition" or claim.predicate == terms.PURSUES_STRATEGY
    ]
    places = [(claim.evidence.start, claim.evidence.end, claim.subject) for claim in done]
    for sentence in scene.sentences if scene.topics else ():
        for filling in fillings(frames()["example"]["patterns"], sentence):
            places += [(filling.start, filling.end, entity) for entity in filling.places["subject"]]
    for start, end, entity in places:
        dynamic = scene.dynamic_at(start)
        if dynamic is not None and entity.type == "Organization":
            yield scene.claim(
                "relation",
                start,
                end,
                subject=entity,
                statement=f"{entity.label} is an example of {dynamic.label}",
                predicate=terms.EXEMPLIFIES,
                object=dynamic,
                modality="reported",
                confidence=BY_HEADING,
            )


def _with_topic(scene: Scene, claim: Claim) -> Claim:
    """The claim, about the dynamic whose heading stands above it, where headings order its kind."""
    ordered = {predicate_iri(name) for name in frames()["topics"]["about"]}
    dynamic = scene.dynamic_at(claim.evidence.start)
    if dynamic is None or (claim.kind == "relation" and claim.predicate not in ordered):
        return claim
    about = {entity.iri: entity for entity in (*claim.about, dynamic)}
    return replace(claim, about=tuple(about.values()))
