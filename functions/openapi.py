"""The OpenAPI 3.1 document, made from what the endpoints declare and the models that validate."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import UnionType
from typing import Any, get_args

from pydantic import BaseModel, TypeAdapter

from functions.edge import JSON, Endpoint
from functions.links import LINKS
from functions.models.fields import FlatShape
from functions.refusals import refusal, refusals
from functions.topics import TOPICS, topic_of

_INTRODUCTION = Path(__file__).parent / "documentation" / "introduction.md"
_IN, _OUT = "validation", "serialization"
_Keys = dict[tuple[Any, str], dict[str, Any]]
_REFERENCE = "#/components/schemas/{model}"
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457, with the members that the existing clients read besides.",
    "required": ["type", "title", "status", "detail", "instance", "success", "message", "error"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "The correlation id."},
        "success": {"const": False},
        "data": {"type": "null"},
        "message": {"type": "string"},
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "details": {"type": "object"},
            },
        },
        "lockoutInfo": {"type": "object", "description": "With 423: `attempts` and `lockedUntil`."},
        "validationErrors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}


def document(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """The whole document, for every endpoint that was registered."""
    keys, definitions = _schemas(endpoints)
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        if "*" in endpoint.path:
            continue  # unknown paths
        paths.setdefault("/" + endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, keys, definitions)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Solarium partner platform",
            "version": "1",
            "description": _INTRODUCTION.read_text(encoding="utf-8"),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/", "description": "Where this document is read"}],
        "tags": [{"name": topic} for topic, _ in TOPICS],
        "paths": paths,
        "components": {
            "schemas": {**definitions, "Problem": _PROBLEM},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _schemas(endpoints: Sequence[Endpoint]) -> tuple[_Keys, dict[str, Any]]:
    """The schema of each body and reply, and the definitions that they refer to."""
    bodies = {e.body for e in endpoints if e.body}
    replies = {variant for e in endpoints for variant in _variants(e)}
    asked: list[Any] = [(m, _IN, TypeAdapter(m)) for m in sorted(bodies, key=_name)]
    asked += [(m, _OUT, TypeAdapter(m)) for m in sorted(replies, key=_name)]
    keys, found = TypeAdapter.json_schemas(asked, ref_template=_REFERENCE)
    return {(model, str(mode)): schema for (model, mode), schema in keys.items()}, found.get("$defs", {})


def _variants(endpoint: Endpoint) -> tuple[Any, ...]:
    """The types that the data may have."""
    if isinstance(endpoint.reply, UnionType):
        return get_args(endpoint.reply)
    return (endpoint.reply,) if endpoint.reply else ()


def _name(model: Any) -> str:
    return str(model.__name__)


def _operation(endpoint: Endpoint, keys: _Keys, definitions: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "tags": [topic_of(endpoint.path)],
        "summary": endpoint.summary,
        "parameters": _parameters(endpoint),
        "responses": _responses(endpoint, keys, definitions),
    }
    if endpoint.body:
        schema = keys[(endpoint.body, _IN)]
        operation["requestBody"] = {
            "required": _needs_something(endpoint.body),
            "content": {"application/json": {"schema": schema}},
        }
    if endpoint.upload:
        operation["requestBody"] = {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}
    operation["security"] = [] if endpoint.roles is None else [{"bearer": []}]
    if endpoint.roles is not None:
        operation["x-roles"] = sorted(endpoint.roles)
    if endpoint.critical:
        operation["x-critical"] = True
    return operation


def _needs_something(body: type[BaseModel]) -> bool:
    """Whether no request can do without it: something in it, or in each form that it may have, is required."""
    schema = body.model_json_schema(mode="validation")
    forms = [_inlined(form, schema) for form in schema.get("anyOf", ())]
    return all(form.get("required") for form in forms or [schema])


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    text = {"type": "string"}
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": text} for name in endpoint.path_parameters
    ]
    if endpoint.query:
        schema = endpoint.query.model_json_schema(mode="validation")
        for name, part in schema.get("properties", {}).items():
            needed = {"required": True} if name in schema.get("required", ()) else {}
            found.append({"name": name, "in": "query", **needed, "schema": _inlined(part, schema)})
    if endpoint.method in ("POST", "PATCH", "PUT") and endpoint.roles is not None:
        found.append({"name": "If-Match", "in": "header", "schema": text})
        found.append({"name": "Idempotency-Key", "in": "header", "schema": {**text, "maxLength": 255}})
    return found


def _inlined(part: Any, schema: dict[str, Any]) -> Any:
    """A query parameter's schema without references into its own model."""
    if isinstance(part, dict):
        if "$ref" in part:
            return _inlined(schema["$defs"][part["$ref"].rsplit("/", 1)[1]], schema)
        return {name: _inlined(value, schema) for name, value in part.items()}
    return [_inlined(value, schema) for value in part] if isinstance(part, list) else part


def _responses(endpoint: Endpoint, keys: _Keys, definitions: dict[str, Any]) -> dict[str, Any]:
    bodies = [_body(endpoint, variant, keys[(variant, _OUT)], definitions) for variant in _variants(endpoint)]
    whole = bodies[0] if len(bodies) == 1 else {"anyOf": bodies} if bodies else _envelope({"type": "null"})
    content = {media: {"schema": whole if media == JSON else {"type": "string"}} for media in endpoint.media}
    told = {
        str(status): {"description": "Done.", "content": content} for status in (endpoint.status, *endpoint.also)
    }
    if endpoint.name in LINKS:
        told[str(endpoint.status)]["links"] = {link.to: link.described() for link in LINKS[endpoint.name]}
    if endpoint.method == "GET" and endpoint.roles is not None:
        told["304"] = {"description": "What `If-None-Match` names is still so."}
    for status in refusals(endpoint):
        refused = refusal(status)
        if str(status) in told:  # an answer and a refusal may share a status
            refused["content"] = {**content, **refused["content"]}
        told[str(status)] = refused
    return told


def _body(endpoint: Endpoint, variant: Any, data: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    if endpoint.bare:
        return data
    envelope = _envelope(data)
    if issubclass(variant, FlatShape):
        members = definitions[data["$ref"].rsplit("/", 1)[1]]["properties"]
        envelope["properties"] = {**members, **envelope["properties"]}
    return envelope


def _envelope(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["success", "data"],
        "properties": {"success": {"const": True}, "data": data, "message": {"type": "string"}},
    }
