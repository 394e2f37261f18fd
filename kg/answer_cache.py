"""Answers that were given before, for the same question and version; the longest unused go first."""

import hashlib
import re
from collections import OrderedDict

from kg.answers import Answer, Question
from kg.snapshots import Version

Key = tuple[int, Question]
_HINTS = ("now", "rand", "uuid", "bnode")
# Functions whose value is another one each time, SPARQL 1.1, 17.4.
_UNSTEADY = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID|BNODE)\b", re.IGNORECASE)


class AnswerCache:
    """Small answers by version and question, up to a number of bytes."""

    def __init__(self, max_bytes: int) -> None:
        """Empty."""
        self._max_bytes = max_bytes
        self._bytes = 0
        self._answers: OrderedDict[Key, Answer] = OrderedDict()

    def get(self, version: Version, question: Question) -> Answer | None:
        """The answer, if it is still here."""
        key = (version.number, question)
        found = self._answers.get(key)
        if found is not None:
            self._answers.move_to_end(key)
        return found

    def put(self, version: Version, question: Question, answer: Answer) -> None:
        """Keep an answer that is in memory; one to an unsteady question is not to be given."""
        if answer.file is not None:
            return
        key = (version.number, question)
        self._drop(key)
        self._answers[key] = answer
        self._bytes += _weight(key, answer)
        while self._bytes > self._max_bytes:
            self._drop(next(iter(self._answers)))

    def _drop(self, key: Key) -> None:
        gone = self._answers.pop(key, None)
        if gone is not None:
            self._bytes -= _weight(key, gone)


def is_steady(question: Question) -> bool:
    """Whether a version has one answer to the question; the look at its text may err towards no."""
    text = question.query.casefold()
    for hint in _HINTS:  # a loop, since each small query pays for this
        if hint in text:
            return _UNSTEADY.search(text) is None
    return True


def tag_of(version: Version, question: Question) -> str:
    """An entity tag: weak, since the answer may be compressed on its way."""
    text = repr((version.published_at.timestamp(), *question.wish))
    # Made for each new question, and of the hashes this one starts fastest.
    return f'W/"{version.number}-{hashlib.blake2b(text.encode(), digest_size=10).hexdigest()}"'


def _weight(key: Key, answer: Answer) -> int:
    return len(answer.body) + len(key[1].query) + 1000
