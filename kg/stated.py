"""quads -> `Stated`: what the comparison of claims needs to know about one claim in the graph."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from pyoxigraph import Literal, NamedNode, Quad

from kg.keys import in_base_units
from kg.view import View
from kg.vocabulary import PROV_WAS_INVALIDATED_BY, concept, concept_name
from ontology import terms

INFINITE = Decimal("Infinity")
_KINDS = {
    terms.C_RELATION_CLAIM: "relation",
    terms.C_METRIC_CLAIM: "metric",
    terms.C_TRANSITION_CLAIM: "transition",
    terms.C_PROPOSITION_CLAIM: "proposition",
}
# What the comparison itself writes, so that it never compares claims by it.
STANDING = frozenset({terms.STATUS, terms.RETIRED_AT, terms.SUPERSEDES})


@dataclass(frozen=True)
class Figure:
    """What a metric claim gives as its value: an interval, open where the claim leaves it open."""

    low: Decimal
    high: Decimal
    measure: str  # the kind of unit where units convert, else the unit: only equal measures compare

    def excludes(self, other: "Figure") -> bool:
        """Whether both cannot hold: the measures are one and the intervals do not overlap."""
        return self.measure == other.measure and (self.high < other.low or other.high < self.low)


@dataclass(frozen=True)
class Stated:
    """A claim in the graph: `question` is predicate, metric or aspect, `answer` is object or new state."""

    iri: str
    graph: str
    report: str
    kind: str
    subject: str
    question: str | None
    answer: str | None
    left: str | None  # the state that a transition leaves
    figure: Figure | None
    modality: str
    affirmed: bool
    claimants: frozenset[str]
    asserted_at: str | None  # xsd:dateTime in UTC, so that text order is time order
    confidence: Decimal
    slot: str
    proposition: str
    withdrawn: bool  # a later version of its report no longer makes it


def read_stated(view: View, iri: str) -> Stated | None:
    """The claim with this IRI as the view shows it; None if there is none."""
    return stated_of(view.about(iri))


def stated_in(quads: Iterable[Quad]) -> list[Stated]:
    """Every claim that the quads of a report's graph describe."""
    grouped: dict[str, list[Quad]] = {}
    for quad in quads:
        grouped.setdefault(text_of(quad.subject), []).append(quad)
    return [claim for described in grouped.values() if (claim := stated_of(described))]


def stated_of(quads: Iterable[Quad]) -> Stated | None:
    """The claim that the quads of one subject describe; None if they describe no claim."""
    values: dict[str, list[str]] = {}
    iri = graph = ""
    for quad in quads:
        iri, graph = text_of(quad.subject), text_of(quad.graph_name)
        values.setdefault(quad.predicate.value, []).append(text_of(quad.object))
    kind = next((_KINDS[cls] for cls in values.get(terms.RDF_TYPE, ()) if cls in _KINDS), None)
    if kind is None:
        return None

    def one(predicate: str) -> str | None:
        return next(iter(values.get(predicate, ())), None)

    return Stated(
        iri=iri,
        graph=graph,
        report=one(terms.REPORTED_IN) or "",
        kind=kind,
        subject=one(terms.SUBJECT) or "",
        question=one(terms.PREDICATE) or one(terms.METRIC) or one(terms.ASPECT),
        answer=one(terms.OBJECT) or one(terms.TO_STATE),
        left=one(terms.FROM_STATE),
        figure=_figure(one(terms.LOW), one(terms.HIGH), one(terms.UNIT)) if kind == "metric" else None,
        modality=concept_name("modality", one(terms.MODALITY) or concept("modality", "reported")),
        affirmed=one(terms.POLARITY) != terms.V_POLARITY_NEGATED,
        claimants=frozenset(values.get(terms.ATTRIBUTED_TO, ())),
        asserted_at=one(terms.ASSERTED_AT),
        confidence=Decimal(one(terms.CONFIDENCE) or "0"),
        slot=one(terms.SLOT_KEY) or "",
        proposition=one(terms.PROPOSITION_KEY) or "",
        withdrawn=PROV_WAS_INVALIDATED_BY in values,
    )


def _figure(low: str | None, high: str | None, unit: str | None) -> Figure:
    name = (unit or "").removeprefix(terms.UNIT_NS)
    _, measure = in_base_units(Decimal(1), name)
    lowest = in_base_units(Decimal(low), name)[0] if low else -INFINITE
    highest = in_base_units(Decimal(high), name)[0] if high else INFINITE
    return Figure(lowest, highest, measure)


def text_of(term: object) -> str:
    """The IRI of a node or the text of a literal."""
    if isinstance(term, NamedNode | Literal):
        return term.value
    raise TypeError(f"the graph holds no blank nodes, but here is {term}")
