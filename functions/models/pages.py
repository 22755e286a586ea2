"""Which page of a list: `offset` or `page` (1-based) with `limit`, and how a page is answered (api.md "lists")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator

from functions.models.fields import Query

DEFAULT_LIMIT = 25


class Pages(Query):
    """Which page of a list."""

    limit: Annotated[int, Field(ge=1, le=100)] = DEFAULT_LIMIT
    offset: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    page: Annotated[int, Field(ge=1, le=1_000_000)] | None = None

    @field_validator("page")
    @classmethod
    def _agrees_with_the_offset(cls, page: int | None, info: ValidationInfo) -> int | None:
        offset, limit = info.data.get("offset"), info.data.get("limit")
        if page is not None and offset is not None and limit is not None and offset != (page - 1) * limit:
            raise ValueError("This isn't the page that begins at this offset. Send one of them.")
        return page

    @property
    def start(self) -> int:
        """How many items come before the page."""
        return (self.page - 1) * self.limit if self.page else self.offset or 0


def page_of(found: Sequence[Any], asked: Pages) -> Sequence[Any]:
    """Those of all that were found that stand on the page."""
    return found[asked.start : asked.start + asked.limit]


def place_of(total: int, start: int, limit: int) -> dict[str, int]:
    """What a reply says of where its page stands among all."""
    return {
        "total": total,
        "offset": start,
        "limit": limit,
        "page": start // limit + 1,
        "totalPages": -(-total // limit),
    }
