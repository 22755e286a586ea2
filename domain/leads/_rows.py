"""How a lead is stored: the row `lead` of the partition that bears its id (docs/tables.md)."""

from __future__ import annotations

import json
from datetime import date, datetime

from domain.leads._model import Lead, Origin, plain
from domain.leads._status import LeadStatus
from domain.store import Row, Value
from domain.timeline import Provenance
from domain.values import PhoneNumber, iso, moment

TABLE = "leads"
LEAD_ROW = "lead"


def lead_to_values(lead: Lead) -> dict[str, Value]:
    """The columns of the row `lead`; an absent value is an absent column."""
    values: dict[str, Value] = {name: value for name, value in plain(lead).items() if value is not None}
    values["services"] = json.dumps(list(lead.services), ensure_ascii=False)
    values |= {"version": lead.version, "lastHash": lead.last_hash, "provenance": lead.provenance.to_text()}
    values["entryCount"] = lead.entry_count
    if lead.stage_times:
        times = {str(status): iso(at) for status, at in lead.stage_times.items()}
        values["stageTimes"] = json.dumps(times, separators=(",", ":"))
    if lead.imported:
        values["import"] = lead.imported
    if lead.updated_at:
        values["updatedAt"] = iso(lead.updated_at)
    return values


def lead_from_row(row: Row) -> Lead:
    """The lead that a row `lead` holds."""
    v = row.values

    def text(name: str) -> str | None:
        return str(v[name]) if name in v else None

    def whole(name: str) -> int:
        return int(str(v.get(name, 0)))

    return Lead(
        id=row.partition,
        customer_id=str(v["customerId"]),
        customer_name=str(v["customerName"]),
        phone=PhoneNumber(str(v["phone"])),
        email=text("email"),
        address=str(v["address"]),
        city=text("city"),
        state=text("state"),
        pin_code=text("pinCode"),
        services=tuple(json.loads(str(v["services"]))),
        requirements=text("requirements"),
        origin=Origin(str(v["origin"])),
        source=text("source"),
        assigned_to=text("assignedTo"),
        assigned_name=text("assignedName"),
        status=LeadStatus(str(v["status"])),
        follow_up_date=date.fromisoformat(str(v["followUpDate"])) if "followUpDate" in v else None,
        remarks=text("remarks"),
        quotation_ref=text("quotationRef"),
        token_number=text("tokenNumber"),
        quotation_count=whole("quotationCount"),
        commission_count=whole("commissionCount"),
        entry_count=whole("entryCount"),
        version=whole("version"),
        created_at=moment(str(v["createdAt"])),
        created_by=str(v["createdBy"]),
        created_by_name=str(v["createdByName"]),
        updated_at=moment(str(v["updatedAt"])) if "updatedAt" in v else None,
        last_hash=str(v["lastHash"]),
        provenance=Provenance.from_text(str(v["provenance"])),
        stage_times=_stage_times(str(v.get("stageTimes", "{}"))),
        imported=text("import"),
    )


def _stage_times(text: str) -> dict[LeadStatus, datetime]:
    return {LeadStatus(status): moment(at) for status, at in json.loads(text).items()}
