"""The same change of many leads. What it is and who may make it is decided per lead, by sales and leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from domain import leads, sales
from domain.bulk._items import Outcome, each_lead
from domain.leads import LeadStatus, StatusChange
from domain.ports import Ports
from domain.timeline import Act

MAX_LEADS = 50

Versions = Mapping[str, int]


async def move_leads(
    *, ports: Ports, lead_ids: Sequence[str], change: StatusChange, versions: Versions, act: Act
) -> tuple[Outcome, ...]:
    """Move each of the leads to another status. Critical if it finalizes to Won or overrides: then each needs its
    version. Raises as `each_lead` does; what one lead refuses is its outcome."""

    async def move(lead_id: str, own: Act) -> None:
        await sales.change_status(ports=ports, lead_id=lead_id, change=change, act=own)

    critical = change.override or change.status is LeadStatus.WON
    return await each_lead(lead_ids=lead_ids, versions=versions, act=act, critical=critical, do=move)


async def edit_leads(
    *, ports: Ports, lead_ids: Sequence[str], edits: Mapping[str, Any], versions: Versions, act: Act
) -> tuple[Outcome, ...]:
    """Set the same ordinary fields of each of the leads (names as in `Lead`); None clears. Raises as `each_lead`
    does; what one lead refuses is its outcome."""

    async def edit(lead_id: str, own: Act) -> None:
        await leads.edit_lead(ports=ports, lead_id=lead_id, edits=edits, act=own)

    return await each_lead(lead_ids=lead_ids, versions=versions, act=act, critical=False, do=edit)


async def reassign_leads(
    *, ports: Ports, lead_ids: Sequence[str], partner_id: str, reason: str, versions: Versions, act: Act
) -> tuple[Outcome, ...]:
    """Give each of the leads to a channel partner. Critical: each needs its version. Raises as `each_lead` does;
    what one lead refuses is its outcome."""

    async def reassign(lead_id: str, own: Act) -> None:
        await leads.reassign_lead(ports=ports, lead_id=lead_id, partner_id=partner_id, reason=reason, act=own)

    return await each_lead(lead_ids=lead_ids, versions=versions, act=act, critical=True, do=reassign)
