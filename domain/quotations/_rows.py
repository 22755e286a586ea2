"""How a quotation is stored: a row `quotation:<id>` in its lead's partition (docs/tables.md)."""

from __future__ import annotations

import json
from datetime import date, datetime

from domain.leads import LeadFile
from domain.quotations._model import Quotation, plain
from domain.quotations._status import QuotationStatus
from domain.store import Create, Replace, Row, Value, Write
from domain.timeline import Provenance
from domain.values import Money, moment

PREFIX = "quotation:"


def quotation_key(quotation_id: str) -> str:
    """The row key of a quotation."""
    return PREFIX + quotation_id


def quotation_write(quotation: Quotation, row: Row | None) -> Write:
    """The write that stores it: a new row, or in place of `row` as it was read."""
    values: dict[str, Value] = {n: v for n, v in plain(quotation).items() if v is not None and "." not in n}
    values |= {
        "version": quotation.version,
        "configuration": _text(quotation.configuration),
        "price": _text(quotation.price),
        "provenance": quotation.provenance.to_text(),
    }
    key = quotation_key(quotation.id)
    return Replace(key, values, row.etag) if row else Create(key, values)


def quotation_from_row(row: Row) -> Quotation:
    """The quotation that a row holds."""
    v = row.values

    def whole(name: str) -> int:
        return int(str(v[name]))

    def text(name: str) -> str | None:
        return str(v[name]) if name in v else None

    def at(name: str) -> datetime | None:
        return moment(str(v[name])) if name in v else None

    return Quotation(
        id=row.key.removeprefix(PREFIX),
        lead_id=row.partition,
        status=QuotationStatus(str(v["status"])),
        configuration=json.loads(str(v["configuration"])),
        price=json.loads(str(v["price"])),
        system_price=Money(whole("systemPricePaise")),
        add_on_total=Money(whole("addOnTotalPaise")),
        customer_pays=Money(whole("customerPaysPaise")),
        catalogue_version=whole("catalogueVersion"),
        valid_until=date.fromisoformat(str(v["validUntil"])),
        created_at=moment(str(v["createdAt"])),
        created_by=str(v["createdBy"]),
        created_by_name=str(v["createdByName"]),
        version=whole("version"),
        shared_at=at("sharedAt"),
        accepted_at=at("acceptedAt"),
        closed_at=at("closedAt"),
        closed_reason=text("closedReason"),
        edited_at=at("editedAt"),
        supersedes=text("supersedes"),
        pdf=text("pdf"),
        provenance=Provenance.from_text(text("provenance") or "{}"),
    )


def quotations_in(file: LeadFile) -> list[Quotation]:
    """All quotations of a lead, oldest first."""
    return [quotation_from_row(row) for row in file.rows(PREFIX)]


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
