"""agreement -> classes of errors: where most is to be gained."""

from collections import Counter
from collections.abc import Iterator

from ingest.evaluation.levels import Agreement, quote_of
from ingest.evaluation.matching import Json, names_of

_WIDTH = 110


def classes_of_errors(agreement: Agreement) -> list[tuple[str, int, int]]:
    """(class, missed, spurious) per entity type, metric and predicate, the greatest sum first."""
    missed = Counter(map(_class_of, _all(agreement.missed_entities, agreement.missed)))
    spurious = Counter(map(_class_of, _all(agreement.spurious_entities, agreement.spurious)))
    rows = [(name, missed[name], spurious[name]) for name in {*missed, *spurious}]
    return sorted(rows, key=lambda row: (-row[1] - row[2], row[0]))


def examples(agreement: Agreement, most: int) -> Iterator[str]:
    """Up to `most` lines for each of the four kinds of error, spread over the reports."""
    kinds = (
        ("missed entity", agreement.missed_entities),
        ("spurious entity", agreement.spurious_entities),
        ("missed claim", agreement.missed),
        ("spurious claim", agreement.spurious),
    )
    for kind, errors in kinds:
        step = max(1, len(errors) // most) if most else 1
        for name, one in errors[::step][:most]:
            yield f"{kind}: {name[:24]} {_line(one)}"[:_WIDTH]


def _all(*lists: list[tuple[str, Json]]) -> Iterator[Json]:
    for errors in lists:
        yield from (one for _, one in errors)


def _class_of(one: Json) -> str:
    return str(one.get("predicate") or one.get("metric") or f"entity {one.get('type')}")


def _line(one: Json) -> str:
    if "kind" not in one:
        return f"{one.get('type')} | {one.get('label')}"
    subject = (names_of(one.get("subject")) or [""])[0]
    obj = (names_of(one.get("object")) or [str(one.get("valueText"))])[0]
    return f"{_class_of(one)} | {subject} | {obj} | {quote_of(one)}"
