"""Compares answers with what the OpenAPI document says of them: the status, the media type, every member."""

from __future__ import annotations

import re
from typing import Any

import httpx
from jsonschema import Draft202012Validator


class Described:
    """The document, and a hook for a client that fails at the first answer that it doesn't describe."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._paths = [(_pattern(path), methods) for path, methods in _exact_first(document["paths"])]
        self._components = {"components": _closed(document["components"])}
        self._validators: dict[tuple[str, str, str], Draft202012Validator] = {}

    def check(self, answer: httpx.Response) -> None:
        """A hook: the journey fails with what differs."""
        operation = self._operation(answer.request)
        if operation is None or answer.status_code == 304:
            return  # an unknown path; nothing is said of a body that isn't sent
        answer.read()
        wrong = self.faults(operation, answer)
        assert not wrong, f"{operation['operationId']} {answer.status_code}: {'; '.join(wrong)}"

    def faults(self, operation: dict[str, Any], answer: httpx.Response) -> list[str]:
        """What an answer has that isn't described, or lacks."""
        media = answer.headers.get("content-type", "").partition(";")[0]
        responses, status = operation["responses"], str(answer.status_code)
        said = responses.get(status) if media != "application/problem+json" else None
        if said is None:
            said = responses.get(status, responses.get(f"{status[0]}XX"))
        if said is None:
            return ["the document doesn't know this status"]
        if media not in said.get("content", {}):
            return [f"the document doesn't know {media}"]
        if not media.endswith("json"):
            return []
        validator = self._validator(operation["operationId"], status, media, said["content"][media]["schema"])
        return [f"{e.json_path}: {e.message[:200]}" for e in list(validator.iter_errors(answer.json()))[:5]]

    def _operation(self, request: httpx.Request) -> dict[str, Any] | None:
        for pattern, methods in self._paths:
            if pattern.fullmatch(request.url.path) and request.method.lower() in methods:
                return dict(methods[request.method.lower()])
        return None

    def _validator(self, name: str, status: str, media: str, schema: dict[str, Any]) -> Draft202012Validator:
        key = (name, status, media)
        if key not in self._validators:
            self._validators[key] = Draft202012Validator({**self._components, **_closed(schema)})
        return self._validators[key]


def _exact_first(paths: dict[str, Any]) -> list[tuple[str, Any]]:
    """`/leads/summary` before `/leads/{leadId}`, as a router does."""
    return sorted(paths.items(), key=lambda item: item[0].count("{"))


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{\w+\}", path)
    return re.compile("[^/]+".join(re.escape(part) for part in parts))


def _closed(schema: Any) -> Any:
    """The schema with all objects closed: a member that isn't described is a fault here, though no client minds it."""
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(part) for name, part in schema.items()}
    if isinstance(schema.get("properties"), dict) and "additionalProperties" not in schema and "type" in schema:
        closed["additionalProperties"] = False
    return closed
