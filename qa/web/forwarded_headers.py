"""Whose word counts about who asks: forwarded headers of a proxy that was named, nobody else's."""

from __future__ import annotations

import ipaddress

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from qa.errors import SettingsError

ANYONE = "*"
TOLD = (b"forwarded", b"x-forwarded-", b"x-real-ip", b"x-gradio-server", b"x-direct-url")
"""Headers in which a proxy tells of the visitor and of the site's address; Gradio believes them from anyone."""

Networks = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]


class Proxies:
    """Takes the visitor's address from a trusted proxy's headers, and drops these headers of anyone else."""

    def __init__(self, app: ASGIApp, trusted: str) -> None:
        self.app = app
        self.anyone = trusted.strip() == ANYONE
        self.networks = () if self.anyone else networks(trusted)
        self.through_proxy = ProxyHeadersMiddleware(
            app, trusted if self.anyone else [str(one) for one in self.networks]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif self.trusts(scope):
            await self.through_proxy(scope, receive, send)
        else:
            kept = [(name, value) for name, value in scope["headers"] if not name.startswith(TOLD)]
            await self.app({**scope, "headers": kept}, receive, send)

    def trusts(self, scope: Scope) -> bool:
        """Tell whether a request comes from a proxy that was named."""
        try:
            peer = ipaddress.ip_address(scope["client"][0])
        except (KeyError, TypeError, ValueError):
            return self.anyone
        return self.anyone or any(peer in network for network in self.networks)


def networks(named: str) -> Networks:
    """Return the addresses and networks of a list with commas; SettingsError names one that is none."""
    try:
        return tuple(ipaddress.ip_network(one.strip()) for one in named.split(",") if one.strip())
    except ValueError as error:
        raise SettingsError(
            f"QA_PROXIES={named!r}: {error}; write addresses or networks with commas, or * for anyone"
        ) from error
