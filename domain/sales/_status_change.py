"""Changing a lead's status; what else the move entails is in `_consequences`."""

from __future__ import annotations

from domain.leads import (
    Changed,
    Decision,
    LeadFile,
    LeadStatus,
    StatusChange,
    change_lead,
    check_move,
    check_override,
    honour_if_match,
    plain,
    require_version,
)
from domain.ports import Ports
from domain.sales._consequences import with_consequences
from domain.timeline import Act, Plain


async def change_status(*, ports: Ports, lead_id: str, change: StatusChange, act: Act) -> Changed:
    """Move one of the actor's own leads, with its quotations and its commission, in one transaction.

    *Won* makes the commission. An override may force any move: back from *Customer Accepted* withdraws the
    acceptance, back from *Won* ends the commission, and forward enters an acceptance for the customer.
    Finalizing and overriding are critical: they need `act.version`. Raises LeadNotFound,
    StatusChangeNotAllowed, OverrideNotAllowed, VersionRequired, VersionStale, LeadInvalid,
    AcceptedQuotationMissing, LeadUnassigned, CommissionLimitReached, StorageUnavailable.
    """

    def decide(file: LeadFile) -> Decision:
        check_override(change, act)
        critical = change.override or change.status is LeadStatus.WON
        check = require_version if critical else honour_if_match
        current = {**plain(file.lead), "version": file.lead.version}
        check(act=act, version=file.lead.version, current=current, yours=_asked(change))
        check_move(file.lead, change, act)
        return with_consequences(file, change, act)

    return await change_lead(ports=ports, lead_id=lead_id, act=act, decide=decide)


def _asked(change: StatusChange) -> dict[str, Plain]:
    asked = {
        "status": str(change.status),
        "remarks": change.remarks,
        "followUpDate": change.follow_up_date.isoformat() if change.follow_up_date else None,
        "quotationRef": change.quotation_ref,
        "tokenNumber": change.token_number,
    }
    return {name: value for name, value in asked.items() if value is not None}
