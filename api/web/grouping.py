"""claims about one thing -> the rows of its page: by metric, by predicate and object; its sources."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from api.web.wording import is_ahead
from kg.records import ClaimRecord, Ref


@dataclass(frozen=True)
class Measured:
    """The figures of one metric, the latest first: what happened beside what is ahead."""

    metric: Ref
    actual: tuple[ClaimRecord, ...]
    ahead: tuple[ClaimRecord, ...]


@dataclass(frozen=True)
class Said:
    """One thing said under a predicate, by all claims that say it alike."""

    other: Ref
    claims: tuple[ClaimRecord, ...]

    @property
    def first(self) -> ClaimRecord:
        """The claim whose kind and standing are shown."""
        return self.claims[0]


def by_metric(claims: Iterable[ClaimRecord]) -> list[Measured]:
    """The figures by the name of their metric."""
    found: dict[Ref, list[ClaimRecord]] = defaultdict(list)
    for claim in claims:
        if claim.metric and claim.figure:
            found[claim.metric].append(claim)
    return [
        Measured(
            metric,
            tuple(one for one in sorted(some, key=_when, reverse=True) if not is_ahead(one)),
            tuple(one for one in sorted(some, key=_when, reverse=True) if is_ahead(one)),
        )
        for metric, some in sorted(found.items(), key=lambda item: item[0].label)
    ]


def by_predicate(claims: Iterable[ClaimRecord], *, turned: bool = False) -> list[tuple[str, list[Said]]]:
    """What is said under each predicate; with the subjects as the others where it is turned round."""
    groups: dict[str, dict[tuple[Ref, str, str], list[ClaimRecord]]] = defaultdict(lambda: defaultdict(list))
    for claim in claims:
        other = claim.subject if turned else claim.object
        if claim.predicate and other:
            groups[claim.predicate.label][other, claim.modality, claim.polarity].append(claim)
    return [
        (name, [Said(key[0], tuple(some)) for key, some in alike.items()])
        for name, alike in sorted(groups.items())
    ]


def numbered(claims: Iterable[ClaimRecord]) -> dict[str, int]:
    """A number for each report that the claims come from, in the order in which a reader meets them."""
    return {
        iri: number for number, iri in enumerate(dict.fromkeys(one.report.iri for one in claims), start=1)
    }


def dated(claims: Sequence[ClaimRecord], most: int) -> list[ClaimRecord]:
    """The last of the claims that have a time, in its order; what happened before what is ahead."""
    found = sorted((one for one in claims if one.period and one.period.label), key=_when)
    happened = [one for one in found if not is_ahead(one)]
    ahead = [one for one in found if is_ahead(one)]
    return happened[-most:] + ahead[:most]


def _when(claim: ClaimRecord) -> tuple[str, str]:
    period = claim.period
    return (period.end or period.start or "" if period else ""), claim.id
