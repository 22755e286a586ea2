"""Queries and replies of the master data endpoints."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from domain.pricing import CATEGORIES
from functions.models.fields import Query


def _category(text: str) -> str:
    found = text.strip().lower()
    if found not in CATEGORIES:
        raise ValueError(f"The category is one of {', '.join(CATEGORIES)}.")
    return found


Category = Annotated[str, AfterValidator(_category)]


class MasterDataQuery(Query):
    """`type` is what one client calls `category`; others, such as `_t`, say nothing and are ignored."""

    active_only: bool = True
    category: Category | None = None
    type: Category | None = None


def _active(value: object) -> object:
    return str(value).lower() in ("active", "true", "1") if value is not None else None


class ServicesQuery(Query):
    """`status=Active` or `active=true`; `type` and `category` in any case; paging as in all lists."""

    status: Annotated[bool | None, BeforeValidator(_active)] = None
    active: Annotated[bool | None, BeforeValidator(_active)] = None
    type: str | None = None
    category: str | None = None
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    page: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 25
