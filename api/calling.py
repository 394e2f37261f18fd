"""A body to a URL of somebody else, and the status that comes back; nothing else is read.

Nobody inside is called: the address that a name resolves to is checked and then is the one connected to.
Redirects are not followed.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Mapping, Sequence
from urllib.parse import SplitResult, urlsplit

from kg.addresses import is_public
from kg.errors import BadSetting, Forbidden

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_PORTS = {"http": 80, "https": 443}
_LONGEST_LINE = 1 << 14


class CallFailed(Exception):
    """Nobody answered, or what came back is no HTTP."""


def read_networks(text: str) -> list[Network]:
    """The networks of a setting; BadSetting if one is none."""
    try:
        return [ipaddress.ip_network(each) for each in text.split()]
    except ValueError as error:
        raise BadSetting(f"AIFKG_WEBHOOK_NETWORKS: {error}") from error


async def check_target(url: str, allowed: Sequence[Network]) -> tuple[SplitResult, str]:
    """The parts of the URL and the address to connect to.

    Raises:
        Forbidden: if it is no http or https URL, or leads to an address that is not public and not allowed.
        CallFailed: if its name cannot be resolved.
    """
    try:
        place = urlsplit(url)
        port = place.port or _PORTS.get(place.scheme, 0)
    except ValueError:
        raise Forbidden(f"{url} is no URL") from None
    if place.scheme not in _PORTS or not place.hostname or place.username or place.password:
        raise Forbidden("a webhook has an http or https URL without a password")
    try:
        found = await asyncio.get_running_loop().getaddrinfo(place.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise CallFailed(f"{place.hostname} cannot be found: {error}") from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not (is_public(address) or _is_in(address, allowed)):
            raise Forbidden(f"{place.hostname} is at {address}, which is not a public address")
    return place, addresses[0]


async def call(
    url: str, body: bytes, headers: Mapping[str, str], *, allowed: Sequence[Network], timeout_s: float
) -> int:
    """The status that came back.

    Raises:
        Forbidden: as `check_target`.
        CallFailed: if nobody answers in time, or not with HTTP.
    """
    try:
        async with asyncio.timeout(timeout_s):
            place, address = await check_target(url, allowed)
            return await _exchange(place, address, body, headers)
    except TimeoutError:
        raise CallFailed(f"no answer in {timeout_s:g} s") from None
    except (OSError, ValueError) as error:
        raise CallFailed(str(error) or type(error).__name__) from error


async def _exchange(place: SplitResult, address: str, body: bytes, headers: Mapping[str, str]) -> int:
    secure = ssl.create_default_context() if place.scheme == "https" else None
    reader, writer = await asyncio.open_connection(
        address,
        place.port or _PORTS[place.scheme],
        ssl=secure,
        server_hostname=place.hostname if secure else None,
        limit=_LONGEST_LINE,
    )
    try:
        writer.write(_head(place, headers, len(body)) + body)
        await writer.drain()
        line = (await reader.readline()).split()
    finally:
        writer.transport.abort()
    if len(line) < 2 or not line[0].startswith(b"HTTP/1."):
        raise CallFailed("what came back is no HTTP")
    return int(line[1])


def _head(place: SplitResult, headers: Mapping[str, str], length: int) -> bytes:
    target = (place.path or "/") + (f"?{place.query}" if place.query else "")
    lines = [f"POST {target} HTTP/1.1", f"Host: {place.netloc}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in {**headers, "Content-Length": str(length)}.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii", "replace")


def _is_in(address: str, networks: Sequence[Network]) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    return any(found.version == network.version and found in network for network in networks)
