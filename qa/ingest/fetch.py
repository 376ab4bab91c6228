"""A web address → bytes, politely and within bounds.

The connection goes to the very address that was checked (no second look-up in between), every redirect is checked
again, and one deadline bounds the whole fetch, however slowly a server answers. Only addresses that are open to
everyone are fetched.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import httpcore
import httpx
from protego import Protego

from qa.errors import IngestError, Refusal
from qa.ingest.sources import Raw

ROBOTS_BYTES = 500_000
CHUNK = 65_536
NAT64 = ipaddress.ip_network("64:ff9b::/96")
UNICAST = ipaddress.ip_network("2000::/3")  # all that is given out for the open network; Python calls more global
CLOSED = tuple(map(ipaddress.ip_network, ("3fff::/20", "192.88.99.0/24", "168.63.129.16/32")))
"""Examples (RFC 9637), the relays of 6to4 (RFC 7526), and the address under which a cloud's host answers its guests."""

TUNNEL = 0x00005EFE  # third quarter of an ISATAP address (RFC 5214) but two bits; the fourth is an IPv4 address


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How addresses are fetched, in seconds and bytes. ``allow_private``: those of private networks too."""

    allow_private: bool = False
    largest_bytes: int = 20_000_000
    redirects: int = 5
    timeout_seconds: float = 10.0
    total_seconds: float = 60.0
    user_agent: str = "qa-cai-cach-hanh-chinh/0.1"


@dataclass(frozen=True)
class Clock:
    """When the time allowed for one fetch ends."""

    end: float

    def bound(self, timeout: float | None) -> float:
        left = self.end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the whole fetch took too long")
        return left if timeout is None else min(left, timeout)


@dataclass(frozen=True)
class GuardedStream(httpcore.NetworkStream):
    """A network stream whose every step ends with the clock."""

    stream: httpcore.NetworkStream
    clock: Clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, self.clock.bound(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, self.clock.bound(timeout))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> GuardedStream:
        return GuardedStream(self.stream.start_tls(ssl_context, server_hostname, self.clock.bound(timeout)), self.clock)

    def get_extra_info(self, info: str) -> object:
        return self.stream.get_extra_info(info)


@dataclass(frozen=True)
class GuardedBackend(httpcore.NetworkBackend):
    """Connects to the address it has checked; the host name lives on in ``Host`` and in TLS."""

    clock: Clock
    allow_private: bool

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> GuardedStream:
        address = resolve(host, port, allow_private=self.allow_private)
        limit = self.clock.bound(timeout)
        stream = httpcore.SyncBackend().connect_tcp(address, port, limit, local_address, socket_options)
        return GuardedStream(stream, self.clock)


class GuardedTransport(httpx.HTTPTransport):
    """httpx's transport over a connection pool with our own way of connecting."""

    def __init__(self, backend: GuardedBackend) -> None:
        context = httpx.create_ssl_context(trust_env=False)
        self._pool = httpcore.ConnectionPool(ssl_context=context, network_backend=backend)


