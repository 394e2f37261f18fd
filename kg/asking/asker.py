"""published graph + question -> answer: names are read once for each version, the rest runs as queries do."""

import asyncio
from functools import partial

from kg.asking.answering import Answer, answer_from, plans_of, refusal
from kg.asking.lexicon import Lexicon, lexicon_of, names_in_graph
from kg.asking.looking import look
from kg.asking.reading import Understood
from kg.asking.understanding import understand
from kg.errors import BadRequest
from kg.published import PublishedGraph
from kg.snapshots import Version

LONGEST_QUESTION = 400
_KEPT_LEXICONS = 3


class Asker:
    """Answers questions over the versions of one graph."""

    def __init__(self, graph: PublishedGraph) -> None:
        """Nothing is read before the first question."""
        self._graph = graph
        self._lexicons: dict[Version, Lexicon] = {}
        self._reading = asyncio.Lock()

    async def ask(self, question: str, version: Version | None = None) -> Answer:
        """The answer; errors as in `PublishedGraph.ask`, BadRequest for a question that is too long."""
        version = version or self._graph.newest()
        understood = await self.understand(question, version)
        if understood.gap:
            return refusal(understood, question)
        work = partial(look, plans=plans_of(understood))
        return answer_from(
            await self._graph.ask(work, version=version), question=question, understood=understood
        )

    async def query_for(self, question: str, version: Version | None = None) -> str:
        """The query that answers the question: the one with results, else the first; BadRequest if none."""
        found = await self.ask(question, version)
        if not found.answers:
            raise BadRequest(found.text)
        return found.answers[0].query

    async def understand(self, question: str, version: Version) -> Understood:
        """What the question asks."""
        if len(question) > LONGEST_QUESTION:
            raise BadRequest(f"a question has at most {LONGEST_QUESTION} characters")
        return understand(question, await self._lexicon(version))

    async def _lexicon(self, version: Version) -> Lexicon:
        async with self._reading:
            if version not in self._lexicons:
                names = await self._graph.ask(names_in_graph, version=version)
                while len(self._lexicons) >= _KEPT_LEXICONS:
                    del self._lexicons[next(iter(self._lexicons))]
                self._lexicons[version] = await asyncio.to_thread(lexicon_of, names)
            return self._lexicons[version]
