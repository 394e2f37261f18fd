"""The words by which rules demand something, from duty_words.toml, and where a report has them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from spacy.tokens import Doc

from ingest.extensions import MENTIONS


@dataclass(frozen=True)
class DutyWords:
    """The words of duty_words.toml."""

    sets: Mapping[str, frozenset[str]]
    nouns_of_verbs: Mapping[str, str]

    def has(self, name: str, word: str) -> bool:
        """Whether the word is in the set of this name."""
        return word in self.sets[name]


@cache
def duty_words() -> DutyWords:
    """The words of duty_words.toml."""
    data = tomllib.loads(files("ingest").joinpath("duty_words.toml").read_text(encoding="utf-8"))
    sets = {name: frozenset(words) for name, words in data["words"].items()}
    return DutyWords(sets, data["nouns_of_verbs"])


def duty_tokens(doc: Doc) -> list[int]:
    """Tokens that may word a duty or bind somebody; none in a report that names no regulation."""
    if not any(span.label_ == "Regulation" for span in doc.spans.get(MENTIONS, ())):
        return []
    words = duty_words().sets["telling"]
    return [i for i, token in enumerate(doc) if token.lower_ in words]
