"""A host's addresses -> those that may be spoken to: public ones, or ones in a network that is trusted.

A name that leads to this machine, to the network behind it or to a cloud's metadata service must not be
fetched for a stranger, in whatever spelling: numbers, mapped or translated IPv6, a name with a public and a
private address.
"""

import socket
from collections.abc import Collection, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_TRANSLATED = ip_network("64:ff9b::/96")  # NAT64, RFC 6052: the last 32 bits are an IPv4 address


def addresses_of(host: str, port: int) -> list[Address]:
    """All addresses of the host, in the system's order; raises OSError when it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))


def forbidden_among(addresses: Iterable[Address], trusted: Collection[Network]) -> Address | None:
    """The first address that is neither public nor trusted; None when all may be spoken to.

    >>> forbidden_among([ip_address("8.8.8.8"), ip_address("::ffff:127.0.0.1")], ())
    IPv6Address('::ffff:7f00:1')
    """
    return next((each for each in addresses if not _may_be_reached(each, trusted)), None)


def _may_be_reached(address: Address, trusted: Collection[Network]) -> bool:
    meant = _inner(address)
    if any(meant in network for network in trusted if network.version == meant.version):
        return True
    return meant.is_global and not meant.is_multicast


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 one carries, else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None) or address
