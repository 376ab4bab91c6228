"""The documentation of the API as a page, written from its OpenAPI description; it loads nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from qa.web.templates import escape, page_html

Schema = Mapping[str, Any]
INTRODUCTION = (
    "<p>Mỗi lần gọi là một yêu cầu; trả về JSON. Lỗi trả về dạng <code>application/problem+json</code>, "
    'nêu lý do ở <code>detail</code>. Mô tả cho máy đọc: <a href="/api/openapi.json">/api/openapi.json</a>.</p>'
)


def docs_html(openapi: Schema) -> str:
    """Return the page of an OpenAPI description."""
    schemas = openapi["components"]["schemas"]
    operations = [
        operation_html(f"{method.upper()} /api{path}", operation)
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    ]
    objects = [object_html(name, schema) for name, schema in schemas.items()]
    body = f"<article><h1>API</h1>{INTRODUCTION}{''.join(operations)}<h2>JSON</h2>{''.join(objects)}</article>"
    return page_html("API", Markup(body))  # noqa: S704 - every value in it was escaped above


def operation_html(title: str, operation: Schema) -> str:
    """Return one endpoint: what it does, what it takes, what it returns."""
    fields = [
        (one["name"], one["schema"], one.get("description", ""), one.get("required", False))
        for one in operation.get("parameters", ())
    ]
    body = contents(operation.get("requestBody", {}))
    replies = ((status, reply) for status, reply in operation["responses"].items())
    rows = "".join(
        f"<tr><td>{escape(status)}</td><td>{kinds(contents(reply))}</td><td>{escape(reply['description'])}</td></tr>"
        for status, reply in replies
    )
    return (
        f"<section><h2><code>{escape(title)}</code></h2>{paragraphs(operation.get('description', ''))}"
        f"{table(fields)}{f'<p>Body: {kinds(body)}</p>' if body else ''}{table_html(rows)}</section>"
    )


def object_html(name: str, schema: Schema) -> str:
    """Return the fields of one kind of object."""
    required = schema.get("required", ())
    fields = [
        (field, one, one.get("description", ""), field in required)
        for field, one in schema.get("properties", {}).items()
    ]
    about = paragraphs(schema.get("description", ""))
    return f'<section id="{escape(name)}"><h3>{escape(name)}</h3>{about}{table(fields)}</section>'


def table(fields: Iterable[tuple[str, Schema, str, bool]]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code>{' *' if required else ''}</td><td>{type_html(schema)}</td>"
        f"<td>{escape(description)}</td></tr>"
        for name, schema, description, required in fields
    )
    return table_html(rows)


def table_html(rows: str) -> str:
    return (
        f'<div class="table" tabindex="0" role="region" aria-label="Bảng"><table>{rows}</table></div>' if rows else ""
    )


def paragraphs(text: str) -> str:
    return "".join(f'<p lang="en">{escape(part)}</p>' for part in text.split("\n\n") if part)


def contents(part: Schema) -> list[Schema]:
    return [content["schema"] for content in part.get("content", {}).values()]


def kinds(schemas: Iterable[Schema]) -> str:
    return " | ".join(map(type_html, schemas))


def type_html(schema: Schema) -> str:
    """Return the type of a value: its name, its choices, or a link to the object."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[1])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in schema:
        return kinds(schema["anyOf"])
    if "enum" in schema:
        return escape(" | ".join(map(str, schema["enum"])))
    if "items" in schema:
        return f"{type_html(schema['items'])}[]"
    bounds = [f"{key} {schema[key]}" for key in ("minimum", "maximum", "maxLength", "maxItems") if key in schema]
    return escape(" ".join([schema.get("format") or schema.get("type", ""), *bounds]))
