"""claims -> contracts: who buys from whom, by all claims that say so, and what each is said to be worth.

A figure belongs to a contract where it is said of one side in the same words, or names the other side.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kg.records import ClaimRecord, EvidenceRecord, FigureRecord, Ref

STILL = frozenset(("accepted", "preferred", "disputed", "candidate"))


@dataclass(frozen=True)
class Deal:
    """Who buys from whom, or is said not to; the claims that say so, and the figures that go with it."""

    buyer: Ref
    seller: Ref
    denied: bool
    claims: tuple[ClaimRecord, ...]
    worth: tuple[ClaimRecord, ...]  # the largest first, each amount once

    @property
    def planned(self) -> bool:
        """Whether it is no more than a plan."""
        return all(claim.modality == "planned" for claim in self.claims)

    @property
    def disputed(self) -> bool:
        """Whether another statement contradicts it."""
        return any(claim.status == "disputed" for claim in self.claims)


def deals_of(buying: Iterable[ClaimRecord], worth: Sequence[ClaimRecord]) -> list[Deal]:
    """The contracts, those with the largest figure first, then those of which most reports speak."""
    groups: dict[tuple[Ref, Ref, bool], list[ClaimRecord]] = defaultdict(list)
    for claim in buying:
        if claim.object and claim.status in STILL:
            groups[claim.subject, claim.object, claim.polarity == "negated"].append(claim)
    of_thing: dict[str, list[ClaimRecord]] = defaultdict(list)
    for claim in worth:
        if claim.figure and claim.status in STILL:
            of_thing[claim.subject.iri].append(claim)
    found = [
        Deal(*parties, tuple(claims), _worth(parties, claims, of_thing)) for parties, claims in groups.items()
    ]
    return sorted(found, key=_rank)


def amount(figure: FigureRecord) -> Decimal:
    """The number by which a figure is drawn: its value, else the end that is known."""
    return next((one for one in (figure.value, figure.high, figure.low) if one is not None), Decimal(0))


def _worth(
    parties: tuple[Ref, Ref, bool], claims: Iterable[ClaimRecord], of_thing: dict[str, list[ClaimRecord]]
) -> tuple[ClaimRecord, ...]:
    buyer, seller, denied = parties
    if denied:
        return ()
    words = [(claim.report.iri, evidence) for claim in claims for evidence in claim.evidence]
    fitting = [
        figure
        for one, other in ((buyer, seller), (seller, buyer))
        for figure in of_thing.get(one.iri, ())
        if _names(figure, other) or _shares_words(figure, words)
    ]
    fitting.sort(key=lambda claim: (-_amount(claim), claim.iri))
    once = {(_amount(claim), claim.figure.unit if claim.figure else None): claim for claim in fitting[::-1]}
    return tuple(sorted(once.values(), key=lambda claim: (-_amount(claim), claim.iri)))


def _names(figure: ClaimRecord, other: Ref) -> bool:
    """Whether the other side is what the figure is about too, or stands in its words."""
    said = (evidence.quote.casefold() for evidence in figure.evidence)
    return other in (*figure.about, *figure.scope) or any(other.label.casefold() in words for words in said)


def _shares_words(figure: ClaimRecord, words: Iterable[tuple[str, EvidenceRecord]]) -> bool:
    return any(
        report == figure.report.iri and one.start < other.end and other.start < one.end
        for report, one in words
        for other in figure.evidence
    )


def _amount(claim: ClaimRecord) -> Decimal:
    return amount(claim.figure) if claim.figure else Decimal(0)


def _rank(deal: Deal) -> tuple[bool, Decimal, int, str, str]:
    largest = _amount(deal.worth[0]) if deal.worth else Decimal(0)
    reports = len({claim.report.iri for claim in deal.claims})
    return deal.denied, -largest, -reports, deal.buyer.label.casefold(), deal.seller.label.casefold()
