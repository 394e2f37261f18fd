"""sentences -> strategies: an organization's course of action, and what it combines."""

from collections.abc import Iterator

from ingest.extensions import text_of
from ingest.frames import Filling, fillings
from ingest.narrative_scene import Scene, frames
from kg.iris import entity_iri
from kg.model import Claim, Entity
from ontology import terms


def strategy_claims(scene: Scene) -> Iterator[Claim]:
    """The organization pursues the strategy, and the strategy combines its parts."""
    for sentence in scene.sentences:
        for filling in fillings(frames()["strategy"]["patterns"], sentence):
            organization, parts = filling.one("subject"), filling.places["object"]
            if organization is not None and parts:
                yield from _strategy(scene, filling, organization, parts)


def _strategy(
    scene: Scene, filling: Filling, organization: Entity, parts: tuple[Entity, ...]
) -> Iterator[Claim]:
    strategy = _entity(organization, text_of(scene.doc)[slice(*filling.groups["plan"])])
    yield scene.claim(
        "relation",
        filling.start,
        filling.end,
        subject=organization,
        statement=f"{organization.label} pursues a strategy: {strategy.label}",
        predicate=terms.PURSUES_STRATEGY,
        object=strategy,
    )
    for part in parts:
        yield scene.claim(
            "relation",
            filling.start,
            filling.end,
            subject=strategy,
            statement=f"The strategy of {organization.label} combines {part.label}",
            predicate=terms.COMBINES,
            object=part,
        )


def _entity(organization: Entity, words: str) -> Entity:
    """The strategy, named by the organization and the words that describe it."""
    described = " ".join(words.split())
    return Entity(
        entity_iri("Strategy", f"{organization.iri} {described}"),
        f"{organization.label}: {described}",
        "Strategy",
        known=False,
    )
