"""The form of what operators and programs ask the application itself."""

from __future__ import annotations

from typing import Any, Literal

from functions.models.fields import Shape


class HealthReply(Shape):
    """The application is up."""

    status: Literal["up"]
    at: str


class ReadyReply(Shape):
    """All that the application needs is up, part by part."""

    tables: Literal["up"]
    blobs: Literal["up"]
    master_data: Literal["up"]
    keys: Literal["up"]


class DocumentReply(Shape):
    """An OpenAPI document."""

    openapi: str
    info: dict[str, Any]
    servers: list[dict[str, Any]]
    tags: list[dict[str, Any]]
    paths: dict[str, Any]
    components: dict[str, Any]


class KeySetReply(Shape):
    """A JSON Web Key Set (RFC 7517)."""

    keys: list[dict[str, Any]]
