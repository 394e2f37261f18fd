"""HTTP to one service: kept connections, answers that are fetched again only when they have changed.

A request is sent again only after a 503 with Retry-After, and only if it reads: a write may have been made.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Self, TypeVar
from urllib.parse import quote, urlencode

from pydantic import BaseModel, ValidationError
from urllib3 import PoolManager, Timeout
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from aifkg.client.failures import Unreachable, failure_of

T = TypeVar("T", bound=BaseModel)
Value = str | int | float | bool | datetime | None

_LONGEST_PAUSE_S = 30.0
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Answer:
    """A whole answer."""

    body: bytes
    tag: str | None


class Transport:
    """Sends requests; the mixins of `Client` know which."""

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        *,
        key: str | None = None,
        version: int | None = None,
        timeout_s: float = 60.0,
        retries: int = 3,
        remembered: int = 200,
    ) -> None:
        """Nothing is sent yet.

        Args:
            url: Address of the service.
            key: Key of who may write or curate.
            version: Ask this version; the newest if none is given.
            timeout_s: Longest silence of the service.
            retries: How often a read is sent again after a 503 that says when to come back.
            remembered: How many answers are kept, to be used again when the service says so.
        """
        self._url = url.rstrip("/")
        self._version = version
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._retries = retries
        self._pool = PoolManager(retries=False, timeout=Timeout(total=None, connect=5.0, read=timeout_s))
        self._remembered = remembered
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the connections go."""
        self._pool.clear()

    def csv(self, path: str, **parameters: Value) -> str:
        """A list as a table in CSV, as `csv("/api/claims", metric="capex")`; Refused, Unreachable."""
        return self._get(path, parameters, accept="text/csv").decode()

    def _read(self, model: type[T], path: str, **parameters: Value) -> T:
        """What a path answers; a parameter's trailing underscore is not part of its name."""
        return parsed(model, self._get(path, {"version": self._version, **parameters}))

    def _get(self, path: str, parameters: Mapping[str, Value], *, accept: str = "application/json") -> bytes:
        address = path + query_of(parameters)
        place = f"{accept} {address}"
        with self._lock:
            kept = self._answers.get(place)
        headers = {"Accept": accept, **({"If-None-Match": kept.tag} if kept and kept.tag else {})}
        for tries_left in range(self._retries, -1, -1):
            with self._open("GET", address, headers=headers) as response:
                if kept and response.status == 304:
                    return kept.body
                if response.status == 200:
                    answer = Answer(_whole(response), response.headers.get("ETag"))
                    self._remember(place, answer)
                    return answer.body
                pause = _pause(response) if tries_left else None
                if pause is None:
                    raise failure_of(response.status, _whole(response))
            time.sleep(pause)
        raise AssertionError("the last try returns or raises")

    def _send(self, model: type[T], method: str, path: str, asked: BaseModel | None = None) -> T:
        """What a write answers."""
        return parsed(model, self._write(method, path, asked))

    def _write(self, method: str, path: str, asked: BaseModel | None = None) -> bytes:
        body = asked.model_dump_json(exclude_unset=True).encode() if asked else None
        headers = {"Content-Type": "application/json"} if asked else {}
        return self._sent(method, path, body, headers)

    def _sent(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> bytes:
        with self._open(method, path, headers=headers, body=body) as response:
            content = _whole(response)
            if response.status >= 300:
                raise failure_of(response.status, content)
            return content

    def _stream(self, path: str, headers: Mapping[str, str] | None = None) -> Iterator[bytes]:
        """An answer piece by piece."""
        with self._open("GET", path, headers=headers or {}) as response:
            if response.status != 200:
                raise failure_of(response.status, _whole(response))
            try:
                yield from response.stream(_CHUNK, decode_content=True)
            except HTTPError as error:
                raise Unreachable(f"the answer broke off: {error}") from error

    @contextmanager
    def _open(
        self, method: str, address: str, *, headers: Mapping[str, str], body: bytes | None = None
    ) -> Iterator[BaseHTTPResponse]:
        try:
            response = self._pool.request(
                method,
                self._url + address,
                body=body,
                headers={"Accept-Encoding": "gzip", **headers, **self._headers},
                preload_content=False,
                redirect=False,
            )
        except HTTPError as error:
            raise Unreachable(f"{self._url} does not answer: {error}") from error
        try:
            yield response
        finally:
            response.drain_conn() if response.status != 200 else response.release_conn()

    def _remember(self, place: str, answer: Answer) -> None:
        if not answer.tag or not self._remembered:
            return
        with self._lock:
            self._answers[place] = answer
            self._answers.move_to_end(place)
            while len(self._answers) > self._remembered:
                self._answers.popitem(last=False)


def parsed(model: type[T], body: bytes) -> T:
    """The body as the model; Unreachable if another service than ours has written it."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise Unreachable(f"the answer is no {model.__name__}: {error}") from error


def query_of(parameters: Mapping[str, Value]) -> str:
    """The query of an address; parameters that are None are left out.

    >>> query_of({"limit": 5, "claimed": True, "kind": None, "from_": "aws"})
    '?limit=5&claimed=true&from=aws'
    """
    given = [
        (name.removesuffix("_"), _text(value)) for name, value in parameters.items() if value is not None
    ]
    return "?" + urlencode(given) if given else ""


def part(id: str) -> str:
    """An id or IRI as the part of a path.

    >>> part("https://w3id.org/ai-factory/id/aws")
    'https%3A//w3id.org/ai-factory/id/aws'
    """
    return quote(id)


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _whole(response: BaseHTTPResponse) -> bytes:
    try:
        return response.read(decode_content=True)
    except HTTPError as error:
        raise Unreachable(f"the answer broke off: {error}") from error


def _pause(response: BaseHTTPResponse) -> float | None:
    """How long the service wants us to wait; None if asking again is of no use."""
    try:
        seconds = float(response.headers.get("Retry-After", ""))
    except ValueError:
        return None
    return min(seconds, _LONGEST_PAUSE_S) if response.status == 503 else None
