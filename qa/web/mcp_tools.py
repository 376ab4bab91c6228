"""The endpoints of the API as tools for a model, by the Model Context Protocol at ``/mcp``."""

from typing import Any
from urllib.parse import quote

import httpx
from fastapi import FastAPI
from mcp.server.fastmcp import FastMCP
from mcp.server.fastmcp.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import BaseModel

from qa.web.api import (
    ASK,
    DOCUMENT,
    SEARCH,
    STATUS,
    AskBody,
    AsOf,
    Compose,
    DocumentId,
    Kind,
    Passages,
    Question,
    SearchBody,
    Since,
    Until,
)

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
HOME_ONLY = TransportSecuritySettings(
    allowed_hosts=[f"{host}:*" for host in LOOPBACK], allowed_origins=[f"http://{host}:*" for host in LOOPBACK]
)
ANY_HOST = TransportSecuritySettings(enable_dns_rebinding_protection=False)


def create_mcp(api: FastAPI, *, is_public: bool) -> FastMCP:
    """Return a server whose tools call the API within this process.

    Unless the site ``is_public``, only who names this machine as the host is served: a stranger's page cannot bind
    its own name to a loopback address.
    """
    server = FastMCP(
        "cai-cach-hanh-chinh",
        stateless_http=True,
        json_response=True,
        log_level="WARNING",
        transport_security=ANY_HOST if is_public else HOME_ONLY,
    )
    transport = httpx.ASGITransport(api, raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport, base_url="http://api")

    async def call(method: str, path: str, body: BaseModel | None = None) -> dict[str, Any]:
        reply = await client.request(method, path, json=body and body.model_dump(mode="json"))
        if reply.is_error:
            raise ToolError(reply.json()["detail"])
        return reply.json()

    @server.tool(description=ASK)
    async def ask(
        question: Question,
        since: Since = None,
        until: Until = None,
        kind: Kind = None,
        as_of: AsOf = None,
        compose: Compose = True,
    ) -> dict[str, Any]:
        body = AskBody(question=question, since=since, until=until, kind=kind, as_of=as_of, compose=compose)
        return await call("POST", "/ask", body)

    @server.tool(description=SEARCH)
    async def search(
        question: Question,
        k: Passages = 5,
        since: Since = None,
        until: Until = None,
        kind: Kind = None,
        as_of: AsOf = None,
    ) -> dict[str, Any]:
        body = SearchBody(question=question, k=k, since=since, until=until, kind=kind, as_of=as_of)
        return await call("POST", "/search", body)

    @server.tool(description=DOCUMENT)
    async def document(document_id: DocumentId) -> dict[str, Any]:
        return await call("GET", f"/documents/{quote(document_id, safe='')}")

    @server.tool(description=STATUS)
    async def status() -> dict[str, Any]:
        return await call("GET", "/status")

    return server
