"""names -> names with laws: what is written like the name of a law is one, whatever the tagger said of it.

Reads   the tokens and the mentions so far
Gives   mentions with regulations by the form of their name ("Ratepayer Fairness Act", "Circular 26-04",
        "Directive on Service and Digital", "EHDS regulation")
Skips   what reference data knows; a noun alone ("the Act"), which `references` resolves
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from spacy.tokens import Doc, Span

from ingest.name_groups import plain_name
from kg.iris import entity_iri
from kg.model import Entity


class _Forms(NamedTuple):
    names: re.Pattern[str]
    cut: re.Pattern[str]
    no_law: re.Pattern[str]
    described: tuple[re.Pattern[str], ...]
    families: Mapping[str, str]


@cache
def _forms() -> _Forms:
    data = tomllib.loads(files("ingest").joinpath("rule_names.toml").read_text(encoding="utf-8"))
    parts: Mapping[str, str] = data["parts"]
    names = "|".join(_filled(form, parts) for form in data["names"]["forms"])
    return _Forms(
        re.compile(rf"(?<![\w’'-])(?:{names})(?![\w-])"),
        re.compile(data["names"]["cut"]),
        re.compile("|".join(data["names"]["no_law"])),
        tuple(re.compile(_filled(form, parts)) for form in data["described"]["forms"]),
        data["described"]["families"],
    )


def _filled(form: str, parts: Mapping[str, str]) -> str:
    """The expression with its parts in place of their names; a part holds no other."""
    for name, part in parts.items():
        form = form.replace(f"<{name}>", part)
    return form


def with_named_rules(doc: Doc, mentions: Sequence[Span]) -> list[Span]:
    """The mentions, those that a law's name covers replaced by the law, and laws that go by a description."""
    known = {
        i
        for span in mentions
        if span._.entity.known and span.label_ != "Place"
        for i in range(span.start, span.end)
    }
    rules = [span for span in _rules(doc) if known.isdisjoint(range(span.start, span.end))]
    covered = {i for span in rules for i in range(span.start, span.end)}
    kept = [
        span
        for span in mentions
        if span._.entity.known
        or covered.isdisjoint(range(span.start, span.end))
        or span.label_ == "Regulation"
    ]
    taken = {i for span in kept if span.label_ == "Regulation" for i in range(span.start, span.end)}
    for span in rules:
        if taken.isdisjoint(range(span.start, span.end)) and not _is_apposed(span, taken):
            name = plain_name(span.text)
            span._.entity = Entity(entity_iri("Regulation", name), name, "Regulation", known=False)
            span._.how = "candidate"
            kept.append(span)
    kept += _described(doc, kept)
    return sorted(kept, key=lambda span: (span.start, span.end))


def _described(doc: Doc, mentions: Sequence[Span]) -> Iterator[Span]:
    """Laws told of as issued, in sentences and reports that do not name them; those of a kind are one."""
    named = [span for span in mentions if span.label_ == "Regulation"]
    found: dict[str, list[tuple[Span, list[str]]]] = {}
    for match in (match for form in _forms().described for match in form.finditer(doc.text)):
        span = doc.char_span(*match.span("name"), label="Regulation", alignment_mode="expand")
        if span is None or any(other.sent.start == span.sent.start for other in named):
            continue
        about = (match["about"] or "").rpartition(", ")[2].strip()
        names = [match["name"], f"{match['name']} {about}".strip()]
        kind = match["name"].rpartition(" ")[2].rstrip("s")
        found.setdefault(_forms().families.get(kind, kind), []).append((span, names))
    for one_law in found.values():
        label, *aliases = sorted({name for _, names in one_law for name in names}, key=lambda n: (-len(n), n))
        entity = Entity(entity_iri("Regulation", label), label, "Regulation", tuple(aliases), known=False)
        for span, _ in one_law:
            span._.entity = entity
            span._.how = "candidate"
            yield span


def _length_of_leading(words: str) -> int:
    """How many characters stand before the name: whose law it is, or what comes before its article."""
    return max((at.end() for at in _forms().cut.finditer(words)), default=0)


def _rules(doc: Doc) -> Iterator[Span]:
    for match in _forms().names.finditer(doc.text):
        start = match.start() + _length_of_leading(match[0])
        words = doc.text[start : match.end()]
        if " " not in words.strip() or _forms().no_law.search(words):
            continue
        span = doc.char_span(start, match.end(), label="Regulation", alignment_mode="expand")
        if span is None or any(doc[i].is_sent_start for i in range(span.start + 1, span.end)):
            continue
        yield span


def _is_apposed(span: Span, rules: set[int]) -> bool:
    """Whether it is another name of the law right before it ("DORA, Regulation (EU) 2022/2554")."""
    before = span.start - 1
    while before >= 0 and span.doc[before].text in (",", "(", ")", "or"):
        before -= 1
    return before < span.start - 1 and before in rules
