"""parsed report -> claims on duties: what a regulation imposes, and who is subject to it.

Reads   doc.spans["mentions"], sentences, dependencies
Gives   `duty_claims(doc)`, `duty_rejections(doc)`
Skips   reports that name no regulation

Duties follow from their wording and from the regulation in force where they stand (duty_scene). Who is
bound is chosen by a linear model (`duty_addressees.json`), trained by `ingest.training.duties`.
"""

from collections.abc import Iterator
from decimal import Decimal

from spacy.tokens import Doc

from ingest.duties import Duty
from ingest.duty_scene import Bound, Force, Scene
from ingest.evidence import evidence_of
from ingest.linear import load_linear
from ingest.stance import stance_of
from kg.iris import entity_iri
from kg.model import Claim, Entity
from ontology.terms import NS

LEAST_BOUND = 0.6  # of the probability that somebody is bound
_IMPOSED = Decimal("0.65")  # how often a duty that is read so is one, on training reports
MODEL = "duty_addressees"


def duty_claims(doc: Doc) -> Iterator[Claim]:
    """What the report's regulations impose and on whom; each once."""
    scene = Scene(doc)
    said: set[tuple[str, str]] = set()
    for force, duty in scene.duties():
        requirement = requirement_of(duty)
        if (force.rule.iri, requirement.iri) not in said:
            said.add((force.rule.iri, requirement.iri))
            yield _imposed(doc, force, duty, requirement)
    best: dict[tuple[str, str], tuple[float, Bound]] = {}
    for bound in scene.bound():
        probability = load_linear(MODEL).probabilities(bound.features)["bound"]
        key = bound.entity.iri, bound.force.rule.iri
        if probability >= LEAST_BOUND and (key not in best or probability > best[key][0]):
            best[key] = probability, bound
    for probability, bound in best.values():
        yield _bound(doc, bound, probability)


def requirement_of(duty: Duty) -> Entity:
    """What is demanded, by its names."""
    label, *others = duty.names
    return Entity(entity_iri("Requirement", label), label, "Requirement", tuple(others), known=False)


def _imposed(doc: Doc, force: Force, duty: Duty, requirement: Entity) -> Claim:
    start, end = doc[duty.start].idx, doc[duty.end - 1].idx + len(doc[duty.end - 1])
    stance = stance_of(doc, start, end, what="imposes")
    polarity = "negated" if duty.negated and duty.cue != "ban" else "affirmed"
    said = (
        f"{force.rule.label} {'does not impose' if polarity == 'negated' else 'imposes'} {requirement.label}."
    )
    return Claim(
        kind="relation",
        subject=force.rule,
        predicate=NS + "imposes",
        object=requirement,
        modality=stance.modality,
        polarity=polarity,  # type: ignore[arg-type]
        attributed_to=stance.attributed_to,
        relayed_by=stance.relayed_by,
        evidence=evidence_of(doc, start, end),
        confidence=_IMPOSED,
        statement=said,
    )


def _bound(doc: Doc, bound: Bound, probability: float) -> Claim:
    one = bound.addressee
    first, last = min(one.start, one.verb.i), max(one.end - 1, one.verb.i)
    start, end = doc[first].idx, doc[last].idx + len(doc[last])
    stance = stance_of(doc, start, end, what="isSubjectTo")
    return Claim(
        kind="relation",
        subject=bound.entity,
        predicate=NS + "isSubjectTo",
        object=bound.force.rule,
        modality=stance.modality,
        polarity="negated" if one.negated else "affirmed",
        attributed_to=stance.attributed_to,
        relayed_by=stance.relayed_by,
        evidence=evidence_of(doc, start, end),
        confidence=Decimal(str(round(probability, 2))),
        statement=f"{bound.entity.label} is {'not ' * one.negated}subject to {bound.force.rule.label}.",
    )
