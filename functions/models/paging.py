"""Pages over HTTP of lists that can be walked by a signed `cursor` as well (api.md "lists")."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import Field

from domain.errors import Fault
from domain.lists import Page, Place, Wish
from domain.values import Role, moment
from functions.edge import Call
from functions.edge.errors import QueryInvalid
from functions.models.pages import Pages, place_of

T = TypeVar("T")

CURSOR_LASTS = timedelta(days=1)
"""Each page of a walk asks for the leads that were changed since it began, so that can't go on for ever."""


class ListQuery(Pages):
    """Which page of a list; a cursor takes the place of offset and page."""

    cursor: Annotated[str, Field(max_length=8192)] | None = None


class Cursors(Protocol):
    """The port to signed cursors."""

    def sign(self, place: Place, *, bound_to: str) -> str:
        """The text that leads back to this place."""
        ...

    def read(self, text: str, *, bound_to: str) -> Place | None:
        """The place; None for anything that wasn't signed for the same list, person and filters."""
        ...


def wish(call: Call, cursors: Cursors) -> Wish:
    """The page that the call asks for. Raises QueryInvalid."""
    query: ListQuery = call.query
    if query.cursor is None:
        return Wish(query.limit, query.start)
    if query.page is not None or query.offset is not None:
        raise QueryInvalid.field("cursor", "Send either a cursor, or offset or page.")
    place = cursors.read(query.cursor, bound_to=_bound_to(call))
    if place is None:
        raise QueryInvalid.field(
            "cursor",
            "This isn't a cursor of this list. Send nextCursor as you got it, with the same filters and order.",
        )
    if place.began and call.act.at - moment(place.began) > CURSOR_LASTS:
        raise QueryInvalid.field("cursor", "This cursor is more than a day old. Begin with the first page again.")
    return Wish(query.limit, place=place)


def page_reply(
    call: Call, cursors: Cursors, page: Page[T], shape: Callable[[T], Any], **more: Any
) -> dict[str, Any]:
    """The data of a list's reply."""
    items = [shape(item) for item in page.items]
    data: dict[str, Any] = {"items": items, **place_of(page.total, page.offset, call.query.limit), **more}
    if page.next:
        data["nextCursor"] = cursors.sign(page.next, bound_to=_bound_to(call))
    if call.actor.role is Role.CUSTOMER:  # the early customer app reads these (client-contract.md §2)
        data |= {"data": items, "pagination": _pagination(data)}
    return data


def check_ranges(*pairs: tuple[str, Any, Any]) -> None:
    """Refuse ranges that end before they begin; each pair is the name of the end, the beginning, the end."""
    wrong = [(name, first) for name, first, last in pairs if first and last and last < first]
    faults = [Fault(name, f"This must not be before {first}.") for name, first in wrong]
    if faults:
        raise QueryInvalid("A range ends before it begins.", faults=faults)


def _pagination(data: dict[str, Any]) -> dict[str, Any]:
    page, pages = data["page"], data["totalPages"]
    names = ("page", "limit", "total", "totalPages")
    return {**{name: data[name] for name in names}, "hasNext": page < pages, "hasPrev": page > 1}


def _bound_to(call: Call) -> str:
    filters = call.query.model_dump(mode="json", exclude={"offset", "page", "limit", "cursor"})
    said: Sequence[Any] = (
        type(call.query).__name__,
        sorted(call.path.items()),
        call.actor.id,
        sorted(filters.items(), key=str),
    )
    return repr(said)
