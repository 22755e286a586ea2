"""The form of a page of a list."""

from __future__ import annotations

from typing import Generic, TypeVar

from functions.models.fields import Shape

T = TypeVar("T")


class PageReply(Shape, Generic[T]):
    """A page of a list: `items`, of `total` in all, from `offset` on."""

    items: list[T]
    total: int
    offset: int
    limit: int
    page: int
    total_pages: int
