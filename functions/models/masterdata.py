"""Queries and replies of the master data endpoints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, StrictInt, WithJsonSchema

from domain.pricing import CATEGORIES, KINDS, CatalogueFile, Item, as_said, fields_of, said_change, version_of
from domain.timeline import Entry
from domain.values import iso
from functions.models.fields import Body, Line, LongText, Query, Shape
from functions.models.pages import Pages, page_of, place_of


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


_ACTIVE = {"active": True, "true": True, "1": True, "inactive": False, "false": False, "0": False}


def _active(value: object) -> object:
    said = str(value).strip().lower()
    if value is not None and said not in _ACTIVE:
        raise ValueError("This is active or inactive.")
    return _ACTIVE.get(said)


_WORDS = {"type": ["string", "null"], "examples": list(_ACTIVE)}


class ServicesQuery(Pages):
    """`status=Active` or `active=true`; `type` and `category` in any case; paging as in all lists."""

    status: Annotated[bool | None, BeforeValidator(_active), WithJsonSchema(_WORDS)] = None
    active: Annotated[bool | None, BeforeValidator(_active), WithJsonSchema(_WORDS)] = None
    type: str | None = None
    category: str | None = None


class ItemsQuery(Pages):
    """Paging of the items of a kind."""


_FIELDS: dict[str, Any] = {kind: list(fields_of(kind)) for kind in KINDS}


class _Fields(Body):
    """Fields of a kind, by the names with which it is read; money in rupees. `domain.pricing` checks them."""

    model_config = ConfigDict(**{**Body.model_config, "extra": "allow", "json_schema_extra": {"x-fields": _FIELDS}})


class NewItemBody(_Fields):
    """A new item: its fields, from `effectiveFrom` (default: today) on. An id is made where none is given."""

    id: Line | None = None


class ItemChangeBody(_Fields):
    """The fields that change, from `effectiveFrom` (default: today) on."""

    version: StrictInt | None = None


class DeactivationBody(Body):
    """Why, and the version that was seen."""

    reason: LongText | None = None
    version: StrictInt | None = None


class ItemShape(Shape):
    """An item with its dated rows, oldest first; the row that began last is in force on a day."""

    id: str
    kind: str
    version: int
    editions: list[dict[str, Any]]


def given_fields(body: _Fields) -> dict[str, Any]:
    """What was sent beside the members that every body of its sort has."""
    return dict(body.model_extra or {})


def item_shape(kind: str, editions: Sequence[Item]) -> ItemShape:
    """The item as it is answered."""
    rows = [{**as_said(row, kind), "version": row.revision} for row in editions]
    return ItemShape(id=editions[0].id, kind=kind, version=version_of(editions), editions=rows)


def items_page(file: CatalogueFile, kind: str, query: ItemsQuery) -> dict[str, Any]:
    """A page of the items of a kind, by id."""
    ids = sorted({item.id for item in file.of_kind(kind)})
    return {
        "items": [item_shape(kind, file.editions(kind, i)) for i in page_of(ids, query)],
        **place_of(len(ids), query.start, query.limit),
    }


def history_entry(entry: Entry, kind: str, item_id: str) -> dict[str, Any]:
    """An entry of an item's history.

    `changes` say which dated row, which field, before and after; `instead` compares a row with the one that was
    in force before it.
    """
    changes = []
    for change in entry.changes:
        day, field = change.field.removeprefix(f"{kind}.{item_id}.").split(".")
        said = said_change(field, change.before, change.after)
        changes.append({"effectiveFrom": day, **said})
    return {
        "version": entry.version,
        "action": entry.action,
        "actor": entry.actor.id,
        "actorName": entry.actor.name,
        "timestamp": iso(entry.at),
        "message": entry.message,
        "reason": entry.reason,
        "instead": [{"field": f, "before": was, "after": now} for f, was, now in entry.facts.get("instead", ())],
        "changes": changes,
    }
