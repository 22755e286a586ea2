"""The form of reports, of the dashboard and of the settings' history. Amounts in rupees, shares in per cent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from functions.models.fields import FlatShape, Rupees, Shape
from functions.replies._page import PageReply


class Stage(Shape):
    """A stage of the funnel: leads in it `now`, that ever `entered` it, that `reached` it or a later one."""

    stage: str
    now: int
    entered: int
    reached: int
    conversion_from_previous: float | None
    conversion_from_first: float | None
    median_seconds_from_creation: int | None
    median_days_from_creation: float | None


class Outside(Shape):
    """A status outside the funnel."""

    status: str
    now: int
    entered: int


class Transition(Shape):
    """How long leads took from one stage to the next that they came to."""

    from_: str = Field(serialization_alias="from")
    to: str
    leads: int
    median_seconds: int | None
    median_days: float | None


class Group(Shape):
    """The funnel of a state, partner, KAM or month; `key` is null for leads that have none."""

    key: str | None
    name: str | None
    leads: int
    now: dict[str, int]
    reached: dict[str, int]
    conversion_to_accepted: float | None
    conversion_to_won: float | None


class FunnelReply(Shape):
    """How leads go through the funnel."""

    leads: int
    stages: list[Stage]
    outside: list[Outside]
    transitions: list[Transition]
    by_state: list[Group]
    by_partner: list[Group]
    by_kam: list[Group]
    by_month: list[Group]
    generated_at: str


class Sum(Shape):
    """How many, and how much in all."""

    count: int
    amount: Rupees


class Sums(Shape):
    """Commissions by what became of them; `earned` is what was approved or paid, `balance` what is
    still to be paid."""

    commissions: int
    pending: Sum
    approved: Sum
    paid: Sum
    voided: Sum
    clawed_back: Sum = Field(serialization_alias="clawedBack")
    earned: Rupees
    balance: Rupees


class OfPartner(Sums):
    """The sums of a channel partner."""

    cp_id: str
    cp_name: str


class OfProject(OfPartner):
    """The sums of a lead."""

    lead_id: str
    customer_name: str | None


class CommissionReportReply(Shape):
    """What commissions come to."""

    totals: Sums
    by_partner: list[OfPartner]
    by_project: PageReply[OfProject]
    generated_at: str


class RecentLead(Shape):
    """A new lead."""

    id: str
    customer_name: str
    status: str
    created_at: str


class ActivityReply(Shape):
    """Something that happened to a lead."""

    id: str
    lead_id: str
    title: str
    description: str
    timestamp: str
    type: Literal["lead", "quotation", "commission", "document"]


class Days(Shape):
    """The first and the last day."""

    from_: str = Field(serialization_alias="from")
    to: str


class DashboardReply(FlatShape):
    """The figures of the portal's first page; `totalRevenue` is an Admin's to see."""

    active_leads: int
    pending_quotations: int
    recent_leads: list[RecentLead]
    channel_partners: int
    pending_commissions: int
    recent_activities: list[ActivityReply]
    date_range: Days
    last_updated: str
    refresh_interval: int
    total_revenue: Rupees = Field(
        default=Decimal(0), json_schema_extra={"default": 0}, description="Left out where the reader is no Admin."
    )


class Log(Shape):
    """One value that was changed."""

    id: str
    user_id: str
    user_name: str
    field: str
    old_value: Any
    new_value: Any
    timestamp: str


class SettingsAuditReply(FlatShape):
    """A page of the settings' history, newest first."""

    logs: list[Log]
    total: int
    offset: int
    page: int
    limit: int
    total_pages: int
