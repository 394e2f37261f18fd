"""a SPARQL query for another endpoint -> its answer, from endpoints that the operator allows, and no others.

The address that a name resolves to is checked and then is the one connected to, so a name cannot come to mean
another machine in between. Redirects are not followed. Time and size are bounded, and cancelling ends it.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlencode, urlsplit

import httptools

from kg.addresses import is_public
from kg.errors import BadSetting, Forbidden, Overloaded, QueryTimeout, QueryTooHeavy, RemoteServiceFailed

_AT_ONCE = 8
_CHUNK = 1 << 16
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class RemoteLimits:
    """How much of another endpoint's answer is taken."""

    rows: int = 10_000
    bytes: int = 1 << 22


class RemoteServices:
    """The endpoints whose IRIs start with one of the prefixes."""

    def __init__(self, prefixes: Sequence[str], limits: RemoteLimits | None = None) -> None:
        """Raise BadSetting for a prefix that does not name scheme and host of an HTTP service."""
        self._prefixes = [urlsplit(prefix) for prefix in prefixes]
        for prefix in self._prefixes:
            if prefix.scheme not in _PORTS or not prefix.hostname:
                raise BadSetting(
                    f"{prefix.geturl()!r} is not the start of an http or https IRI with its host"
                )
        self.limits = limits or RemoteLimits()
        self._running = 0

    @property
    def any(self) -> bool:
        """Whether any endpoint may be asked."""
        return bool(self._prefixes)

    async def ask(self, endpoint: str, query: str, *, timeout_s: float) -> bytes:
        """The table that the endpoint answers with, in SPARQL JSON.

        Raises:
            Forbidden: if the endpoint, or the address it resolves to, may not be asked.
            RemoteServiceFailed: if it cannot be reached or answers with anything but 200.
            QueryTimeout: if it takes too long.
            QueryTooHeavy: if its answer is too large.
            Overloaded: if too many others are being asked.
        """
        place = self._allowed(endpoint)
        if self._running >= _AT_ONCE:
            raise Overloaded("too many queries ask other endpoints at once; try again later")
        self._running += 1
        try:
            async with asyncio.timeout(timeout_s):
                return await self._exchange(place, endpoint, query)
        except TimeoutError as error:
            raise QueryTimeout(f"<{endpoint}> did not answer in {timeout_s:g} s") from error
        except (OSError, httptools.HttpParserError) as error:
            raise RemoteServiceFailed(f"<{endpoint}> cannot be asked: {error}") from error
        finally:
            self._running -= 1

    def _allowed(self, endpoint: str) -> SplitResult:
        try:
            place = urlsplit(endpoint)
            allowed = any(_covers(prefix, place) for prefix in self._prefixes)
        except ValueError:
            allowed = False
        if not allowed:
            raise Forbidden(f"SERVICE <{endpoint}> is not allowed here")
        return place

    async def _exchange(self, place: SplitResult, endpoint: str, query: str) -> bytes:
        host, port = place.hostname or "", place.port or _PORTS[place.scheme]
        address = await _checked_address(host, port)
        secure = ssl.create_default_context() if place.scheme == "https" else None
        reader, writer = await asyncio.open_connection(
            address, port, ssl=secure, server_hostname=host if secure else None
        )
        try:
            writer.write(_request(place, query))
            await writer.drain()
            return await self._read(reader, endpoint)
        finally:
            writer.transport.abort()

    async def _read(self, reader: asyncio.StreamReader, endpoint: str) -> bytes:
        answer = _Incoming()
        parser = httptools.HttpResponseParser(answer)
        while not answer.complete and (data := await reader.read(_CHUNK)):
            parser.feed_data(data)
            if len(answer.body) > self.limits.bytes:
                raise QueryTooHeavy(
                    f"<{endpoint}> answers with more than {self.limits.bytes} bytes; ask for less"
                )
        if parser.get_status_code() != 200:
            raise RemoteServiceFailed(f"<{endpoint}> answered with status {parser.get_status_code()}")
        if not answer.complete and answer.framed:
            raise RemoteServiceFailed(f"<{endpoint}> broke off its answer")
        return bytes(answer.body)


@dataclass
class _Incoming:
    """An answer as it comes in; without a frame it ends with the connection."""

    body: bytearray = field(default_factory=bytearray)
    complete: bool = False
    framed: bool = False

    def on_header(self, name: bytes, _: bytes) -> None:
        self.framed = self.framed or name.lower() in (b"content-length", b"transfer-encoding")

    def on_body(self, data: bytes) -> None:
        self.body += data

    def on_message_complete(self) -> None:
        self.complete = True


def _covers(prefix: SplitResult, place: SplitResult) -> bool:
    """Whether the endpoint is at the prefix's very host and port, and its path starts with the prefix's."""
    same_place = (prefix.scheme, prefix.netloc.lower()) == (place.scheme, place.netloc.lower())
    steps_back = ".." in place.path or "%2e" in place.path.lower()
    return same_place and not steps_back and place.path.startswith(prefix.path)


async def _checked_address(host: str, port: int) -> str:
    """The address to connect to: a public one, unless the operator wrote down the address itself."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not is_public(address):
            raise Forbidden(f"{host} resolves to {address}, which is not a public address")
    return addresses[0]


def _request(place: SplitResult, query: str) -> bytes:
    body = urlencode({"query": query}).encode()
    target = (place.path or "/") + (f"?{place.query}" if place.query else "")
    head = (
        f"POST {target} HTTP/1.1\r\nHost: {place.netloc}\r\nConnection: close\r\n"
        "Accept: application/sparql-results+json\r\nUser-Agent: aifactory-kg\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("ascii", "replace") + body
