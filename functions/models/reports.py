"""Queries, replies and CSV of the reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from domain import lists
from domain.leads import LeadStatus, Origin
from domain.reporting import (
    STAGES,
    CommissionReport,
    CommissionWish,
    Counts,
    Funnel,
    FunnelFilter,
    Group,
    State,
    Sums,
    Waits,
)
from domain.values import csv_text
from functions.models.fields import LOWERED, Day, Line, Query, any_case
from functions.models.pages import Pages, page_of, place_of

Format = Annotated[Literal["json", "csv"], LOWERED]
OUTSIDE = [str(status) for status in LeadStatus if status not in STAGES]


class FunnelQuery(Query):
    """Which leads count: `from` and `to` are the days, in India, of their creation. `by` is what the rows of the
    CSV are."""

    state: Line | None = None
    cp_id: Line | None = None
    kam_id: Line | None = None
    origin: Annotated[Origin, any_case(Origin)] | None = None
    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    format: Format = "json"
    by: Literal["stage", "transition", "state", "cp", "kam", "month"] = "stage"

    def filter(self) -> FunnelFilter:
        """The filter that it says."""
        leads = lists.LeadFilter(
            state=self.state,
            assigned_to=self.cp_id,
            origin=self.origin,
            created_from=self.from_,
            created_to=self.to,
        )
        return FunnelFilter(leads, self.kam_id)


class CommissionReportQuery(Pages):
    """Which commissions count: `from` and `to` are the days, in India, on which they were made. `by` is what the
    rows of the CSV are; `offset` and `limit` are about the projects of the reply, of which the CSV has all."""

    cp_id: Line | None = None
    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    status: Annotated[State, any_case(State)] | None = None
    format: Format = "json"
    by: Literal["cp", "project"] = "cp"

    def wish(self) -> CommissionWish:
        """The commissions that it asks for."""
        made = lists.CommissionFilter(partner_id=self.cp_id, first=self.from_, last=self.to)
        return CommissionWish(made, self.status)


def funnel_shape(funnel: Funnel) -> dict[str, Any]:
    """The funnel as it is answered."""
    return {
        "leads": funnel.all.leads,
        "stages": list(_stages(funnel)),
        "outside": [{"status": s, "now": funnel.all.now[s], "entered": funnel.all.entered[s]} for s in OUTSIDE],
        "transitions": list(_transitions(funnel)),
        "byState": _groups(funnel.by_state),
        "byPartner": _groups(funnel.by_partner),
        "byKam": _groups(funnel.by_kam),
        "byMonth": _groups(funnel.by_month),
    }


def _stages(funnel: Funnel) -> Iterator[dict[str, Any]]:
    counts, reached = funnel.all, funnel.all.reached
    before = None
    for stage in map(str, STAGES):
        yield {
            "stage": stage,
            "now": counts.now[stage],
            "entered": counts.entered[stage],
            "reached": reached[stage],
            "conversionFromPrevious": _percent(reached[stage], reached[before]) if before else None,
            "conversionFromFirst": _percent(reached[stage], counts.leads),
            **_median("FromCreation", funnel.since_created.get(stage)),
        }
        before = stage


def _stages_and_others(funnel: Funnel) -> Iterator[dict[str, Any]]:
    """The stages and, below them, the statuses outside of the funnel: together all leads."""
    yield from _stages(funnel)
    for status in OUTSIDE:
        yield {"stage": status, "now": funnel.all.now[status], "entered": funnel.all.entered[status]}


def _transitions(funnel: Funnel) -> Iterator[dict[str, Any]]:
    place = {str(stage): number for number, stage in enumerate(STAGES)}
    for left, came in sorted(funnel.between, key=lambda pair: (place[pair[0]], place[pair[1]])):
        waits = funnel.between[left, came]
        yield {"from": left, "to": came, "leads": len(waits.found), **_median("", waits)}


def _groups(groups: Mapping[str, Group]) -> list[dict[str, Any]]:
    return [_group(groups[key]) for key in sorted(groups)]


def _group(group: Group) -> dict[str, Any]:
    return {
        "key": group.key or None,
        "name": group.name or None,
        "leads": group.leads,
        "now": _named(group, group.now),
        "reached": group.reached,
        "conversionToAccepted": _percent(group.reached[LeadStatus.CUSTOMER_ACCEPTED], group.leads),
        "conversionToWon": _percent(group.reached[LeadStatus.WON], group.leads),
    }


def _named(group: Counts, counted: Mapping[str, int]) -> dict[str, int]:
    return {str(status): counted.get(str(status), 0) for status in LeadStatus}


def _percent(part: int, whole: int) -> Decimal | None:
    """Per cent with one decimal, half up."""
    if whole == 0:
        return None
    return (Decimal(100 * part) / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _median(of: str, waits: Waits | None) -> dict[str, Any]:
    median = waits.median if waits else None
    seconds = None if median is None else median // timedelta(seconds=1)
    days = None if seconds is None else (Decimal(seconds) / 86_400).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return {f"medianSeconds{of}": seconds, f"medianDays{of}": days}


def funnel_csv(funnel: Funnel, by: str) -> str:
    """One table of the funnel, as CSV."""
    tables = {"stage": _stages_and_others, "transition": _transitions}
    if by in tables:
        return _csv(tables[by](funnel))
    groups = {
        "state": funnel.by_state,
        "cp": funnel.by_partner,
        "kam": funnel.by_kam,
        "month": funnel.by_month,
    }[by]
    return _csv(map(_flat, _groups(groups)), header=[*_FLAT])


def _flat(said: Mapping[str, Any]) -> dict[str, Any]:
    counted = {f"{kind} {status}": n for kind in ("now", "reached") for status, n in said[kind].items()}
    return {**{name: said[name] for name in said if name not in ("now", "reached")}, **counted}


_FLAT = _flat(_group(Group()))


def _csv(rows: Iterable[Mapping[str, Any]], header: Sequence[str] = ()) -> str:
    table = [{name: "" if cell is None else str(cell) for name, cell in row.items()} for row in rows]
    return csv_text(header=header or list(table[0] if table else _TRANSITION), rows=table)


_TRANSITION = ("from", "to", "leads", "medianSeconds", "medianDays")


def commission_report_shape(report: CommissionReport, query: CommissionReportQuery) -> dict[str, Any]:
    """The report as it is answered; amounts in exact rupees."""
    return {
        "totals": _sums(report.all),
        "byPartner": [{"cpId": s.key, "cpName": s.name, **_sums(s)} for s in report.partners],
        "byProject": {
            "items": [_project(s) for s in page_of(report.projects, query)],
            **place_of(len(report.projects), query.start, query.limit),
        },
    }


def _project(sums: Sums) -> dict[str, Any]:
    whose = {"cpId": sums.partner_id, "cpName": sums.partner_name}
    return {"leadId": sums.key, "customerName": sums.name or None, **whose, **_sums(sums)}


def _sums(sums: Sums) -> dict[str, Any]:
    states = {str(s): {"count": sums.counts[s], "amount": sums.amount(s).in_rupees} for s in State}
    return {
        "commissions": sum(sums.counts.values()),
        **states,
        "earned": sums.earned.in_rupees,
        "balance": sums.balance.in_rupees,
    }


def commission_csv(report: CommissionReport, by: str) -> str:
    """The report by partner or by project, as CSV; amounts in rupees."""
    if by == "cp":
        rows = [{"cpId": s.key, "cpName": s.name, **_sums(s)} for s in report.partners]
        return _csv(map(_flat_sums, rows), header=list(_flat_sums({"cpId": "", "cpName": "", **_sums(Sums())})))
    return _csv(map(_flat_sums, map(_project, report.projects)), header=list(_flat_sums(_project(Sums()))))


def _flat_sums(said: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in said.items():
        flat |= {f"{name} {n}": v for n, v in value.items()} if isinstance(value, dict) else {name: value}
    return flat
