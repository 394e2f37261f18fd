"""HTTP to one SPARQL 1.1 store: queries, updates and whole graphs; every failure becomes a sentence.

Only reads are sent again when a connection breaks, since a broken update may have been made. Redirects are
not followed, so credentials go to no other address. No message holds a credential.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from urllib3 import PoolManager, Timeout, make_headers
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.response import BaseHTTPResponse

from kg.errors import QueryFailed, QueryTimeout, StoreUnavailable, UnknownOutcome

RESULTS_TYPE = "application/sparql-results+json"
TRIPLES_TYPE = "application/n-triples"

_CONNECT_S = 5.0
_TRIES = 3
_PAUSE_S = 0.1
_CHUNK = 1 << 16
_TOLD = 300  # of a store's own words about a failure


@dataclass(frozen=True)
class Credentials:
    """How the product names itself to the store: a user and password, or a bearer token, or neither."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def headers(self) -> dict[str, str]:
        """The header that carries them."""
        if self.token:
            return {"Authorization": f"Bearer {self.token}"}
        if self.user:
            pair = make_headers(basic_auth=f"{self.user}:{self.password}")
            return {"Authorization": pair["authorization"]}
        return {}


class SparqlClient:
    """Sends to the endpoints of one store; safe to use from several threads."""

    def __init__(self, credentials: Credentials) -> None:
        """Nothing is sent yet."""
        self._headers = {"User-Agent": "aifactory-kg", **credentials.headers()}
        self._pool = PoolManager(maxsize=8, retries=False)

    def query(
        self, url: str, text: str, *, accept: str, options: tuple[tuple[str, str], ...] = (), timeout_s: float
    ) -> bytes:
        """The whole answer to a query.

        Raises:
            QueryFailed: if the store does not take the query.
            QueryTimeout: if it has not answered in time.
            StoreUnavailable: if it cannot be reached, refuses, or is no SPARQL endpoint.
        """
        return b"".join(self.stream(url, text, accept=accept, options=options, timeout_s=timeout_s))

    def stream(
        self, url: str, text: str, *, accept: str, options: tuple[tuple[str, str], ...] = (), timeout_s: float
    ) -> Iterator[bytes]:
        """The answer in pieces; errors as in `query`, also on the way."""
        deadline = time.monotonic() + timeout_s
        fields = {"query": text, "timeout": f"{timeout_s:g}"}
        headers = {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded"}
        body = _form([*fields.items(), *options])
        response = self._read("POST", url, headers, body, deadline)
        if not response.headers.get("Content-Type", "").startswith(accept):
            _give_up(response)
            raise StoreUnavailable(
                f"{place(url)} answers, but not with SPARQL results; is it a SPARQL endpoint?"
            )
        yield from _pieces(response, url, deadline)

    def graph(self, url: str, graph: str, *, timeout_s: float) -> bytes:
        """A whole graph as N-Triples, empty if the store has none of that name; errors as in `query`."""
        deadline = time.monotonic() + timeout_s
        address = f"{url}?{_form([('graph', graph)]).decode('ascii')}"
        response = self._read("GET", address, {"Accept": TRIPLES_TYPE}, None, deadline, absent_is_fine=True)
        if response.status == HTTPStatus.NOT_FOUND:
            _give_up(response)
            return b""
        return b"".join(_pieces(response, url, deadline))

    def exists(self, url: str, *, timeout_s: float) -> bool:
        """Whether a graph store answers there for its default graph."""
        headers = {"Accept": TRIPLES_TYPE}
        response = self._send("HEAD", f"{url}?default", headers, None, time.monotonic() + timeout_s)
        _give_up(response)
        return response.status == HTTPStatus.OK

    def update(self, url: str, text: str, *, timeout_s: float) -> None:
        """Have the store run an update.

        Raises:
            QueryFailed: if the store does not take it; nothing was changed.
            UnknownOutcome: if the connection broke or was too slow on the way.
            StoreUnavailable: if the store cannot be reached, or refuses; nothing was changed.
        """
        self._write("POST", url, "application/sparql-update", text.encode(), timeout_s)

    def add_triples(self, url: str, graph: str | None, triples: bytes, *, timeout_s: float) -> None:
        """Add N-Triples to a graph, None for the default one, through the Graph Store Protocol.

        Errors as in `update`.
        """
        address = f"{url}?{_form([('graph', graph)]).decode('ascii') if graph else 'default'}"
        self._write("POST", address, TRIPLES_TYPE, triples, timeout_s)

    # -- inside

    def _write(self, method: str, url: str, media_type: str, body: bytes, timeout_s: float) -> None:
        headers = {"Content-Type": media_type, "Accept": "*/*"}
        try:
            response = self._send(method, url, headers, body, time.monotonic() + timeout_s)
            told = response.read(_CHUNK)
            _give_up(response)
        except (ReadTimeoutError, ProtocolError) as error:
            raise UnknownOutcome(
                f"{place(url)} broke off in the middle of a change: {_why(error)}"
            ) from error
        except HTTPError as error:
            raise StoreUnavailable(_unreachable(url, error)) from error
        _raise_for(response.status, told, url)

    def _read(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        deadline: float,
        *,
        absent_is_fine: bool = False,
    ) -> BaseHTTPResponse:
        """The response to a read, asked for again while the connection breaks or the store is busy."""
        for tries_left in reversed(range(_TRIES)):
            try:
                response = self._send(method, url, headers, body, deadline)
            except ReadTimeoutError as error:
                raise QueryTimeout(f"{place(url)} did not answer in time") from error
            except HTTPError as error:
                if not tries_left or time.monotonic() + _PAUSE_S > deadline:
                    raise StoreUnavailable(_unreachable(url, error)) from error
                time.sleep(_PAUSE_S)
                continue
            if absent_is_fine and response.status == HTTPStatus.NOT_FOUND:
                return response
            if response.status == HTTPStatus.OK:
                return response
            told = response.read(_CHUNK)
            _give_up(response)
            _raise_for(response.status, told, url)
            raise StoreUnavailable(f"{place(url)} answers with status {response.status}")
        raise StoreUnavailable(f"{place(url)} cannot be reached")

    def _send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, deadline: float
    ) -> BaseHTTPResponse:
        left = max(0.01, deadline - time.monotonic())
        return self._pool.request(
            method,
            url,
            body=body,
            headers={**self._headers, **headers},
            timeout=Timeout(connect=min(_CONNECT_S, left), read=left),
            retries=False,
            redirect=False,
            preload_content=False,
        )


