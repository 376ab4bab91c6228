"""Which network addresses may be fetched: only those that are open to everyone."""

from __future__ import annotations

import ipaddress
import socket

from qa.errors import IngestError, Refusal

NAT64 = ipaddress.ip_network("64:ff9b::/96")
UNICAST = ipaddress.ip_network("2000::/3")
"""The only IPv6 addresses that are given out for the open network; Python calls others global too."""

CLOSED = tuple(map(ipaddress.ip_network, ("3fff::/20", "192.88.99.0/24", "168.63.129.16/32")))
"""Examples (RFC 9637), the relays of 6to4 (RFC 7526), and the address under which a cloud's host answers its guests."""

TUNNEL = 0x00005EFE
"""Third quarter of an ISATAP address (RFC 5214), two bits of it aside; the fourth is an IPv4 address."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def resolve(host: str, port: int, *, allow_private: bool) -> str:
    """Return one address of a host name, checked; IngestError when any of its addresses is not public.

    Names like ``2130706433`` or ``0177.0.0.1`` are other spellings of an address; the resolver reads them, and the
    check looks at what it read.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise IngestError(
            Refusal.UNREACHABLE, f"names the host {host!r}, which cannot be resolved; check the address"
        ) from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not allow_private and not is_public(address):
            raise IngestError(
                Refusal.PRIVATE,
                f"leads to {address} ({host}), an address of a private or reserved network; "
                "fetch it yourself and give the file",
            )
    return addresses[0]


def is_public(address: str) -> bool:
    """Tell whether an address is open to everyone, also when it wraps an IPv4 address."""
    parsed = unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    if (parsed.version == 6 and parsed not in UNICAST) or any(parsed in network for network in CLOSED):
        return False
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved and not parsed.is_unspecified


def unwrapped(address: Address) -> Address:
    """Return the IPv4 address inside a mapped, 6to4, compatible, NAT64 or ISATAP address, else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    is_tunnel = (int(address) >> 32) & 0xFCFFFFFF == TUNNEL
    if address in NAT64 or is_tunnel or int(address) < 2**32:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
