"""A changed report -> what follows in the rest of the graph: standing, conflicts, plain facts.

Only the questions that the touched claims answer are looked at, so the cost does not grow with the store; a
question with many claims is kept in memory by the writer (`kg.questions`), so it does not grow with them
either. The result depends on the claims alone: settling report by report ends where settling everything at
once would.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from pyoxigraph import Literal, NamedNode, Quad

from kg.curation import decision_on
from kg.iris import digest
from kg.literals import instant
from kg.questions import KINDS, Question, Questions, Shift
from kg.rivals import Saying
from kg.standing import OUT_OF_THE_RACE, Conflict, as_read, has_one_answer, load_policy
from kg.standing_quads import (
    conflict_head,
    conflict_iri,
    conflict_quads,
    involves,
    link_of,
    supersedes,
)
from kg.stated import Stated, read_stated, text_of
from kg.view import View
from kg.vocabulary import CONFLICTS_GRAPH, concept, concept_name
from ontology import terms

_PLAIN_MODALITIES = frozenset({"reported", "estimate", "opinion"})
_PLAIN_STATUSES = frozenset({"accepted", "preferred", "disputed"})
_ALL_MODALITIES = ("reported", "estimate", "forecast", "planned", "vendor-claim", "opinion", "recommendation")
_ENDED = frozenset({"superseded", "retracted"})


def settle(
    view: View, touched: Iterable[Stated], *, now: datetime, questions: Questions | None = None
) -> None:
    """Bring standing, conflicts and plain facts in the view up to date with claims that came or went.

    `touched` describes each claim as it was before or is now; one that is in the view no longer is gone. One
    that answers another question now, since a person corrected it, is given both ways. `questions` is what
    the caller keeps from one call to the next; it is to forget them when the change does not reach the store
    or when a change of the store was settled without them.
    """
    _Settlement(view, now, questions or Questions()).run(list(touched))


def settle_reference(view: View) -> None:
    """Have no plain fact twice: one that the reference data now holds goes, one that it lost comes back."""
    settlement = _Settlement(view, datetime.now(UTC), Questions())
    for quad in [*view.delta.out, *view.delta.into]:
        if text_of(quad.graph_name) == terms.G_REFERENCE and isinstance(quad.object, NamedNode):
            fact = link_of(text_of(quad.subject), quad.predicate.value, quad.object.value, terms.G_TRUTHY)
            settlement.settle_fact(fact, stated=False, hidden=True)


class _Settlement:
    """One run of `settle`, with what it has looked up already."""

    def __init__(self, view: View, now: datetime, questions: Questions) -> None:
        self._view = view
        self._now = now
        self._kept = questions
        self._claims: dict[str, Stated | None] = {}
        self._decisions: dict[str, str | None] = {}
        self._origins: dict[str, str] = {}
        self._written: set[str] = set()  # conflicts of this run

    def run(self, touched: list[Stated]) -> None:
        affected = {claim.iri for claim in touched}
        for key, claims in self._questions(touched).items():
            affected |= self._settle_question(key, claims)
        for subject, predicate, state in self._states(touched):
            affected |= self._settle_state(subject, predicate, state)
        gained: set[Quad] = set()
        lost: set[Quad] = set()
        for claim in touched:
            if self._claim(claim.iri) != claim:
                lost |= self._made_before(claim)
        for claim in [found for iri in sorted(affected) if (found := self._claim(iri))]:
            made = _made(claim, self._stand(claim))
            gained |= made
            lost |= self._made_before(claim) - made
        for fact in gained | lost:
            self.settle_fact(fact, stated=fact in gained)

    # -- questions: which claims bear on each other

    def _questions(self, touched: list[Stated]) -> dict[str, list[Stated]]:
        """The touched claims by the question, if it is one that is open to supersession or conflict."""
        groups: dict[str, list[Stated]] = {}
        asked: dict[str, str] = {}
        for claim in touched:
            key = claim.slot if has_one_answer(claim) else f"{claim.slot} {claim.answer}"
            if asked.setdefault(claim.iri, key) != key:
                self._kept.forget()  # it moved, which only looking at all claims of both questions gets right
            if claim.kind != "proposition":
                groups.setdefault(key, []).append(claim)
        return {key: claims for key, claims in groups.items() if self._open(key, claims)}

    def _open(self, key: str, claims: list[Stated]) -> bool:
        return has_one_answer(claims[0]) or key in self._kept or any(map(self._contested, claims))

    def _contested(self, claim: Stated) -> bool:
        """Whether anybody says the opposite, or did before: asked first, since the answer is no at once."""
        keys = (_proposition_key(claim, modality, not claim.affirmed) for modality in _ALL_MODALITIES)
        if any(self._view.holds(terms.PROPOSITION_KEY, Literal(key)) for key in keys):
            return True
        return bool(self._conflict_nodes(claim.iri))

    def _same_answer(self, claim: Stated, affirmed: bool) -> frozenset[str]:
        keys = [_proposition_key(claim, modality, affirmed) for modality in _ALL_MODALITIES]
        return frozenset().union(*(self._subjects(terms.PROPOSITION_KEY, key) for key in keys))

    def _settle_question(self, key: str, touched: list[Stated]) -> set[str]:
        """Write how the claims of the question stand now; whom that changes comes back."""
        question = self._kept.recall(key)
        if question is None:
            question, changed = self._settle_afresh(touched)
        else:
            iris = {claim.iri for claim in touched}
            shift = question.update(iris, self._sayings(iris, touched[0]), self._within)
            self._write(shift)
            changed = shift.claims()
        self._kept.keep(key, question)
        return changed

    def _settle_afresh(self, touched: list[Stated]) -> tuple[Question, set[str]]:
        """Read all claims of the question, and write how they stand in the place of what is written."""
        one = touched[0]
        members = self._members(one) | {claim.iri for claim in touched}
        claims = [claim for iri in members if (claim := self._claim(iri)) and _answers_with(claim, one)]
        question = Question()
        question.update((), self._sayings(members, one), self._within)
        old = {quad for claim in claims for quad in self._view.about(claim.iri, terms.SUPERSEDES)}
        new = {supersedes(link) for link in question.links()}
        self._view.replace(old, new)
        gone = members - {claim.iri for claim in claims}
        released = [quad for iri in gone for quad in self._view.before(iri, terms.SUPERSEDES)]
        changed = {
            text_of(node) for quad in (old ^ new) | {*released} for node in (quad.subject, quad.object)
        }
        changed |= self._replace_conflicts(members, question.conflicts(), KINDS, moved=frozenset(gone))
        return question, changed

    def _members(self, one: Stated) -> frozenset[str]:
        """The claims of the question that this one answers."""
        if has_one_answer(one):
            return self._subjects(terms.SLOT_KEY, one.slot)
        return self._same_answer(one, True) | self._same_answer(one, False)

    def _sayings(self, iris: Iterable[str], one: Stated) -> list[Saying]:
        """Those of the claims that are in the view, answer the question and take part in disagreements."""
        found = [claim for iri in iris if (claim := self._claim(iri))]
        return [
            Saying(claim, self._origin(claim.report))
            for claim in found
            if _answers_with(claim, one) and self._in_the_race(claim)
        ]

    def _write(self, shift: Shift) -> None:
        """Write what changed in a question that was settled before."""
        for link in shift.unlinked:
            self._view.drop(supersedes(link))
        for link in shift.linked:
            self._view.add(supersedes(link))
        for kind, key in shift.over:
            self._view.replace(conflict_head(kind, key), [])
        for kind, key, claim in shift.left:
            self._view.drop(involves(kind, key, claim))
        for kind, key, claim in shift.joined:
            head = [quad for quad in conflict_head(kind, key) if not self._view.contains(quad)]
            self._view.replace([], [*head, involves(kind, key, claim)])
            self._written.add(conflict_iri(kind, key))

    # -- states: a relation that a transition says is over

    def _states(self, touched: list[Stated]) -> set[tuple[str, str, str]]:
        policy = load_policy()
        found = set()
        for claim in touched:
            predicate = policy.state_predicates.get(claim.question or "")
            if claim.kind == "transition" and predicate and claim.left:
                found.add((claim.subject, predicate, claim.left))
            relation = claim.question if claim.kind == "relation" else None
            if relation in policy.state_predicates.values() and relation and claim.answer:
                found.add((claim.subject, relation, claim.answer))
        return found

    def _settle_state(self, subject: str, predicate: str, state: str) -> set[str]:
        """A claim that the state is current disagrees with another report's earlier one that it was left."""
        aspects = [a for a, p in load_policy().state_predicates.items() if p == predicate]
        leaving = [
            claim
            for claim in self._with(terms.FROM_STATE, state, subject=subject)
            if claim.question in aspects
        ]
        if not leaving:
            return self._forget_state_conflicts(subject, predicate, state)
        staying = [
            claim for claim in self._with(terms.OBJECT, state, subject=subject) if claim.question == predicate
        ]
        pairs = [(old, new) for old in staying for new in leaving if self._contradict(old, new)]
        members = frozenset(claim.iri for claim in [*staying, *leaving])
        disagreeing = frozenset(claim.iri for pair in pairs for claim in pair)
        key = f"{subject} {predicate} {state}"
        conflicts = (Conflict("state", key, disagreeing),) if pairs else ()
        return self._replace_conflicts(members, conflicts, ("state",))

    def _forget_state_conflicts(self, subject: str, predicate: str, state: str) -> set[str]:
        node = conflict_iri("state", f"{subject} {predicate} {state}")
        old = self._view.about(node, None, CONFLICTS_GRAPH)
        self._view.replace(old, [])
        return {text_of(quad.object) for quad in old if quad.predicate.value == terms.INVOLVES_CLAIM}

    def _contradict(self, staying: Stated, leaving: Stated) -> bool:
        realis = load_policy().realis
        comparable = (
            self._in_the_race(staying)
            and self._in_the_race(leaving)
            and staying.affirmed
            and leaving.affirmed
            and realis[staying.modality] == realis[leaving.modality] == "is"
            and self._origin(staying.report) != self._origin(leaving.report)
        )
        later = (
            not (staying.asserted_at and leaving.asserted_at) or staying.asserted_at >= leaving.asserted_at
        )
        return comparable and later

    # -- what is written

    def _replace_conflicts(
        self,
        members: Iterable[str],
        conflicts: Iterable[Conflict],
        kinds: Iterable[str],
        moved: frozenset[str] = frozenset(),
    ) -> set[str]:
        """Write the conflicts among the members in place of the old ones; whom that changes comes back."""
        wanted = {concept("conflict", kind) for kind in kinds}
        # A claim that has moved to another question may stand in a conflict there that is already written.
        nodes = {
            node
            for iri in members
            for node in self._conflict_nodes(iri)
            if iri not in moved or node not in self._written
        }
        old = [quad for node in nodes for quad in self._view.about(node, None, CONFLICTS_GRAPH)]
        typed = {
            text_of(quad.subject)
            for quad in old
            if quad.predicate.value == terms.DCTERMS_TYPE and text_of(quad.object) in wanted
        }
        old = [quad for quad in old if text_of(quad.subject) in typed]
        new = [quad for conflict in conflicts for quad in conflict_quads(conflict)]
        self._written |= {text_of(quad.subject) for quad in new}
        self._view.replace(old, new)
        changed = set(old) ^ set(new)
        return {text_of(quad.object) for quad in changed if quad.predicate.value == terms.INVOLVES_CLAIM}

    def _conflict_nodes(self, claim: str) -> set[str]:
        quads = self._view.having(terms.INVOLVES_CLAIM, claim, CONFLICTS_GRAPH)
        return {text_of(quad.subject) for quad in quads}

    def _stand(self, claim: Stated) -> str:
        """Write the claim's status, which comes back."""
        status = self._status(claim)
        old = [q for p in (terms.STATUS, terms.RETIRED_AT) for q in self._view.about(claim.iri, p)]
        retired = [quad for quad in old if quad.predicate.value == terms.RETIRED_AT]
        new = [link_of(claim.iri, terms.STATUS, concept("status", status), claim.graph)]
        if status in _ENDED:
            new += retired or [self._retirement(claim)]
        self._view.replace(old, new)
        return status

    def _retirement(self, claim: Stated) -> Quad:
        """That the claim stopped counting now, or when it came if the clock has gone back since."""
        recorded = [quad.object for quad in self._view.about(claim.iri, terms.RECORDED_AT)]
        at = max([instant(self._now), *recorded], key=text_of)
        return Quad(NamedNode(claim.iri), NamedNode(terms.RETIRED_AT), at, NamedNode(claim.graph))

    def _status(self, claim: Stated) -> str:
        decided = self._decision(claim.iri)
        if decided:
            return decided
        if claim.withdrawn or self._view.holds(terms.SUPERSEDES, claim.iri):
            return "superseded"
        kinds = {
            text_of(quad.object)
            for node in self._conflict_nodes(claim.iri)
            for quad in self._view.about(node, terms.DCTERMS_TYPE, CONFLICTS_GRAPH)
        }
        # Who said it first is a question about the source; what is said stands.
        return "disputed" if kinds - {terms.V_CONFLICT_ATTRIBUTION} else as_read(claim)

    def settle_fact(self, fact: Quad, *, stated: bool, hidden: bool = False) -> None:
        """Have the fact in g:truthy if a claim makes it and the reference data does not hold it."""
        reference = NamedNode(terms.G_REFERENCE)
        known = self._view.contains(Quad(fact.subject, fact.predicate, fact.object, reference))
        there = self._view.contains(fact)
        # A fact that was not there before has no other claim that makes it, unless the reference hid it.
        wanted = not known and (stated or ((there or hidden) and self._stated_elsewhere(fact)))
        self._view.replace([fact] if there else [], [fact] if wanted else [])

    def _made_before(self, claim: Stated) -> frozenset[Quad]:
        """The plain fact that the claim made before the change, if it made one."""
        statuses = [text_of(quad.object) for quad in self._view.before(claim.iri, terms.STATUS)]
        return _made(claim, concept_name("status", statuses[0])) if statuses else frozenset()

    def _stated_elsewhere(self, fact: Quad) -> bool:
        """Whether any claim of the store makes the fact: asked only for a fact that lost one that did."""
        return any(
            fact in _made(claim, self._status_now(claim))
            for claim in self._with(terms.OBJECT, text_of(fact.object), subject=text_of(fact.subject))
        )

    def _status_now(self, claim: Stated) -> str:
        quads = self._view.about(claim.iri, terms.STATUS)
        return concept_name("status", text_of(quads[0].object)) if quads else ""

    # -- looking up

    def _claim(self, iri: str) -> Stated | None:
        if iri not in self._claims:
            self._claims[iri] = read_stated(self._view, iri)
        return self._claims[iri]

    def _with(self, predicate: str, value: str, *, subject: str) -> list[Stated]:
        """The claims about the subject that have the value."""
        found = self._view.having_both((terms.SUBJECT, subject), (predicate, value))
        return [claim for iri in sorted(found) if (claim := self._claim(iri))]

    def _subjects(self, predicate: str, key: str) -> frozenset[str]:
        return frozenset(text_of(quad.subject) for quad in self._view.having(predicate, Literal(key)))

    def _decision(self, iri: str) -> str | None:
        if iri not in self._decisions:
            self._decisions[iri] = decision_on(self._view, iri)
        return self._decisions[iri]

    def _in_the_race(self, claim: Stated) -> bool:
        return not claim.withdrawn and self._decision(claim.iri) not in OUT_OF_THE_RACE

    def _origin(self, report: str) -> str:
        """The report whose text this one repeats, followed to its beginning."""
        if report not in self._origins:
            found, seen = report, {report}
            while quads := self._view.about(found, terms.SYNDICATED_FROM):
                found = text_of(quads[0].object)
                if found in seen:
                    break
                seen.add(found)
            self._origins[report] = found
        return self._origins[report]

    def _within(self, place: str, other: str) -> bool:
        reached, frontier = {place}, [place]
        while frontier:
            for quad in self._view.about(frontier.pop(), terms.IS_LOCATED_IN, terms.G_REFERENCE):
                around = text_of(quad.object)
                if around not in reached:
                    reached.add(around)
                    frontier.append(around)
        return other in reached


def _answers_with(claim: Stated, one: Stated) -> bool:
    """Whether the claim answers the question that `one` answers; where there may be many, with its answer."""
    return claim.slot == one.slot and (has_one_answer(one) or claim.answer == one.answer)


def _proposition_key(claim: Stated, modality: str, affirmed: bool) -> str:
    """The key that `kg.keys` gives the same relation in another modality or polarity."""
    return digest(claim.slot, claim.answer or "", "affirmed" if affirmed else "negated", modality)


def _made(claim: Stated, status: str) -> frozenset[Quad]:
    """The plain fact that the claim makes when it stands so, if it makes one."""
    plain = claim.affirmed and claim.modality in _PLAIN_MODALITIES and status in _PLAIN_STATUSES
    if claim.kind != "relation" or not plain or not claim.question or not claim.answer:
        return frozenset()
    return frozenset({link_of(claim.subject, claim.question, claim.answer, terms.G_TRUTHY)})
