"""Queries of the lists of leads, quotations, commissions and customers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from domain import lists
from domain.errors import Invalid
from domain.leads import LeadStatus, Origin
from domain.lists import SortBy
from domain.quotations import QuotationStatus
from domain.values import Actor, day
from functions.models.fields import LOWERED, Day, Line, any_case
from functions.models.paging import ListQuery

SearchText = Annotated[str, Field(max_length=100)]


def _folded(value: object) -> object:
    return value.capitalize() if isinstance(value, str) else value


def _quotation_status(value: object) -> object:
    value = _folded(value)
    return "Created" if value == "Generated" else value  # the CP app's word


def _days(text: str) -> tuple[date, date]:
    parts = text.split(",")
    try:
        first, last = (day(part.strip()) for part in parts)
    except (ValueError, Invalid):
        raise ValueError("This must be two dates with a comma between: 2026-03-01,2026-03-31.") from None
    return first, last


DateRange = Annotated[str, AfterValidator(_days), WithJsonSchema({"type": "string"})]


UNASSIGNED = "unassigned"


class LeadQuery(ListQuery):
    """Filters and order of leads, under this API's and the portal's names. `assignedTo=unassigned` asks for those
    that no channel partner has, which an Admin is to assign."""

    status: Annotated[LeadStatus, any_case(LeadStatus)] | None = None
    assigned_to: Line | None = None
    assigned_cp: Line | None = Field(default=None, alias="assignedCP")
    customer_id: Line | None = None
    state: Line | None = None
    origin: Annotated[Origin, any_case(Origin)] | None = None
    source: Line | None = None
    follow_up_from: Day | None = None
    follow_up_to: Day | None = None
    follow_up_date_from: Day | None = None
    follow_up_date_to: Day | None = None
    created_from: Day | None = None
    created_to: Day | None = None
    date_from: Day | None = None
    date_to: Day | None = None
    from_date: Day | None = None
    to_date: Day | None = None
    search: SearchText | None = None
    customer_name: SearchText | None = None
    customer_phone: SearchText | None = None
    sort_by: SortBy = SortBy.FOLLOW_UP
    sort_order: Annotated[Literal["asc", "desc"], LOWERED] = "asc"

    def filter(self) -> lists.LeadFilter:
        """The filter that it says."""
        return lists.LeadFilter(
            status=self.status,
            assigned_to=_partner(self.assigned_to or self.assigned_cp),
            customer_id=self.customer_id,
            state=self.state,
            origin=self.origin,
            source=self.source,
            follow_up_from=self.follow_up_from or self.follow_up_date_from,
            follow_up_to=self.follow_up_to or self.follow_up_date_to,
            created_from=self.created_from or self.date_from or self.from_date,
            created_to=self.created_to or self.date_to or self.to_date,
            search=self.search,
            customer_name=self.customer_name,
            customer_phone=self.customer_phone,
        )

    def order(self) -> lists.Order:
        """The order that it says."""
        return lists.Order(self.sort_by, reverse=self.sort_order == "desc")


def _partner(said: str | None) -> str | None:
    return "" if said is not None and said.lower() == UNASSIGNED else said


def lead_ranges(query: LeadQuery) -> list[tuple[str, date | None, date | None]]:
    """The ranges of the query, each with the name of its end as it was sent."""
    wanted = query.filter()
    until = "followUpTo" if query.follow_up_to else "followUpDateTo"
    made = "createdTo" if query.created_to else "dateTo" if query.date_to else "toDate"
    return [(until, wanted.follow_up_from, wanted.follow_up_to), (made, wanted.created_from, wanted.created_to)]


class QuotationQuery(ListQuery):
    """Filters of quotations; newest first."""

    lead_id: Line | None = None
    status: Annotated[QuotationStatus, BeforeValidator(_quotation_status)] | None = None
    owner: Line | None = None
    customer_id: Line | None = None
    search: SearchText | None = None

    def filter(self, actor: Actor) -> lists.QuotationFilter:
        """The filter that it says; `owner=me` is the caller."""
        owner = actor.id if self.owner == "me" else self.owner
        return lists.QuotationFilter(self.lead_id, self.status, owner, self.customer_id, self.search)


CommissionState = Annotated[
    Literal["pending", "approved", "paid", "voided", "cancelled", "processing", "rejected"],
    LOWERED,
]
"""Ours, and those that only the clients know: no commission has them."""


class CommissionQuery(ListQuery):
    """Filters of commissions; newest first. `dateRange` is `from,to` in one, as the CP app sends it."""

    status: CommissionState | None = None
    cp_id: Line | None = None
    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    date_range: DateRange | None = None
    search: SearchText | None = None
    lead_id: Line | None = None

    def filter(self) -> lists.CommissionFilter:
        """The filter that it says."""
        first, last = self.days()
        return lists.CommissionFilter(self.status, self.cp_id, first, last, self.search, self.lead_id)

    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day."""
        together: Any = self.date_range or (None, None)
        return self.from_ or together[0], self.to or together[1]


class CustomerQuery(ListQuery):
    """Filter of customers."""

    search: SearchText | None = None
