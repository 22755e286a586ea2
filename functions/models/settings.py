"""Bodies, queries and replies of the settings and their history, as the portal reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field, StrictBool, StrictInt, WithJsonSchema

from domain.errors import Fault
from domain.settings import Settings, SettingsChange
from domain.timeline import Entry
from domain.values import day_in_india, iso
from functions.edge.errors import FieldsInvalid
from functions.models.fields import Body, Day, FlatShape, Line
from functions.models.pages import Pages, page_of, place_of


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("This must be a number.")
    return Decimal(value)


Number = Annotated[Decimal, BeforeValidator(_number), WithJsonSchema({"type": "number", "examples": [12.5]})]
_THRESHOLD = re.compile(r"thresholds\[.+\]")


class SettingsBody(Body):
    """Any of the settings. A flag or threshold that isn't named stays, one with null goes. `version` is the
    version that the Admin saw."""

    session_timeout_min: StrictInt | None = None
    token_expiry_min: StrictInt | None = None
    feature_flags: dict[str, StrictBool | None] = Field(default_factory=dict, max_length=100)
    thresholds: dict[str, Number | None] = Field(default_factory=dict, max_length=100)
    version: StrictInt | None = None


def change_of(body: SettingsBody) -> SettingsChange:
    """The change that a body asks for. Raises FieldsInvalid if it names nothing, or clears what can't be."""
    named = body.model_fields_set - {"version"}
    if not named:
        raise FieldsInvalid("Name at least one setting.", faults=[Fault("body", "Name at least one setting.")])
    minutes = {"session_timeout_min": "sessionTimeoutMin", "token_expiry_min": "tokenExpiryMin"}
    cleared = [said for name, said in minutes.items() if name in named and getattr(body, name) is None]
    if cleared:
        raise FieldsInvalid("Minutes can't be cleared.", faults=[Fault(n, "This can't be null.") for n in cleared])
    return SettingsChange(body.session_timeout_min, body.token_expiry_min, body.feature_flags, body.thresholds)


class SettingsShape(FlatShape):
    """The settings; the two times are in minutes. `lastUpdated` is null as long as nobody has changed anything."""

    session_timeout_min: int
    token_expiry_min: int
    feature_flags: dict[str, bool]
    thresholds: dict[str, Any]
    last_updated: str | None
    updated_by: str | None
    version: int


def settings_shape(settings: Settings) -> SettingsShape:
    """The settings as they are answered."""
    return SettingsShape(
        session_timeout_min=settings.session_timeout_min,
        token_expiry_min=settings.token_expiry_min,
        feature_flags=dict(settings.feature_flags),
        thresholds=dict(settings.thresholds),
        last_updated=iso(settings.updated_at) if settings.updated_at else None,
        updated_by=settings.updated_by,
        version=settings.version,
    )


class SettingsAuditQuery(Pages):
    """A page of the history, newest first; days are days in India, both ends included. `field` is one setting,
    or all flags (`featureFlags`) or thresholds."""

    limit: Annotated[int, Field(ge=1, le=100)] = 10
    field: Line | None = None
    user_id: Line | None = None
    date_from: Day | None = Field(default=None, validation_alias=AliasChoices("dateFrom", "from"))
    date_to: Day | None = Field(default=None, validation_alias=AliasChoices("dateTo", "to"))


def audit_page(entries: Sequence[Entry], query: SettingsAuditQuery) -> dict[str, Any]:
    """The changes that the query asks for, one line for each value."""
    logs = [log for entry in reversed(entries) if _asked_for(entry, query) for log in _logs(entry, query.field)]
    return {"logs": page_of(logs, query), **place_of(len(logs), query.start, query.limit)}


def _asked_for(entry: Entry, query: SettingsAuditQuery) -> bool:
    on = day_in_india(entry.at)
    return (
        query.user_id in (None, entry.actor.id)
        and (query.date_from is None or on >= query.date_from)
        and (query.date_to is None or on <= query.date_to)
    )


def _logs(entry: Entry, field: str | None) -> Iterator[dict[str, Any]]:
    for number, change in enumerate(entry.changes):
        if change.before == change.after or field not in (None, change.field, change.field.partition("[")[0]):
            continue  # the first entry also names what stayed as it was
        yield {
            "id": f"{entry.version}.{number}",
            "userId": entry.actor.id,
            "userName": entry.actor.name,
            "field": change.field,
            "oldValue": _value(change.field, change.before),
            "newValue": _value(change.field, change.after),
            "timestamp": iso(entry.at),
        }


def _value(field: str, value: Any) -> Any:
    return Decimal(value) if value is not None and _THRESHOLD.fullmatch(field) else value
