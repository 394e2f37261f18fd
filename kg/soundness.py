"""extraction -> what of it can be stored: a claim that no graph may hold becomes a rejection.

One odd reading must not cost the rest of its report. What is wrong with the report itself still refuses it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from kg.errors import InvalidGraph
from kg.model import Claim, Extraction, Rejected
from kg.prepared import Prepared, prepare
from kg.quads import claims_of, evidence_iri, evidence_parts

STAGE = "shapes"


def prepare_sound(
    extraction: Extraction, *, recorded_at: datetime | None = None
) -> tuple[Extraction, Prepared]:
    """The extraction without the claims that break a shape or misquote, and that ready to be committed.

    Each claim that goes is among its rejections, with the reason. InvalidGraph if no claim is at fault.
    """
    moment = recorded_at or datetime.now(UTC)
    while True:
        try:
            return extraction, prepare(extraction, recorded_at=moment)
        except InvalidGraph as broken:
            rest = _without(extraction, broken.faults)
            if len(rest.claims) == len(extraction.claims):
                raise
            extraction = rest


def _without(extraction: Extraction, faults: Mapping[str, str]) -> Extraction:
    kept: list[Claim] = []
    rejected: list[Rejected] = []
    for iri, _, claim in claims_of(extraction):
        reason = next((faults[node] for node in _nodes(extraction, iri, claim) if node in faults), None)
        if reason is None:
            kept.append(claim)
        else:
            place = claim.evidence
            rejected.append(Rejected(STAGE, place.start, place.end, f"{claim.statement} {reason}"))
    return replace(extraction, claims=tuple(kept), rejected=(*extraction.rejected, *rejected))


def _nodes(extraction: Extraction, iri: str, claim: Claim) -> Iterator[str]:
    """What the claim alone brings into the graph, or shares with claims on the same words."""
    evidence = evidence_iri(extraction.report, claim.evidence.start, claim.evidence.end)
    yield from (iri, evidence, *evidence_parts(evidence))
