"""two versions -> what came, what went and what changed its standing between them."""

from collections.abc import Mapping
from dataclasses import dataclass

from pyoxigraph import Store

from kg.claim_records import claim_records
from kg.iris import ID, VOCAB
from kg.names import candidates_for
from kg.queries import rows
from kg.reading import open_version
from kg.records import ClaimRecord
from kg.report_records import report_records
from kg.snapshots import Version


@dataclass(frozen=True)
class ChangedClaim:
    """A claim with its standing before and after; None where it was not there."""

    claim: ClaimRecord
    before: str | None
    after: str | None


@dataclass(frozen=True)
class VersionChanges:
    """What is different in the later version; claims beyond the limit are only counted."""

    reports_added: tuple[str, ...]
    reports_removed: tuple[str, ...]
    added: int
    removed: int
    changed: int
    claims: tuple[ChangedClaim, ...]


def version_changes(store: Store, *, since: Version, limit: int, about: str | None = None) -> VersionChanges:
    """What changed in the store's version since an earlier one; of claims about one thing, if it is given."""
    earlier = open_version(since)
    before, after = _standing(earlier, about), _standing(store, about)
    added = [iri for iri in after if iri not in before]
    removed = [iri for iri in before if iri not in after]
    changed = [iri for iri in after if iri in before and before[iri] != after[iri]]
    shown = claim_records(store, sorted(added)[:limit] + sorted(changed)[:limit])
    shown += claim_records(earlier, sorted(removed)[:limit])
    reports = [{report.iri for report in report_records(one)} for one in (earlier, store)]
    return VersionChanges(
        tuple(sorted(reports[1] - reports[0])),
        tuple(sorted(reports[0] - reports[1])),
        len(added),
        len(removed),
        len(changed),
        tuple(ChangedClaim(one, before.get(one.iri), after.get(one.iri)) for one in shown[:limit]),
    )


def _standing(store: Store, about: str | None) -> Mapping[str, str]:
    if about is None:
        found = rows(store, "claim_standing")
    else:
        found = rows(store, "standing_about", many={"thing": candidates_for(about, ID, VOCAB)})
    return {row["claim"]: row["status"].rpartition("status-")[2] for row in found}
