"""A question that the grammar refuses -> a query that a language model writes, checked, with one repair.

The model only ever writes a query: the answer's words are those of the rows and claims that the query finds.
Whatever goes wrong, the grammar's refusal stands.
"""

import asyncio
import json
import tomllib
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import Any

from pyoxigraph import Literal, NamedNode

from kg.asking.chat import Chat, Endpoint, NoAnswer
from kg.asking.checking import MOST_ROWS, Unfit, checked
from kg.asking.finding import Found, find, unknown_things
from kg.asking.known_words import known_words
from kg.errors import BadQuery, QueryFailed, QueryTimeout, QueryTooHeavy
from kg.iris import NS, VOCAB
from kg.ontology_graphs import ontology_quads
from kg.published import PublishedGraph
from kg.snapshots import Version
from ontology import terms

_TIMEOUT_S = 10.0
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"query": {"type": "string"}},
    "required": ["query"],
    "additionalProperties": False,
}
_PREFIXES = {
    "aif": NS,
    "v": VOCAB,
    "e": "https://w3id.org/ai-factory/id/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "oa": "http://www.w3.org/ns/oa#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True)
class Modelled:
    """The answer of a query that a model wrote."""

    model: str
    query: str
    repaired: bool
    text: str
    found: Found


class Modeller:
    """Has one model write queries over one graph."""

    def __init__(self, endpoint: Endpoint, graph: PublishedGraph) -> None:
        """Nothing is asked yet."""
        self._chat = Chat(endpoint)
        self._graph = graph

    async def answer(
        self, question: str, named: tuple[tuple[str, str], ...], version: Version
    ) -> Modelled | None:
        """The answer, None if there is none; `named` are words of the question with their IRIs."""
        messages = [
            {"role": "system", "content": instructions()},
            {"role": "user", "content": _asked(question, named)},
        ]
        for repaired in (False, True):
            try:
                query = await self._query(messages)
            except NoAnswer:
                return None
            if not query:
                return None
            try:
                found = await self._run(query, version)
            except Unfit as error:
                fault = _texts()["repair"].format(fault=error)
                messages += [
                    {"role": "assistant", "content": json.dumps({"query": query})},
                    {"role": "user", "content": fault},
                ]
                continue
            if not found.rows:
                return None
            text = told(found)
            return Modelled(self._chat.endpoint.model, checked(query).query, repaired, text, found)
        return None

    async def _query(self, messages: list[dict[str, str]]) -> str:
        said = await asyncio.to_thread(self._chat.ask, messages, _SCHEMA)
        query = said.get("query") if isinstance(said, dict) else None
        if not isinstance(query, str):
            raise NoAnswer("the model gives no query")
        return query.strip()

    async def _run(self, query: str, version: Version) -> Found:
        """What the query finds; Unfit if it may not run, or does not."""
        fit = await asyncio.to_thread(checked, query)
        unknown = await self._graph.ask(partial(unknown_things, iris=fit.things), version=version)
        if unknown:
            raise Unfit(f"nothing is known of <{unknown[0]}>")
        try:
            work = partial(find, query=fit.query)
            return await self._graph.ask(work, version=version, timeout_s=_TIMEOUT_S)
        except (BadQuery, QueryFailed, QueryTimeout, QueryTooHeavy) as error:
            raise Unfit(str(error)) from error


def told(found: Found) -> str:
    """The answer in words: the sentences of its claims, or its rows, and that a model wrote the query."""
    names = {thing.iri: thing.label for thing in found.things}
    lines = [claim.statement for claim in found.claims] or [
        ", ".join(names.get(value, value) for value in row.values()) for row in found.rows
    ]
    shown = list(dict.fromkeys(lines))[:10]
    return f"By a query that a language model wrote, which may have misread the question: {'; '.join(shown)}"


@cache
def instructions() -> str:
    """What the model is told: how claims are stored, and the words that it may use."""
    prefixes = "\n".join(f"PREFIX {name}: <{iri}>" for name, iri in _PREFIXES.items())
    properties = sorted(_short(iri) for iri in known_words().properties if iri.startswith(NS))
    classes = sorted(_short(iri) for iri in known_words().classes if iri.startswith(NS))
    metrics = sorted(_short(iri) for iri in known_words().all if iri.startswith(VOCAB + "metric-"))
    parts = (
        _texts()["instructions"].strip(),
        f"Prefixes, which you declare:\n{prefixes}",
        f"Classes: {' '.join(classes)}",
        f"Properties: {' '.join(properties)}",
        f"Metrics: {' '.join(metrics)}",
        f"At most {MOST_ROWS} rows.",
    )
    return "\n\n".join(parts)


def _asked(question: str, named: tuple[tuple[str, str], ...]) -> str:
    known = "\n".join(f"{json.dumps(words)} is <{iri}> ({_label(iri)})" for words, iri in named)
    return f"{question}\n\n{known}" if known else question


@cache
def _label_by_iri() -> dict[str, str]:
    return {
        quad.subject.value: quad.object.value
        for quad in ontology_quads()
        if quad.predicate.value == terms.SKOS_PREF_LABEL
        and isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, Literal)
    }


def _label(iri: str) -> str:
    return _label_by_iri().get(iri, iri.rpartition("/")[2])


def _short(iri: str) -> str:
    return f"aif:{iri.removeprefix(NS)}" if iri.startswith(NS) else f"v:{iri.removeprefix(VOCAB)}"


@cache
def _texts() -> dict[str, str]:
    return tomllib.loads((files("kg.asking") / "model.toml").read_text("utf-8"))
