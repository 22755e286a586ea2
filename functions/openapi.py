"""The OpenAPI 3.1 document, made from what the endpoints declare and the models that validate."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from functions.edge import Endpoint
from functions.topics import TOPICS, topic_of

_INTRODUCTION = Path(__file__).parent / "documentation" / "introduction.md"
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
        "validationErrors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}


def document(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """The whole document, for every endpoint that was registered."""
    inputs = {m for e in endpoints for m in (e.body,) if m}
    outputs = {e.reply for e in endpoints if e.reply}
    models = [(m, "validation") for m in sorted(inputs, key=_name)]
    models += [(m, "serialization") for m in sorted(outputs, key=_name)]
    keys, definitions = models_json_schema(models, ref_template=_REFERENCE)  # type: ignore[arg-type]  # a mode is a Literal
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        if "*" in endpoint.path:
            continue  # unknown paths
        paths.setdefault("/" + endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, dict(keys))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Solarium partner platform",
            "version": "1",
            "description": _INTRODUCTION.read_text(encoding="utf-8"),
        },
        "tags": [{"name": topic} for topic, _ in TOPICS],
        "paths": paths,
        "components": {
            "schemas": {**definitions.get("$defs", {}), "Problem": _PROBLEM},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _name(model: type[BaseModel]) -> str:
    return model.__name__


def _operation(endpoint: Endpoint, keys: dict[Any, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "tags": [topic_of(endpoint.path)],
        "summary": endpoint.summary,
        "parameters": _parameters(endpoint),
        "responses": _responses(endpoint, keys),
    }
    if endpoint.body:
        schema = keys[(endpoint.body, "validation")]
        required = any(f.is_required() for f in endpoint.body.model_fields.values())
        operation["requestBody"] = {"required": required, "content": {"application/json": {"schema": schema}}}
    if endpoint.upload:
        operation["requestBody"] = {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}
    if endpoint.roles is not None:
        operation["security"] = [{"bearer": []}]
        operation["x-roles"] = sorted(endpoint.roles)
    if endpoint.critical:
        operation["x-critical"] = True
    return operation


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    text = {"type": "string"}
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": text} for name in endpoint.path_parameters
    ]
    if endpoint.query:
        schema = endpoint.query.model_json_schema(mode="validation")
        for name, part in schema.get("properties", {}).items():
            found.append({"name": name, "in": "query", "schema": _inlined(part, schema)})
    if endpoint.method in ("POST", "PATCH") and endpoint.roles is not None:
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


def _responses(endpoint: Endpoint, keys: dict[Any, Any]) -> dict[str, Any]:
    data = keys[(endpoint.reply, "serialization")] if endpoint.reply else {}
    envelope = {
        "type": "object",
        "required": ["success", "data"],
        "properties": {"success": {"const": True}, "data": data, "message": {"type": "string"}},
    }
    problem = {
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        "description": "A problem; error.code says which.",
    }
    done = {"description": "Done.", "content": {"application/json": {"schema": envelope}}}
    return {str(endpoint.status): done, "4XX": problem, "5XX": problem}
