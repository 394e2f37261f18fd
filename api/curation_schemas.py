"""Bodies of curation: what a curator can ask for, and what comes back."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Union

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from api.claims import Id
from api.schemas import Claim, Entry, Record, Thing
from kg.actions import Action
from kg.model import EntityType, Modality, Polarity, Qualifier
from kg.records import Number

Reason = Annotated[str, Field(max_length=2000)]
Words = Annotated[str, Field(min_length=1, max_length=500)]
_CLAIM = "24bd81b2a1e2f2c4"
_REJECT: JsonDict = {"action": "reject", "claim": _CLAIM, "reason": "the sentence is about another company"}
_CORRECT: JsonDict = {
    "action": "correct",
    "claim": _CLAIM,
    "reason": "it is 1.6 trillion, not billion",
    "changes": {"value": 1600000000000, "unit": "CCY_USD", "period": "/2030"},
}
_MERGE: JsonDict = {
    "action": "merge",
    "entity": "5e0e6c7bfcb0c8e2",
    "into": "nebius",
    "reason": "one company",
}


_DRAFT: JsonDict = {
    "id": "1f9d3c2b1a09f8e7",
    "title": "Nebius",
    "by": "ann",
    "created": "2026-11-24T12:00:00Z",
    "actions": [_REJECT, _MERGE],
}


class Asked(BaseModel):
    """Part of a request: a name that is not known is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _OnClaim(Asked):
    claim: Id = Field(description="Id or IRI of the claim")
    reason: Reason = ""
    last: Id | None = Field(
        None,
        description="Id of the last entry on this claim that the curator has seen, null for none. When it is "
        "given and somebody has decided since, nothing is done and the answer is 409 changed-meanwhile",
    )

    def to_action(self) -> Action:
        return Action(self.action, self.claim, self.reason)  # type: ignore[attr-defined]


class Accept(_OnClaim):
    """The claim was read correctly."""

    action: Literal["accept"]


class Reject(_OnClaim):
    """The claim was read wrongly: it is kept, but counts no more."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REJECT]})

    action: Literal["reject"]
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class Prefer(_OnClaim):
    """Of claims that disagree this one is to be believed."""

    action: Literal["prefer"]


class Changes(Asked):
    """Parts of a claim as they should be; a part that is not given stays. Things are ids or IRIs."""

    subject: Id | None = None
    predicate: Id | None = None
    object: Id | None = None
    metric: Id | None = None
    aspect: Id | None = None
    from_state: Id | None = None
    to_state: Id | None = None
    value: Decimal | None = Field(None, description="In base units of money, else in the unit as written")
    low: Decimal | None = Field(None, description="Follows from value and qualifier if it is not given")
    high: Decimal | None = None
    unit: str | None = Field(None, max_length=60, description="As MegaW, PERCENT or CCY_USD")
    qualifier: Qualifier | None = None
    period: str | None = Field(None, max_length=40, description="2026, 2026-Q3, FY2026, 2026/2029, /2030")
    modality: Modality | None = None
    polarity: Polarity | None = None
    attributed_to: list[Id] | None = Field(None, max_length=20, description="Who states it; [] for nobody")
    relayed_by: list[Id] | None = Field(None, max_length=20)
    scope: list[Id] | None = Field(None, max_length=20)
    about: list[Id] | None = Field(None, max_length=20)
    statement: Words | None = Field(None, description="The claim as one sentence")

    def given(self) -> dict[str, Any]:
        """The parts that were given; null only where it means that there is none."""
        may_be_none = ("value", "low", "high", "period")
        given = self.model_dump(exclude_unset=True)
        return {name: value for name, value in given.items() if value is not None or name in may_be_none}


class Correct(_OnClaim):
    """The sentence says something else than was read."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CORRECT]})

    action: Literal["correct"]
    changes: Changes

    def to_action(self) -> Action:
        """What the graph is to do."""
        return Action("correct", self.claim, self.reason, self.changes.given())


