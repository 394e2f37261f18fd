"""document, a language model -> more claims, each proved by the text: an optional second pair of eyes.

Reads   doc.text, doc._.report, doc.spans["mentions"], doc._.claims
Writes  nothing; `SecondReader.read` returns claims and rejections
Skips   whatever it cannot prove: the quote must stand in the text letter for letter, both ends must be
        mentions of the report of kinds that the predicate allows, and a figure is read by our own reader

It is off unless somebody names an endpoint, and nothing depends on it.
"""

import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from spacy.tokens import Doc

from ingest.evidence import evidence_of
from ingest.language_model import LanguageModel, ModelOptions, NoAnswer, tokens_in
from ingest.quantities import find_quantities
from ingest.relation_predicates import load_predicates
from ingest.reports import read_report
from ingest.stance import stance_of
from kg.errors import BadSetting
from kg.model import Claim, Entity, Quantity, Rejected
from kg.settings import Settings
from ontology.metrics import load_metrics, metrics_by_slug
from ontology.terms import NS
from ontology.units import load_units

STAGE = "second_reader"
# A model that quotes the text is right more often than not; nobody has measured yours.
CONFIDENCE = Decimal("0.60")
_PASSAGE = 6_000  # characters that one question shows


@dataclass(frozen=True)
class Estimate:
    """What a run may cost at most; passages that are remembered cost nothing."""

    questions: int
    tokens: int


class Unproved(Exception):
    """A claim of the model that did not stand the checks; it becomes a rejection with this reason."""


class SecondReader:
    """Reads documents with a language model, under one cap for all of them."""

    def __init__(self, options: ModelOptions) -> None:
        """Nothing is asked before the first document."""
        self._options = options
        self._model = LanguageModel(options)

    def estimate(self, text: str) -> Estimate:
        """The cost of reading a report with this text, before anything is asked."""
        asked = [
            text[start:end]
            for start, end in passages(text)
            if not self._model.remembers(instructions(), text[start:end], schema())
        ]
        each = tokens_in(instructions()) + self._options.answer_tokens
        return Estimate(len(asked), sum(tokens_in(text) + each for text in asked))

    def read(self, doc: Doc) -> tuple[list[Claim], list[Rejected]]:
        """The claims that stood the checks and are new to the document, and what was given up."""
        said = {_what_is_said(claim) for claim in doc._.claims}
        claims: list[Claim] = []
        rejected: list[Rejected] = []
        for start, end in passages(doc.text):
            try:
                answer = self._model.ask(instructions(), doc.text[start:end], schema())
                found = list(answer["claims"])
            except (NoAnswer, LookupError, TypeError) as error:
                rejected.append(Rejected(STAGE, start, end, str(error)))
                continue
            for one in found:
                try:
                    claim = proved(doc, one, start, end)
                except Unproved as error:
                    rejected.append(Rejected(STAGE, start, end, str(error)))
                    continue
                if _what_is_said(claim) not in said:
                    said.add(_what_is_said(claim))
                    claims.append(claim)
        return claims, rejected


def second_reader_of(settings: Settings) -> SecondReader | None:
    """The second reader that the settings name, or None; BadSetting for an address that is not HTTP."""
    if not settings.second_reader_url:
        return None
    key = settings.second_reader_key
    return SecondReader(
        ModelOptions(
            settings.second_reader_url,
            settings.second_reader_model,
            settings.second_reader_cache,
            key=key.get_secret_value() if key else None,
            most_tokens=settings.second_reader_tokens,
        )
    )


def passages(text: str) -> Iterator[tuple[int, int]]:
    """Stretches of the text that end where a line does, none much longer than one question can show.

    >>> list(passages("one line"))
    [(0, 8)]
    """
    start = 0
    while start < len(text):
        end = len(text)
        if end - start > _PASSAGE:
            line = text.rfind("\n", start + 1, start + _PASSAGE)
            end = line if line > start else start + _PASSAGE
        yield start, end
        start = end


def proved(doc: Doc, said: Any, start: int, end: int) -> Claim:
    """The claim that the model reads in `doc.text[start:end]`; Unproved if the text does not bear it out."""
    if not isinstance(said, Mapping):
        raise Unproved("it is no object")
    quote = str(said.get("quote") or "").strip()
    at = doc.text.find(quote, start, end) if quote else -1
    if at < 0:
        raise Unproved(f"the quote does not stand in the text: {quote[:60]!r}")
    subject = _mentioned(doc, said.get("subject"))
    if said.get("kind") == "metric":
        return _figure(doc, said, subject, at, at + len(quote))
    return _relation(doc, said, subject, at, at + len(quote))


