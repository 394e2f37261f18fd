"""A conversation with a language model behind an OpenAI-compatible endpoint, under one cap of tokens."""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from urllib3 import PoolManager, Timeout
from urllib3.exceptions import HTTPError

from kg.errors import BadSetting
from kg.settings import Settings

# English text has about four characters to a token; three keeps the estimate on the safe side.
_CHARACTERS_PER_TOKEN = 3
_ANSWER_TOKENS = 1_000
_LARGEST_ANSWER = 1 << 18


class NoAnswer(Exception):
    """The endpoint gave nothing of use; `str(error)` says why."""


@dataclass(frozen=True)
class Endpoint:
    """Where the model is, and what it may cost."""

    url: str  # such as http://127.0.0.1:8080/v1
    model: str
    key: str | None = field(default=None, repr=False)
    most_tokens: int = 200_000
    timeout_s: float = 30.0


def endpoint_of(settings: Settings) -> Endpoint | None:
    """The endpoint that the settings name, or None; BadSetting for an address that is not HTTP."""
    url = settings.ask_model_url
    if not url:
        return None
    if not url.startswith(("http://", "https://")):
        raise BadSetting("AIFKG_ASK_MODEL_URL is not an HTTP address")
    key = settings.ask_model_key
    return Endpoint(
        url,
        settings.ask_model,
        key.get_secret_value() if key else None,
        settings.ask_model_tokens,
        settings.ask_model_timeout_s,
    )


class Chat:
    """Asks, and counts what was spent; safe to use from several threads."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Nothing is asked yet."""
        self.endpoint = endpoint
        self._spent = 0
        self._lock = threading.Lock()
        timeout = Timeout(total=endpoint.timeout_s)
        self._pool = PoolManager(retries=False, timeout=timeout)

    def ask(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]) -> Any:
        """What the model says, as JSON. NoAnswer when the cap is reached or the endpoint fails."""
        self._pay(sum(len(message["content"]) for message in messages))
        body = {
            "model": self.endpoint.model,
            "temperature": 0,
            "max_tokens": _ANSWER_TOKENS,
            "messages": list(messages),
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "query", "strict": True, "schema": schema},
            },
        }
        try:
            return json.loads(json.loads(self._post(json.dumps(body)))["choices"][0]["message"]["content"])
        except (ValueError, LookupError, TypeError) as error:
            raise NoAnswer("the model's answer cannot be read") from error

    def _pay(self, characters: int) -> None:
        cost = characters // _CHARACTERS_PER_TOKEN + _ANSWER_TOKENS
        with self._lock:
            if self._spent + cost > self.endpoint.most_tokens:
                raise NoAnswer(f"the cap of {self.endpoint.most_tokens} tokens is reached")
            self._spent += cost

    def _post(self, body: str) -> bytes:
        headers = {"Content-Type": "application/json"}
        if self.endpoint.key:
            headers["Authorization"] = f"Bearer {self.endpoint.key}"
        url = f"{self.endpoint.url.rstrip('/')}/chat/completions"
        try:
            # A redirect could carry the key to another address.
            reply = self._pool.request(
                "POST", url, body=body, headers=headers, redirect=False, preload_content=False
            )
            content = reply.read(_LARGEST_ANSWER, decode_content=True)
            reply.drain_conn() if len(content) < _LARGEST_ANSWER else reply.close()
        except HTTPError as error:
            raise NoAnswer("the model does not answer") from error
        if reply.status != 200:
            raise NoAnswer(f"the model's endpoint answers with HTTP status {reply.status}")
        return content
