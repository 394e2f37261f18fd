"""text -> the language it is written in, as far as needed to turn away what the pipeline cannot read.

A table without prose, or a report of two lines, has few function words of any language; it counts as English
unless another language, or another script, clearly outweighs it.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_WORD = re.compile(r"[^\W\d_]{2,}")  # a single letter is as often a part of a code
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_SAMPLE = 100_000  # characters; more does not change the verdict
_FEWEST = 4  # function words of another language before it can outweigh English
_FEWEST_DIFFERENT = 3
_MARGIN = 2  # how many times English it must be


def foreign_language(text: str) -> str | None:
    """The name of the language that outweighs English in the text, "another script", or None for English.

    >>> foreign_language("Der Markt ist mit der Nachfrage gewachsen und wird auf dem Niveau bleiben")
    'German'
    >>> foreign_language("Capex 2026: $3bn") is None
    True
    """
    words = [word.lower() for word in _WORD.findall(text[:_SAMPLE])]
    letters = "".join(words)
    if letters and len(_LATIN.findall(letters)) * 2 < len(letters):
        return "another script"
    seen = Counter(words)
    counts = {language: sum(seen[word] for word in known) for language, known in _function_words().items()}
    english = counts.pop("English")
    language, count = max(counts.items(), key=lambda item: item[1])
    different = sum(1 for word in _function_words()[language] if seen[word])
    enough = count >= _FEWEST and different >= _FEWEST_DIFFERENT
    return language if enough and count > _MARGIN * english else None


@cache
def _function_words() -> Mapping[str, frozenset[str]]:
    with files("ingest").joinpath("languages.toml").open("rb") as data:
        return {language: frozenset(words) for language, words in tomllib.load(data)["words"].items()}