def _relation(doc: Doc, said: Mapping[str, Any], subject: Entity, start: int, end: int) -> Claim:
    target = _mentioned(doc, said.get("object"))
    predicates = load_predicates()
    name = said.get("predicate")
    allowed = [predicates.all[place] for place in predicates.possible(subject, target)]
    predicate = next((one for one in allowed if one.name == name), None)
    if predicate is None or subject.iri == target.iri:
        raise Unproved(f"{name} cannot hold between {subject.label} and {target.label}")
    stance = stance_of(doc, start, end, what=predicate.name)
    return Claim(
        kind="relation",
        subject=subject,
        modality=stance.modality,
        polarity=stance.polarity,
        evidence=evidence_of(doc, start, end),
        confidence=CONFIDENCE,
        statement=predicate.statement.format(subject=subject.label, object=target.label),
        predicate=NS + predicate.name,
        object=target,
        attributed_to=stance.attributed_to,
        relayed_by=stance.relayed_by,
    )


def _figure(doc: Doc, said: Mapping[str, Any], subject: Entity, start: int, end: int) -> Claim:
    metric = metrics_by_slug().get(str(said.get("metric")))
    quantity, place = _quantity(doc.text[start:end], str(said.get("value_text") or ""))
    unit = load_units().named.get(quantity.unit)
    if metric is None or unit is None or unit.kind not in metric.unit_kinds:
        raise Unproved(f"{said.get('metric')} is not measured in {quantity.unit}")
    stance = stance_of(doc, start + place, start + place + len(quantity.text), what=metric.slug)
    return Claim(
        kind="metric",
        subject=subject,
        modality=stance.modality,
        polarity=stance.polarity,
        evidence=evidence_of(doc, start, end),
        confidence=CONFIDENCE,
        statement=f"{subject.label}: {load_metrics()[metric.iri].label} {quantity.text}",
        metric=metric.iri,
        quantity=quantity,
        attributed_to=stance.attributed_to,
        relayed_by=stance.relayed_by,
    )


def _quantity(quote: str, written: str) -> tuple[Quantity, int]:
    """The figure of the quote that the model means, as our reader reads it, and where it stands there."""
    at = quote.find(written) if written else -1
    for figure in find_quantities(quote):
        if at >= 0 and figure.start < at + len(written) and at < figure.end:
            return figure.quantity, figure.start
    raise Unproved(f"there is no figure {written[:40]!r} in the quote")


def _mentioned(doc: Doc, name: Any) -> Entity:
    """The entity of a mention that is written like this."""
    for span in doc.spans.get("mentions", ()):
        entity: Entity = span._.entity
        if name and name in (span.text, entity.label):
            return entity
    raise Unproved(f"the report does not mention {str(name)[:60]!r}")


def _what_is_said(claim: Claim) -> tuple[object, ...]:
    target = claim.object.iri if claim.object else None
    figure = (claim.quantity.unit, claim.quantity.value, claim.quantity.low) if claim.quantity else None
    return claim.kind, claim.subject.iri, claim.predicate, target, claim.metric, figure


@cache
def instructions() -> str:
    """What the model is told."""
    data = tomllib.loads(files("ingest").joinpath("second_reader.toml").read_text(encoding="utf-8"))
    return str(data["instructions"])


@cache
def schema() -> dict[str, Any]:
    """The JSON schema of an answer: the closed lists are those of the ontology."""
    text = {"type": "string"}
    relation = {
        "kind": {"const": "relation"},
        "subject": text,
        "predicate": {"enum": [predicate.name for predicate in load_predicates().all]},
        "object": text,
        "quote": text,
    }
    metric = {
        "kind": {"const": "metric"},
        "subject": text,
        "metric": {"enum": sorted(metrics_by_slug())},
        "value_text": text,
        "quote": text,
    }
    claim = {"anyOf": [_closed(relation), _closed(metric)]}
    return _closed({"claims": {"type": "array", "items": claim}})


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def main(arguments: Sequence[str]) -> None:
    """Print what reading the reports would cost with the endpoint of the settings; nothing is asked."""
    reader = second_reader_of(Settings())
    if reader is None:
        raise BadSetting(
            "no second reader is set: give AIFKG_SECOND_READER_URL and AIFKG_SECOND_READER_MODEL"
        )
    costs = {path: reader.estimate(read_report(Path(path)).text) for path in arguments}
    for path, cost in costs.items():
        sys.stdout.write(f"{path}: {cost.questions} questions, at most {cost.tokens:,} tokens\n")
    sys.stdout.write(f"together at most {sum(cost.tokens for cost in costs.values()):,} tokens\n")


if __name__ == "__main__":
    main(sys.argv[1:])
