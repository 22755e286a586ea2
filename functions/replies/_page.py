"""The form of a page of a list."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import Field

from functions.models.fields import Shape

T = TypeVar("T")


class Pagination(Shape):
    """The figures of a page as the early customer app reads them."""

    page: int
    limit: int
    total: int
    total_pages: int
    has_next: bool
    has_prev: bool


class PageReply(Shape, Generic[T]):
    """A page of a list: `items`, of `total` in all, from `offset` on."""

    items: list[T]
    total: int
    offset: int
    limit: int
    page: int
    total_pages: int
    next_cursor: str = Field(default="", description="Where the next page begins; left out on the last one.")
    data: list[T] = Field(default=[], description="The items again, for the early customer app.")
    pagination: Pagination | None = Field(
        default=None, description="The figures again, for the early customer app."
    )
