"""The OpenAPI 3.1 document, made from what the endpoints declare and the models that validate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from functions.edge import Endpoint
from functions.edge._reply import JSON_MEDIA_TYPE
from functions.problems import PROBLEM_MEDIA_TYPE

_REFERENCE = "#/components/schemas/{model}"
_REFUSALS = {
    400: "The query, a header or the JSON can't be read.",
    401: "Nobody is signed in, or the token or code isn't valid.",
    403: "This role may not do this.",
    404: "There is no such thing, or it isn't the caller's.",
    409: "The state doesn't allow it, a limit is reached, or the value is taken.",
    410: "The quotation has expired.",
    412: "Somebody else has changed it since; the details say what.",
    413: "The body or the file is too large.",
    415: "The body or the file is of another type.",
    422: "Fields are invalid, all of them named; or the Idempotency-Key was used for something else.",
    423: "Locked after wrong tries.",
    428: "This needs If-Match.",
    429: "Too many requests from this address.",
    503: "Storage is unavailable, or this instance is a standby and doesn't write.",
}
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
            "description": "Leads, quotations and commissions of channel partners.",
        },
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
    schemas = {JSON_MEDIA_TYPE: data if endpoint.bare else envelope}
    content = {media: {"schema": schemas.get(media, {"type": "string"})} for media in endpoint.media}
    done = {
        str(status): {"description": "Done.", "content": content} for status in (endpoint.status, *endpoint.also)
    }
    if endpoint.method == "GET" and endpoint.roles is not None:
        done["304"] = {"description": "What `If-None-Match` names is still so."}
    for status in map(str, refusals(endpoint)):
        refused = _refusal(int(status))
        if status in done:  # an answer and a refusal may share a status
            refused["content"] = {**content, **refused["content"]}
        done[status] = refused
    return done


def refusals(endpoint: Endpoint) -> list[int]:
    """Every status with which an endpoint may refuse (api.md "status codes"). A 500 is a fault of ours."""
    reads = bool(endpoint.body or endpoint.upload)
    writes = endpoint.method in ("POST", "PATCH", "DELETE")
    signed_in = endpoint.roles is not None
    names_something = bool(endpoint.path_parameters or endpoint.query or endpoint.body)
    said = {
        400: reads or endpoint.query is not None or (writes and signed_in),
        401: signed_in or endpoint.sensitive is not None,
        403: signed_in or endpoint.sensitive is not None,
        404: names_something,
        409: writes,
        412: writes and signed_in,
        413: reads,
        415: reads,
        422: reads or (writes and signed_in),
        428: endpoint.critical,
        429: endpoint.sensitive is not None,
        503: True,
    }
    return sorted({*(status for status, possible in said.items() if possible), *endpoint.refuses})


def _refusal(status: int) -> dict[str, Any]:
    said: dict[str, Any] = {
        "description": _REFUSALS[status],
        "content": {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in (423, 429, 503):
        said["headers"] = {"Retry-After": {"schema": {"type": "integer", "minimum": 1}, "required": True}}
    return said