@lru_cache(maxsize=4)
def client_for(credentials: Credentials) -> SparqlClient:
    """One client a process and credentials, so that its connections are used again."""
    return SparqlClient(credentials)


def place(url: str) -> str:
    """The address as messages name it, without what follows a question mark."""
    return f"the store at {urlsplit(url)._replace(query='', fragment='').geturl()}"


def _form(fields: list[tuple[str, str]]) -> bytes:
    return urlencode(fields).encode("ascii")


def _pieces(response: BaseHTTPResponse, url: str, deadline: float) -> Iterator[bytes]:
    """The body; a store that stops in the middle is an error, never a short answer."""
    try:
        for piece in response.stream(_CHUNK):
            if time.monotonic() > deadline:
                raise QueryTimeout(f"{place(url)} did not answer in time")
            yield piece
    except ReadTimeoutError as error:
        raise QueryTimeout(f"{place(url)} did not answer in time") from error
    except HTTPError as error:
        raise StoreUnavailable(f"{place(url)} broke off in the middle of an answer: {_why(error)}") from error
    finally:
        _give_up(response)


def _give_up(response: BaseHTTPResponse) -> None:
    """Have the connection used again if its answer was read to the end, and closed if not."""
    if isinstance(response, BaseHTTPResponse) and not response.closed:
        response.close()
    response.release_conn()


def _raise_for(status: int, told: bytes, url: str) -> None:
    """The error that a status means; none for success."""
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return
    words = " ".join(told.decode("utf-8", "replace").split())[:_TOLD]
    where = place(url)
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise StoreUnavailable(
            f"{where} refuses this user ({status}); "
            "set AIFKG_STORE_USER and AIFKG_STORE_PASSWORD, or AIFKG_STORE_TOKEN"
        )
    if status < HTTPStatus.BAD_REQUEST:
        raise StoreUnavailable(f"{where} sends elsewhere ({status}); give the address that it names")
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE):
        raise StoreUnavailable(f"{where} has no SPARQL service at this address ({status})")
    if status in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GATEWAY_TIMEOUT) or "timeout" in words.lower():
        raise QueryTimeout(f"{where} stopped the query: {words}")
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        raise QueryFailed(f"{where} does not take this ({status}): {words}")
    raise StoreUnavailable(f"{where} failed ({status}): {words}")


def _unreachable(url: str, error: HTTPError) -> str:
    return f"{place(url)} cannot be reached: {_why(error)}"


def _why(error: BaseException) -> str:
    """The reason in a few words, without the addresses of objects that the client's own text holds."""
    if isinstance(error, MaxRetryError) and error.reason is not None:
        error = error.reason
    if isinstance(error, NewConnectionError) and error.__cause__ is not None:
        return str(error.__cause__)
    if isinstance(error, ConnectTimeoutError | ReadTimeoutError):
        return "no answer in time"
    if isinstance(error, SSLError):
        return f"its certificate cannot be checked ({error.args[0] if error.args else ''})"
    return str(error.args[0] if error.args else error).partition(", ")[0]
