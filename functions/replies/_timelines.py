"""The form of timelines."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict

from functions.models.fields import Shape


class Entry(Shape):
    """An entry: `message` for people, `details` for programs (changed fields before and after, the reason, and the
    facts of the action); `hash` chains it to the one before."""

    id: str
    version: int
    action: str
    message: str
    actor: str
    actor_name: str
    actor_role: str
    timestamp: str
    details: dict[str, Any]
    hash: str


class LeadEntry(Entry):
    """An entry of a lead's timeline."""

    lead_id: str


class CustomerEntry(Entry):
    """An entry of a customer's timeline."""

    customer_id: str


class LeadTimelineReply(Shape):
    """A page of a lead's timeline, newest first."""

    lead_id: str
    timeline: list[LeadEntry]
    items: list[LeadEntry]
    total: int
    offset: int
    limit: int
    page: int
    total_pages: int
    next_cursor: str | None


class CustomerTimelineReply(Shape):
    """A customer's timeline, newest first."""

    customer_id: str
    timeline: list[CustomerEntry]
    total: int


class PersonEntry(Entry):
    """An entry of a person's timeline."""

    person_id: str


class TimelineReply(Shape):
    """The timeline of somebody of ours, newest first."""

    id: str
    timeline: list[PersonEntry]
    total: int


class Standing(Shape):
    """The version and the time as of which something is told."""

    version: int
    at: str


class LeadAsOfReply(Shape):
    """A lead as it stood, under the names of a lead in a list as far as it had them then, with its quotations and
    commissions of then."""

    model_config = ConfigDict(**{**Shape.model_config, "extra": "allow"})

    id: str
    lead_id: str
    as_of: Standing
    quotations: list[dict[str, Any]]
    commissions: list[dict[str, Any]]
    clawbacks: list[dict[str, Any]]
