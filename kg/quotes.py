"""evidence -> is it verbatim? Every quote, with what stands around it, is compared with the text it is from.

The shapes say that evidence has a quote and offsets; only the text tells that they belong together.
"""

from collections.abc import Iterable, Iterator

from pyoxigraph import Quad

from kg.errors import InvalidGraph
from kg.stated import text_of
from kg.vocabulary import NIF_IS_STRING
from ontology import terms

_SELECTED = (terms.OA_EXACT, terms.OA_PREFIX, terms.OA_SUFFIX, terms.OA_START, terms.OA_END)


def check_quotes(quads: Iterable[Quad]) -> None:
    """Nothing if every quote of a report stands at its offsets, amid its surroundings; else InvalidGraph."""
    about: dict[str, dict[str, list[str]]] = {}
    for quad in quads:
        values = about.setdefault(text_of(quad.subject), {})
        values.setdefault(quad.predicate.value, []).append(text_of(quad.object))
    faults = dict(_faults(about))
    for evidence, fault in faults.items():
        raise InvalidGraph(f"{evidence}: {fault}", faults)


def _faults(about: dict[str, dict[str, list[str]]]) -> Iterator[tuple[str, str]]:
    for iri, values in about.items():
        if terms.C_EVIDENCE not in values.get(terms.RDF_TYPE, ()):
            continue
        text = _first(about, values.get(terms.OA_HAS_SOURCE, ()), NIF_IS_STRING)
        if text is None:
            yield iri, "the text that it quotes is not there"
            continue
        selectors = values.get(terms.OA_HAS_SELECTOR, ())
        exact, prefix, suffix, start, end = (_first(about, selectors, each) or "" for each in _SELECTED)
        if not (start.isdigit() and end.isdigit()) or text[int(start) : int(end)] != exact:
            yield iri, "its quote does not stand at its offsets"
        elif not text[: int(start)].endswith(prefix) or not text[int(end) :].startswith(suffix):
            yield iri, "its quote does not stand between its prefix and its suffix"


def _first(about: dict[str, dict[str, list[str]]], nodes: Iterable[str], predicate: str) -> str | None:
    return next((value for node in nodes for value in about.get(node, {}).get(predicate, ())), None)