@dataclass(slots=True)
class Fetcher:
    """Fetches pages one after another, remembering each host's robots.txt."""

    settings: FetchSettings
    rules: dict[str, Protego] = field(default_factory=dict)

    def fetch(self, url: str) -> Raw:
        """Return what stands at an http or https address; IngestError says why not."""
        clock = Clock(time.monotonic() + self.settings.total_seconds)
        transport = GuardedTransport(GuardedBackend(clock, self.settings.allow_private))
        headers = {"User-Agent": self.settings.user_agent, "Accept-Encoding": "gzip, deflate"}
        timeout = self.settings.timeout_seconds
        try:
            with httpx.Client(transport=transport, headers=headers, timeout=timeout, trust_env=False) as client:
                return self.page(client, url)
        except httpx.TimeoutException as error:
            why = f"did not answer in time ({self.settings.total_seconds:g} s in all); try again later"
            raise IngestError(Refusal.TIMEOUT, why) from error
        except (httpx.HTTPError, httpx.InvalidURL, zlib.error) as error:
            why = f"could not be fetched ({error}); check the address and the network"
            raise IngestError(Refusal.UNREACHABLE, why) from error

    def page(self, client: httpx.Client, source: str) -> Raw:
        url = httpx.URL(source)
        for _ in range(self.settings.redirects + 1):
            self.check_robots(client, url)
            response, content = get(client, url, self.settings.largest_bytes)
            if not response.has_redirect_location:
                break
            url = checked_scheme(url.join(response.headers["location"]))
        else:
            why = f"redirects more than {self.settings.redirects} times; give the final address"
            raise IngestError(Refusal.REDIRECTS, why)
        if response.status_code != 200:
            raise IngestError(Refusal.STATUS, f"answers with status {response.status_code}; check the address")
        media = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        name = url.path.rpartition("/")[2]
        return Raw(source, name, content, url=str(url), media=media, charset=response.charset_encoding or "")

    def check_robots(self, client: httpx.Client, url: httpx.URL) -> None:
        origin = str(checked_scheme(url).copy_with(raw_path=b"/robots.txt", fragment=None))
        if origin not in self.rules:
            self.rules[origin] = self.robots(client, httpx.URL(origin))
        if not self.rules[origin].can_fetch(str(url), self.settings.user_agent):
            why = f"is closed to programs by {origin}; ask its owner, or save the page and give the file"
            raise IngestError(Refusal.CLOSED, why)

    def robots(self, client: httpx.Client, url: httpx.URL) -> Protego:
        """Read the rules as RFC 9309 says: a missing file allows all, a server in trouble allows nothing."""
        for _ in range(self.settings.redirects + 1):
            response, content = get(client, url, ROBOTS_BYTES)
            if not response.has_redirect_location:
                break
            url = checked_scheme(url.join(response.headers["location"]))
        if response.status_code >= 500:
            why = f"cannot be fetched while {url} answers {response.status_code}; try again later"
            raise IngestError(Refusal.UNREACHABLE, why)
        return Protego.parse(content.decode("utf-8", errors="replace") if response.status_code == 200 else "")


def get(client: httpx.Client, url: httpx.URL, largest: int) -> tuple[httpx.Response, bytes]:
    """Return one answer of a server, redirects not followed, and its body; IngestError when that is too large."""
    content = bytearray()
    with client.stream("GET", url) as response:
        for piece in decoded(response):
            content += piece
            if len(content) > largest:
                why = f"is larger than {largest / 1e6:g} MB ({url}); save a part of it and give the file"
                raise IngestError(Refusal.TOO_LARGE, why)
    return response, bytes(content)


def decoded(response: httpx.Response) -> Iterator[bytes]:
    """Yield the body in small pieces; a compressed one is opened bit by bit, so that none swells unseen."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("identity", ""):
        yield from response.iter_raw(CHUNK)
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        why = f"comes compressed as {encoding!r}, which was not asked for; save the page and give the file"
        raise IngestError(Refusal.UNREADABLE, why)
    opener = zlib.decompressobj(zlib.MAX_WBITS | 32)
    for piece in response.iter_raw(CHUNK):
        while piece:
            yield opener.decompress(piece, CHUNK)
            piece = opener.unconsumed_tail


def checked_scheme(url: httpx.URL) -> httpx.URL:
    if url.scheme not in ("http", "https") or not url.host:
        why = f"leads to {str(url)[:200]!r}; only http and https addresses are fetched"
    elif url.userinfo:
        why = f"names a user before the host {url.host!r}; leave out what stands before the @"
    else:
        return url
    raise IngestError(Refusal.ADDRESS_KIND, why)


def resolve(host: str, port: int, *, allow_private: bool) -> str:
    """Return one address of a host, as the resolver reads it; IngestError when any of its addresses is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        why = f"names the host {host!r}, which cannot be resolved; check the address"
        raise IngestError(Refusal.UNREACHABLE, why) from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not allow_private and not is_public(address):
            why = f"leads to {address} ({host}), an address of a private or reserved network"
            raise IngestError(Refusal.PRIVATE, f"{why}; fetch it yourself and give the file")
    return addresses[0]


def is_public(address: str) -> bool:
    """Tell whether an address is open to everyone, also when it wraps an IPv4 address."""
    parsed = unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    if (parsed.version == 6 and parsed not in UNICAST) or any(parsed in network for network in CLOSED):
        return False
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved and not parsed.is_unspecified


def unwrapped(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return the IPv4 address inside a mapped, 6to4, compatible, NAT64 or ISATAP address, else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    is_tunnel = (int(address) >> 32) & 0xFCFFFFFF == TUNNEL
    if address in NAT64 or is_tunnel or int(address) < 2**32:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
