"""rows -> one or two sentences, from a template for each form of question."""

from collections.abc import Iterable, Mapping, Sequence

from kg.asking.cues import load_cues
from kg.asking.reading import Reading
from kg.queries import Row
from kg.records import ClaimRecord, Ref

Claims = Mapping[str, ClaimRecord]
_MOST = 6
_PLURALS = {"is": "are", "has": "have"}
_MODALITIES = {
    "reported": "",
    "estimate": "estimate",
    "forecast": "forecast",
    "planned": "planned",
    "vendor-claim": "by the vendor's own account",
    "opinion": "opinion",
    "recommendation": "recommendation",
}


def told(reading: Reading, rows: Sequence[Row], claims: Claims, things: Sequence[Ref]) -> str:
    """The answer in words; "" if there is nothing to tell."""
    if reading.form in ("figures", "comparison", "ranking"):
        return _figures(reading, list(claims.values()))
    if reading.form in ("relation", "count"):
        return _relation(reading, rows, things)
    if reading.form == "check":
        return _check(claims, rows)
    if reading.form == "definition":
        return _definition(rows, claims)
    return _plain(reading, rows, claims, things)


def _figures(reading: Reading, claims: list[ClaimRecord]) -> str:
    if reading.bound:
        return _listed([_figure(claim) for claim in claims], " ")
    if reading.form == "ranking":
        return (
            ""
            if not claims
            else f"First is {_figure(claims[0])}"
            + (f" Next: {_figure(claims[1])}" if len(claims) > 1 else "")
        )
    said = _listed([_figure(claim) for claim in claims], " ")
    if reading.numbers and claims:
        holds = [claim for claim in claims if claim.figure and set(reading.numbers) & set(_numbers(claim))]
        return f"{'Yes' if holds else 'No'}. {said}"
    silent = _silent(reading, claims)
    other = "metric" in reading.note and claims and claims[0].metric
    if "scope" in reading.note:
        said = f"The reports do not say for which market: {said}"
    lead = f"Said of {claims[0].metric.label}: " if other and claims[0].metric else ""
    return f"{lead}{said}{silent}"


def _silent(reading: Reading, claims: Iterable[ClaimRecord]) -> str:
    """Whom nothing is said of, where several were asked for."""
    spoken = {claim.subject.iri for claim in claims}
    others = [thing.label for thing in reading.subjects if not spoken & set(thing.iris)]
    return f" Nothing like it is said of {_joined(others)}." if spoken and others else ""


def _numbers(claim: ClaimRecord) -> Iterable[object]:
    figure = claim.figure
    return () if figure is None else (figure.value, figure.low, figure.high)


def _figure(claim: ClaimRecord) -> str:
    metric = claim.metric.label if claim.metric else ""
    period = f" in {claim.period.label}" if claim.period and claim.period.label else ""
    if claim.period and (claim.period.label or "").startswith("/"):
        period = f" by {(claim.period.label or '')[1:]}"
    who = ", ".join(ref.label for ref in (*claim.attributed_to, *claim.relayed_by))
    remarks = ", ".join(part for part in (_MODALITIES.get(claim.modality, ""), who) if part)
    text = claim.figure.text if claim.figure else ""
    return f"{claim.subject.label}, {metric}{period}: {text}{f' ({remarks})' if remarks else ''}."


def _relation(reading: Reading, rows: Sequence[Row], things: Sequence[Ref]) -> str:
    if not things:
        return ""
    names = _joined([ref.label for ref in things])
    relation = load_cues().relations[rows[0].get("predicate", reading.predicates[0])]
    given = reading.subjects if reading.wanted == "object" else reading.objects
    told_of = given[0].label if given else ""
    template = relation.forward if reading.wanted == "object" else relation.back
    words = (
        {"subject": told_of, "object": names}
        if reading.wanted == "object"
        else {"subject": names, "object": told_of}
    )
    if reading.negated:
        return f"Denied or given up: {names}."
    if reading.form == "count":
        return f"{len(things)}: {names}."
    if not told_of:
        return f"{names}."
    many = len(things) > 1 and template.startswith("{subject}") and reading.wanted == "subject"
    return f"{(_for_many(template) if many else template).format(**words)}."


def _for_many(template: str) -> str:
    """The template with its verb for several subjects.

    >>> _for_many("{subject} follows {object}"), _for_many("{subject} is located in {object}")
    ('{subject} follow {object}', '{subject} are located in {object}')
    """
    subject, verb, rest = template.split(" ", 2)
    return f"{subject} {_PLURALS.get(verb, verb.removesuffix('s'))} {rest}"


def _check(claims: Claims, rows: Sequence[Row]) -> str:
    denied = [row for row in rows if row.get("polarity", "").endswith("negated")]
    if rows and len(denied) == len(rows):
        return f"No. {_statements(claims)}"
    return f"Yes. {_statements(claims)}".strip() if rows else ""


def _definition(rows: Sequence[Row], claims: Claims) -> str:
    definitions = dict.fromkeys(row["definition"] for row in rows if "definition" in row)
    said = " ".join([*definitions, _statements(claims)]).strip()
    kinds = dict.fromkeys(f"{row['name']} is a {row['kind']}." for row in rows if "kind" in row)
    return said or " ".join(list(kinds)[:1])


def _plain(reading: Reading, rows: Sequence[Row], claims: Claims, things: Sequence[Ref]) -> str:
    if reading.form == "conflict":
        return (
            f"The reports disagree. {_statements(claims)}" if rows else "No disagreement is known about this."
        )
    if reading.form == "who-says":
        return f"{_joined([ref.label for ref in things])}. {_statements(claims)}"
    if reading.form == "when":
        return f"{_joined(list(dict.fromkeys(row['period'] for row in rows)))}. {_statements(claims)}"
    if reading.form == "post":
        posts = {(row.get("role", "no post is named"), row["object"]) for row in rows}
        return f"{_joined(sorted(post for post, _ in posts))}. {_statements(claims)}"
    if reading.form == "reports":
        return f"{len(things)}: {_joined([ref.label for ref in things])}."
    if reading.form == "change":
        return " ".join(f"{_changed(claim)}" for claim in claims.values())
    return _statements(claims)


def _changed(claim: ClaimRecord) -> str:
    before = claim.from_state.label if claim.from_state else "something else"
    after = claim.to_state.label if claim.to_state else "something else"
    aspect = claim.aspect.label if claim.aspect else "state"
    return f"{claim.subject.label}, {aspect}: from {before} to {after}."


def _statements(claims: Claims) -> str:
    return _listed([_sentence(claim.statement) for claim in claims.values()], " ")


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _listed(sentences: Sequence[str], between: str) -> str:
    shown = list(dict.fromkeys(sentences))
    more = len(shown) - _MOST
    return between.join(shown[:_MOST]) + (f" And {more} more." if more > 0 else "")


def _joined(names: Sequence[str]) -> str:
    """All names as in a sentence."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""
