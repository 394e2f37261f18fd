"""gold, extracted -> agreement: precision and recall per level, over the union of gold and found."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.evaluation.matching import Aliases, Json, names_of, pair, same_figure, same_name

LEVELS = ("entities", "figures", "figures-core", "figures-full", "relations", "relations-full")
QUALITIES = ("period", "modality", "attributedTo", "qualifier")
_PREDICATES = frozenset(
    (
        *("followsParadigm", "usesDeliveryParadigm", "hasBusinessModel", "offers", "usesTechnology"),
        *("operatesFacility", "isLocatedIn", "isHeadquarteredIn", "operatesIn", "hasParentOrganization"),
        *("partnersWith", "isCustomerOf", "investsIn", "acquires", "competesWith", "isSubjectTo", "imposes"),
        "worksFor",
    )
)


@dataclass
class Tally:
    """Counts of one level."""

    matched: int = 0
    gold: int = 0
    found: int = 0

    def add(self, matched: int, gold: int, found: int) -> None:
        """Add the counts of one report."""
        self.matched += matched
        self.gold += gold
        self.found += found

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 0 when nothing was found."""
        return self.matched / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold that was found; 0 when there is none."""
        return self.matched / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass
class Agreement:
    """The counts of all levels and qualities, and what did not match, each with its report's name."""

    levels: dict[str, Tally] = field(default_factory=lambda: {level: Tally() for level in LEVELS})
    qualities: dict[str, Tally] = field(default_factory=lambda: {quality: Tally() for quality in QUALITIES})
    claims: int = 0
    unquoted: int = 0
    missed: list[tuple[str, Json]] = field(default_factory=list)
    spurious: list[tuple[str, Json]] = field(default_factory=list)
    missed_entities: list[tuple[str, Json]] = field(default_factory=list)
    spurious_entities: list[tuple[str, Json]] = field(default_factory=list)


def compare(golds: Mapping[str, Json], found: Mapping[str, Json], texts: Mapping[str, str]) -> Agreement:
    """How the extractions agree with the gold, report by report; a missing one counts as empty."""
    agreement = Agreement()
    for name, gold in golds.items():
        _compare_one(agreement, name, gold, found.get(name, {"entities": [], "claims": []}), texts[name])
    return agreement


def squeeze(text: str | None) -> str:
    """The text with all white space as single spaces."""
    return re.sub(r"\s+", " ", text or "").strip()


def quote_of(claim: Json) -> str:
    """The claim's quote, wherever the shape has it."""
    evidence = claim.get("evidence")
    if isinstance(evidence, list):
        evidence = evidence[0] if evidence else None
    return squeeze((evidence or {}).get("quote") if isinstance(evidence, dict) else claim.get("quote"))


def _compare_one(agreement: Agreement, name: str, gold: Json, found: Json, text: str) -> None:
    aliases = Aliases([*gold["entities"], *found.get("entities", [])])
    _compare_entities(agreement, name, gold["entities"], found.get("entities", []))
    body = squeeze(text)
    claims = found.get("claims", [])
    quoted = {id(claim) for claim in claims if (quote := quote_of(claim)) and quote in body}
    agreement.claims += len(claims)
    agreement.unquoted += len(claims) - len(quoted)
    _compare_figures(
        agreement, name, _of_kind(gold["claims"], "metric"), _of_kind(claims, "metric"), quoted, aliases
    )
    relations = [claim for claim in _of_kind(claims, "relation") if claim.get("predicate") in _PREDICATES]
    _compare_relations(agreement, name, _of_kind(gold["claims"], "relation"), relations, quoted, aliases)


def _of_kind(claims: Iterable[Json], kind: str) -> list[Json]:
    return [claim for claim in claims if claim.get("kind") == kind]


def _compare_entities(agreement: Agreement, name: str, golds: Sequence[Json], found: Sequence[Json]) -> None:
    pairs = pair(golds, found, lambda one, other: int(same_name(names_of(one), names_of(other), loose=False)))
    agreement.levels["entities"].add(len(pairs), len(golds), len(found))
    matched_golds, matched_found = ({each[side] for each in pairs} for side in (0, 1))
    agreement.missed_entities += [(name, one) for i, one in enumerate(golds) if i not in matched_golds]
    agreement.spurious_entities += [(name, one) for j, one in enumerate(found) if j not in matched_found]


def _compare_figures(
    agreement: Agreement, name: str, golds: list[Json], found: list[Json], quoted: set[int], aliases: Aliases
) -> None:
    def degree(gold: Json, one: Json) -> int:
        if id(one) not in quoted or not same_figure(gold, one):
            return 0
        return 1 + int(gold["metric"] == one.get("metric")) + 2 * aliases.same_subject(gold, one)

    pairs = pair(golds, found, degree)
    core = [
        (gold, one)
        for gold, one in ((golds[i], found[j]) for i, j in pairs)
        if gold["metric"] != "other"
        and gold["metric"] == one.get("metric")
        and aliases.same_subject(gold, one)
    ]
    counted = [sum(claim.get("metric") != "other" for claim in claims) for claims in (golds, found)]
    agreement.levels["figures"].add(len(pairs), len(golds), len(found))
    agreement.levels["figures-core"].add(len(core), *counted)
    agreement.levels["figures-full"].add(sum(_compare_qualities(agreement, *each) for each in core), *counted)
    matched = {id(claim) for each in core for claim in each}
    agreement.missed += [(name, one) for one in golds if id(one) not in matched and one["metric"] != "other"]
    agreement.spurious += [
        (name, one) for one in found if id(one) not in matched and one.get("metric") != "other"
    ]


def _compare_qualities(agreement: Agreement, gold: Json, found: Json) -> bool:
    """Count the qualities of a matched figure; True if period and modality are right."""
    claimants = [label for one in found.get("attributedTo") or [] for label in names_of(one)]
    right: dict[str, bool] = {
        "period": _period(gold) == _period(found),
        "modality": gold["modality"] == found.get("modality"),
        "attributedTo": not gold["attributedTo"] or same_name(gold["attributedTo"], claimants),
        "qualifier": gold["qualifier"] == found.get("qualifier"),
    }
    for quality, is_right in right.items():
        agreement.qualities[quality].add(is_right, 1, 1)
    return right["period"] and right["modality"]


def _period(claim: Json) -> str | None:
    period: Any = claim.get("period")
    if isinstance(period, dict):
        period = period.get("label")
    return str(period).strip() if period else None


def _compare_relations(
    agreement: Agreement, name: str, golds: list[Json], found: list[Json], quoted: set[int], aliases: Aliases
) -> None:
    pairs = pair(
        golds, found, lambda one, other: int(id(other) in quoted and aliases.same_relation(one, other))
    )
    full = sum(
        golds[i]["modality"] == found[j].get("modality")
        and golds[i]["polarity"] == found[j].get("polarity", "affirmed")
        for i, j in pairs
    )
    agreement.levels["relations"].add(len(pairs), len(golds), len(found))
    agreement.levels["relations-full"].add(full, len(golds), len(found))
    matched = {id(golds[i]) for i, _ in pairs} | {id(found[j]) for _, j in pairs}
    agreement.missed += [(name, one) for one in golds if id(one) not in matched]
    agreement.spurious += [(name, one) for one in found if id(one) not in matched]
