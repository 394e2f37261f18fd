"""What a name is, before it is known what it names."""

from typing import NamedTuple

from kg.model import EntityType


class Spotted(NamedTuple):
    """A name at tokens `start:end`: its IRIs if the ontology knows it, else the type that it looks like."""

    start: int
    end: int
    iris: tuple[str, ...] = ()
    type: EntityType | None = None
