"""How often one visitor may ask: a bucket of tokens for each address, filled at a steady rate."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_VISITORS = 10_000
NETWORK_OF_A_VISITOR = 64
"""Bits of an IPv6 address that name a household or an office; the rest it may choose anew for each request."""


class Buckets:
    """A token bucket for each visitor: ``burst`` tokens at first, ``a_minute`` more each minute up to ``burst``.

    Only the last 10,000 visitors are remembered, so that strangers cannot fill the memory.
    """

    def __init__(self, a_minute: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.a_second = a_minute / 60
        self.burst = burst
        self.clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, visitor: str) -> float:
        """Take a token and return 0, or take none and return the seconds until there is one."""
        now = self.clock()
        tokens, then = self._left.pop(visitor, (self.burst, now))
        tokens = min(self.burst, tokens + (now - then) * self.a_second)
        taken = tokens >= 1
        self._left[visitor] = (tokens - taken, now)
        if len(self._left) > MOST_VISITORS:
            self._left.popitem(last=False)
        return 0.0 if taken else (1 - tokens) / self.a_second

    def __len__(self) -> int:
        return len(self._left)


def visitor_at(address: str) -> str:
    """Return what names the visitor behind an address: an IPv4 address, or the network of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, NETWORK_OF_A_VISITOR), strict=False))