class Merge(Asked):
    """Two things are one: what is said of the first is said of the other, now and in reports to come."""

    model_config = ConfigDict(json_schema_extra={"examples": [_MERGE]})

    action: Literal["merge"]
    entity: Id = Field(description="The thing that is no more")
    into: Id = Field(description="The thing that stays")
    reason: Reason = ""

    def to_action(self) -> Action:
        """What the graph is to do."""
        return Action("merge", self.entity, self.reason, into=self.into)


class Split(Asked):
    """Some claims mean another thing; of a merged thing and nothing else, that the merge was wrong."""

    action: Literal["split"]
    entity: Id
    reason: Reason = ""
    into: Id | None = Field(None, description="The thing that is meant, if it is known")
    label: Words | None = Field(None, description="The name of the thing that is meant, if it is new")
    type: EntityType = Field("Organization", description="What the new thing is")
    name: Words | None = Field(None, description="The claims whose sentence has this name, now and later")
    claims: list[Id] = Field(default_factory=list, max_length=500)

    def to_action(self) -> Action:
        """What the graph is to do."""
        return Action(
            "split",
            self.entity,
            self.reason,
            into=self.into,
            label=self.label,
            type=self.type,
            name=self.name,
            claims=tuple(self.claims),
        )


class Undo(Asked):
    """Have it as if the entry had never been made; an undo can be undone."""

    action: Literal["undo"]
    entry: Id
    reason: Reason = ""

    def to_action(self) -> Action:
        """What the graph is to do."""
        return Action("undo", self.entry, self.reason)


ActionIn = Annotated[
    Union[Accept, Reject, Prefer, Correct, Merge, Split, Undo],  # noqa: UP007 - pydantic's discriminator
    Field(discriminator="action"),
]


class UndoReason(Asked):
    """Why an entry is taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "the sentence was right"}]})

    reason: Reason = ""


class ActionsIn(Asked):
    """Actions to look at together; the later ones see what the earlier ones did."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"title": "Nebius", "actions": [_REJECT, _MERGE]}]}
    )

    title: Annotated[str, Field(max_length=200)] = ""
    actions: Annotated[list[ActionIn], Field(min_length=1, max_length=200)]


class EntryList(Record):
    """A page of the log, newest first."""

    version: int
    total: int
    next: str | None = Field(description="Give it as `cursor` to get the next page; null on the last one")
    entries: list[Entry]


class Done(Record):
    """What was done, and the version from which on answers show it."""

    version: int
    entries: list[Entry]


class ReasonOut(Record):
    """Why a claim is worth a look, with the things or conflicts that it is about."""

    code: str
    says: str
    things: list[Thing]


class ToReview(Record):
    """A claim to look at."""

    doubt: Number = Field(description="0 to 1")
    reasons: list[ReasonOut]
    claim: Claim


class Queue(Record):
    """A page of the claims to look at, the most doubtful first."""

    version: int
    total: int
    by_reason: dict[str, int] = Field(description="How many claims are in the queue for each reason")
    next: str | None
    entries: list[ToReview]


class FieldChange(Record):
    """A part of a claim before and after."""

    field: str
    before: list[Thing | str]
    after: list[Thing | str]


class ClaimChange(Record):
    """A claim as it is, and what of it would be different."""

    claim: Claim
    changes: list[FieldChange]


class FactChange(Record):
    """A plain fact."""

    subject: Thing
    predicate: Thing
    object: Thing


class ConflictChange(Record):
    """A conflict with the claims that it is about."""

    iri: str
    id: str
    kind: str
    claims: list[Thing]


class Diff(Record):
    """What actions would change, all together."""

    version: int
    claims: list[ClaimChange]
    facts_added: list[FactChange]
    facts_removed: list[FactChange]
    conflicts_opened: list[ConflictChange]
    conflicts_closed: list[ConflictChange]
    meanwhile: list[Entry] = Field(description="What others did to the same things since the draft was made")


class Draft(Record):
    """Actions that wait."""

    model_config = ConfigDict(json_schema_extra={"examples": [_DRAFT]})

    id: str
    title: str
    by: str
    created: datetime
    actions: list[dict[str, Any]] = Field(description="As they were given")


class DraftList(Record):
    """All drafts, newest first."""

    drafts: list[Draft]
