"""One question to a language model behind an OpenAI-compatible endpoint, answered in JSON and remembered.

Answers are kept in a folder under a hash of model, instructions, schema and text: the same text costs once.
"""

import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import BadSetting

# English text has about four characters to a token; three keeps the estimate on the safe side.
_CHARACTERS_PER_TOKEN = 3


class NoAnswer(Exception):
    """The endpoint gave nothing of use; `str(error)` says why. It becomes a rejection and leaves no stage."""


@dataclass(frozen=True)
class ModelOptions:
    """Where the model is and what it may cost: `most_tokens` caps one run, prompts and answers together."""

    url: str  # such as http://127.0.0.1:8080/v1
    model: str
    cache: Path
    key: str | None = None
    most_tokens: int = 200_000
    answer_tokens: int = 2_000  # the longest answer to one question
    timeout_s: float = 60.0

    def __post_init__(self) -> None:
        """Refuse an address that is not HTTP."""
        if not self.url.startswith(("http://", "https://")):
            raise BadSetting(f"the second reader's address {self.url!r} is not an HTTP address")


def tokens_in(text: str) -> int:
    """About how many tokens the text is, rather too many than too few.

    >>> tokens_in("four words of text")
    6
    """
    return -(-len(text) // _CHARACTERS_PER_TOKEN)


class LanguageModel:
    """Asks, counts what was spent, and remembers answers."""

    def __init__(self, options: ModelOptions) -> None:
        """Nothing is asked before the first question."""
        self._options = options
        self.spent_tokens = 0

    def remembers(self, instructions: str, text: str, schema: Mapping[str, Any]) -> bool:
        """Whether the answer is in the cache, so that asking costs nothing."""
        return self._file(instructions, text, schema).exists()

    def ask(self, instructions: str, text: str, schema: Mapping[str, Any]) -> Any:
        """The answer as JSON. NoAnswer when the cap is reached or the endpoint fails."""
        file = self._file(instructions, text, schema)
        if file.exists():
            return json.loads(file.read_text(encoding="utf-8"))
        cost = tokens_in(instructions) + tokens_in(text) + self._options.answer_tokens
        if self.spent_tokens + cost > self._options.most_tokens:
            raise NoAnswer(f"the cap of {self._options.most_tokens} tokens is reached")
        self.spent_tokens += cost
        answer = self._post(instructions, text, schema)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
        return answer

    def _file(self, instructions: str, text: str, schema: Mapping[str, Any]) -> Path:
        asked = "\x1f".join((self._options.model, instructions, json.dumps(schema, sort_keys=True), text))
        return self._options.cache / f"{hashlib.sha256(asked.encode('utf-8')).hexdigest()}.json"

    def _post(self, instructions: str, text: str, schema: Mapping[str, Any]) -> Any:
        body = {
            "model": self._options.model,
            "temperature": 0,
            "max_tokens": self._options.answer_tokens,
            "messages": [{"role": "system", "content": instructions}, {"role": "user", "content": text}],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "claims", "strict": True, "schema": schema},
            },
        }
        headers = {"Content-Type": "application/json"}
        if self._options.key:
            headers["Authorization"] = f"Bearer {self._options.key}"
        request = urllib.request.Request(  # noqa: S310 - the options admit HTTP addresses alone
            f"{self._options.url.rstrip('/')}/chat/completions", json.dumps(body).encode("utf-8"), headers
        )
        try:
            with urllib.request.urlopen(request, timeout=self._options.timeout_s) as reply:  # noqa: S310
                content = json.load(reply)["choices"][0]["message"]["content"]
            return json.loads(content)
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise NoAnswer(f"the endpoint gave no usable answer: {error}") from error
