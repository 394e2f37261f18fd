"""parsed report -> relation claims: what the report says about how its entities stand to each other.

Reads   doc.spans["mentions"], sentences, dependencies, doc._.contexts
Writes  doc._.claims (kind relation), doc._.rejected (readings that were likely but not likely enough)
Skips   what `narrative_claims` reads: changes, causes, roles, strategies

Every pair of entities in a sentence is looked at (relation_readings) and judged by trained models
(relation_model, relation_contexts); the best place of each relation becomes its evidence: one claim per
subject, predicate and object.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from spacy.language import Language
from spacy.tokens import Doc

from ingest import extensions
from ingest.duty_claims import duty_claims
from ingest.evidence import evidence_of
from ingest.relation_contexts import context_scores
from ingest.relation_ends import Sentence, sentence_ends
from ingest.relation_model import load_relation_model
from ingest.relation_predicates import Predicate, load_predicates
from ingest.relation_quotes import quote_of
from ingest.relation_readings import find_pairs
from ingest.relation_rivals import Reading
from ingest.relation_roles import role_of
from ingest.relation_rules import find_ruled, is_held
from ingest.stance import stance_of
from kg.model import Claim, Rejected
from ontology.labels import load_labels
from ontology.terms import NS

extensions.register()

_LIKELY = 0.3  # readings above this and below the bar are told as rejected
_NEARLY = 0.15  # how much less probable a member of a list may be than another

Key = tuple[int, str, str]


@Language.component("relation_claims", assigns=["doc._.claims", "doc._.rejected"])
def relation_claims(doc: Doc) -> Doc:
    """Add every relation that the report states."""
    if not doc.spans.get(extensions.MENTIONS):
        return doc
    for probability, reading in _best_readings(doc):
        if probability >= load_predicates().all[reading.predicate].least and _holds_a_post(reading):
            doc._.claims.append(_claim(doc, reading, probability))
        else:
            doc._.rejected.append(_rejected(doc, reading, probability))
    doc._.claims += duty_claims(doc)
    return doc


def _best_readings(doc: Doc) -> Iterator[tuple[float, Reading]]:
    """Each relation once, with its best place in the report, in text order."""
    model = load_relation_model()
    sentences = list(sentence_ends(doc))
    pairs = list(find_pairs(sentences))
    readings = model.readings(pairs, context_scores(pairs))
    best: dict[Key, tuple[float, Reading]] = {}
    judged = _as_listed(zip(readings, model.probabilities(readings), strict=True))
    for reading, probability in (*judged, *_ruled(doc, sentences)):
        if probability < _LIKELY:
            continue
        key = _key(reading)
        if key not in best or probability > best[key][0]:
            best[key] = probability, reading
    kept = [found for key, found in best.items() if not _is_outdone(key, found[0], best)]
    yield from sorted(kept, key=lambda found: found[1].pair.sentence.start)


def _as_listed(judged: Iterable[tuple[Reading, float]]) -> list[tuple[Reading, float]]:
    """What is said of one member of a list is said of those for which it is nearly as probable."""
    all_judged = list(judged)
    best: dict[tuple[object, ...], float] = {}
    for reading, probability in all_judged:
        for key in _list_keys(reading):
            best[key] = max(best.get(key, 0.0), probability)
    return [
        (
            reading,
            max(
                [
                    probability,
                    *(best[key] for key in _list_keys(reading) if best[key] - probability <= _NEARLY),
                ]
            ),
        )
        for reading, probability in all_judged
    ]


def _list_keys(reading: Reading) -> Iterator[tuple[object, ...]]:
    """What the readings of the other members of its lists share with it."""
    subject, object_ = reading.pair.subject, reading.pair.object
    if subject.here and object_.here:
        yield reading.predicate, subject.list_start, subject.list_end, object_.start
        yield reading.predicate, subject.start, object_.list_start, object_.list_end, "object"


def _is_outdone(key: Key, probability: float, best: Mapping[Key, tuple[float, Reading]]) -> bool:
    """Whether a predicate that takes one object has a better one: nearer, or more probable."""
    predicate, subject, object_ = key
    if not load_predicates().all[predicate].single:
        return False
    least = load_predicates().all[predicate].least
    others = {
        other: found[0]
        for (p, s, other), found in best.items()
        if (p, s) == (predicate, subject) and other != object_
    }
    inside = any(object_ in _around(other) for other, score in others.items() if score >= least)
    rivals = [score for other, score in others.items() if other not in _around(object_)]
    return inside or any(score > probability for score in rivals)


def _around(place: str) -> Iterator[str]:
    """The known places around a place, from near to far."""
    named = load_labels().named
    seen: set[str] = set()
    while place in named and (parent := named[place].parent) and parent not in seen:
        seen.add(parent)
        yield parent
        place = parent


def _ruled(doc: Doc, sentences: Sequence[Sentence]) -> Iterator[tuple[Reading, float]]:
    places = {predicate.name: place for place, predicate in enumerate(load_predicates().all)}
    for ruled in find_ruled(doc, sentences):
        yield Reading(ruled.pair, places[ruled.predicate], 0.0), ruled.confidence


def _key(reading: Reading) -> Key:
    subject, object_ = reading.pair.key
    if load_predicates().all[reading.predicate].symmetric and object_ < subject:
        subject, object_ = object_, subject
    return reading.predicate, subject, object_


def _holds_a_post(reading: Reading) -> bool:
    """Whether the person holds the post now; true of all other predicates."""
    if load_predicates().all[reading.predicate].name != "worksFor":
        return True
    post = role_of(reading.pair)
    return post is None or is_held(post)


def _claim(doc: Doc, reading: Reading, probability: float) -> Claim:
    predicate = load_predicates().all[reading.predicate]
    start, end = quote_of(reading.pair)
    stance = stance_of(doc, start, end, what=predicate.name)
    subject, object_ = reading.pair.subject.entity, reading.pair.object.entity
    return Claim(
        kind="relation",
        subject=subject,
        predicate=NS + predicate.name,
        object=object_,
        role=role_of(reading.pair) if predicate.name == "worksFor" else None,
        modality=stance.modality,
        polarity=stance.polarity,
        attributed_to=stance.attributed_to,
        relayed_by=stance.relayed_by,
        evidence=evidence_of(doc, start, end),
        confidence=Decimal(str(round(probability, 2))),
        statement=_statement(predicate, subject.label, object_.label, negated=stance.polarity == "negated"),
    )


def _statement(predicate: Predicate, subject: str, object_: str, *, negated: bool) -> str:
    statement = predicate.statement.format(subject=subject, object=object_)
    return f"It is not so that {statement[:-1]}." if negated else statement


def _rejected(doc: Doc, reading: Reading, probability: float) -> Rejected:
    start, end = quote_of(reading.pair)
    name = load_predicates().all[reading.predicate].name
    ends = f"{reading.pair.subject.entity.label}, {reading.pair.object.entity.label}"
    return Rejected("relation_claims", start, end, f"{name} of {ends}: only {probability:.2f} probable")
