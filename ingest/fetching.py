"""URL -> the bytes behind it, fetched only from addresses that were checked, within limits of size and time.

Each hop of a redirect is resolved and checked anew, and the connection goes to the very address that was
checked, so a name that answers differently the second time gains nothing. Proxies of the environment are not
used.
"""

import ssl
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from socket import SHUT_RDWR, socket
from threading import Timer
from typing import Self
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from ingest.addresses import Address, Network, addresses_of, forbidden_among
from kg.errors import UnreadableReport

LARGEST = 25_000_000  # bytes
LONGEST_S = 30.0  # of one hop, from the first byte to the last
_MOST_HOPS = 5
_SILENCE_S = 10.0  # without any byte
_STEP = 65_536
_SAFE = "%/:?#[]@!$&'()*+,;=~"
_PORTS = {"http": 80, "https": 443}
_REDIRECTS = (301, 302, 303, 307, 308)
_HEADERS = {"User-Agent": "aifactory-kg", "Accept": "*/*", "Accept-Encoding": "identity"}


@dataclass(frozen=True)
class Fetched:
    """What was behind a URL: `url` is the last one, after all redirects."""

    url: str
    content: bytes
    content_type: str


def fetch(
    url: str, *, trusted: Collection[Network] = (), longest_s: float = LONGEST_S, largest: int = LARGEST
) -> Fetched:
    """The bytes behind the URL; raises UnreadableReport when it may not, or cannot, be fetched.

    `trusted` are networks that may be spoken to although they are not public.
    """
    at = url
    for _ in range(_MOST_HOPS):
        parts = _checked(at, url)
        address = _address(parts, url, trusted)
        answer = _Hop(url, at, parts, address, longest_s, largest).get()
        if isinstance(answer, Fetched):
            return answer
        after = urljoin(at, answer)
        if parts.scheme == "https" and urlsplit(after).scheme == "http":
            raise UnreadableReport(url, f"is redirected from https to {after}, which is not followed")
        at = after
    raise UnreadableReport(url, f"is redirected more than {_MOST_HOPS} times; give the last URL")


def _checked(at: str, url: str) -> SplitResult:
    try:
        parts = urlsplit(at)
        ports = _PORTS.keys() if parts.port != 0 else ()
        known = parts.scheme in ports and (parts.hostname or "").encode("idna")
    except (ValueError, UnicodeError) as fault:
        raise UnreadableReport(url, "is no URL; check the spelling") from fault
    if not known:
        raise UnreadableReport(url, "leads to something that is not http or https; only these are fetched")
    if parts.username or parts.password:
        raise UnreadableReport(url, "holds a user name; give the URL without it")
    return parts


def _address(parts: SplitResult, url: str, trusted: Collection[Network]) -> Address:
    host, port = str(parts.hostname), parts.port or _PORTS[parts.scheme]
    try:
        addresses = addresses_of(host, port)
    except (OSError, ValueError) as fault:
        raise UnreadableReport(url, f"its host {host} is not known; check the spelling") from fault
    forbidden = forbidden_among(addresses, trusted)
    if forbidden is not None:
        raise UnreadableReport(url, f"its host {host} has the address {forbidden}, which is not public")
    return addresses[0]


@dataclass(frozen=True)
class _Hop:
    """One request to one checked address."""

    asked: str
    url: str
    parts: SplitResult
    address: Address
    longest_s: float
    largest: int

    def get(self) -> Fetched | str:
        """What the server sent, or where it redirects to."""
        connection = self._connection()
        slow = self._refusal(f"took longer than {self.longest_s:g} s to be fetched")
        headers = {**_HEADERS, "Host": self._host(port=True)}
        with _Deadline(connection, self.longest_s) as deadline:
            try:
                connection.connect()
                deadline.watch(connection)
                connection.request("GET", self._target(), headers=headers, preload_content=False)
                found = self._read(connection.getresponse())
            except ssl.SSLError as fault:
                raise self._refusal("its server's certificate is not valid") from fault
            except (HTTPError, OSError, ValueError) as fault:
                broken = self._refusal("its server cannot be reached or broke off; try again later")
                raise slow if deadline.passed else broken from fault
        if deadline.passed:  # a connection that was broken off may look like one that came to its end
            raise slow
        return found

    def _read(self, answer: BaseHTTPResponse) -> Fetched | str:
        location = answer.headers.get("Location")
        if answer.status in _REDIRECTS and location:
            return location
        if answer.status != 200:
            raise self._refusal(f"its server answers {answer.status} {answer.reason or ''}".rstrip())
        parts: list[bytes] = []
        while part := answer.read(_STEP):
            parts.append(part)
            if len(parts) * _STEP > self.largest + _STEP:
                raise self._refusal(f"is larger than {self.largest // 1_000_000} MB")
        return Fetched(self.url, b"".join(parts), answer.headers.get("Content-Type", ""))

    def _connection(self) -> HTTPConnection:
        port = self.parts.port or _PORTS[self.parts.scheme]
        if self.parts.scheme == "http":
            return HTTPConnection(str(self.address), port, timeout=_SILENCE_S)
        # The certificate must be the host's, though the connection goes to the address.
        host = self._host(port=False)
        return HTTPSConnection(
            str(self.address),
            port,
            timeout=_SILENCE_S,
            cert_reqs="CERT_REQUIRED",
            server_hostname=host,
            assert_hostname=host,
        )

    def _host(self, *, port: bool) -> str:
        host = str(self.parts.hostname).encode("idna").decode("ascii")
        written = f"[{host}]" if ":" in host and port else host
        return f"{written}:{self.parts.port}" if port and self.parts.port else written

    def _target(self) -> str:
        query = f"?{self.parts.query}" if self.parts.query else ""
        return quote((self.parts.path or "/") + query, safe=_SAFE)

    def _refusal(self, reason: str) -> UnreadableReport:
        return UnreadableReport(self.asked, reason)


class _Deadline:
    """Breaks a connection off when the time is over, so that a server that drips holds no one up."""

    def __init__(self, connection: HTTPConnection, longest_s: float) -> None:
        self.passed = False
        self._connection = connection
        self._socket: socket | None = None
        self._timer = Timer(longest_s, self._break_off)
        self._timer.daemon = True

    def watch(self, connection: HTTPConnection) -> None:
        """Keep the socket, which the connection hands over to its answer."""
        self._socket = connection.sock

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._connection.close()

    def _break_off(self) -> None:
        self.passed = True
        connected = self._socket or self._connection.sock
        if connected is not None:
            with suppress(OSError):
                connected.shutdown(SHUT_RDWR)
