"""How a commission is stored: a row `commission:<id>` in its lead's partition (docs/tables.md)."""

from __future__ import annotations

from domain.commissions._model import Commission, CommissionStatus, plain
from domain.leads import LeadFile
from domain.store import Create, Replace, Row, Value, Write
from domain.values import Money, moment

PREFIX = "commission:"


def commission_write(commission: Commission, row: Row | None) -> Write:
    """The write that stores it: a new row, or in place of `row` as it was read."""
    values: dict[str, Value] = {n: v for n, v in plain(commission).items() if v is not None}
    values["version"] = commission.version
    key = PREFIX + commission.id
    return Replace(key, values, row.etag) if row else Create(key, values)


def commission_from_row(row: Row) -> Commission:
    """The commission that a row holds."""
    v = row.values
    return Commission(
        id=row.key.removeprefix(PREFIX),
        lead_id=row.partition,
        quotation_id=str(v["quotationId"]),
        partner_id=str(v["cpId"]),
        partner_name=str(v["cpName"]),
        amount=Money(int(str(v["amountPaise"]))),
        status=CommissionStatus(str(v["status"])),
        created_at=moment(str(v["createdAt"])),
        version=int(str(v["version"])),
    )


def commissions_in(file: LeadFile) -> list[Commission]:
    """All commissions of a lead, oldest first."""
    return [commission_from_row(row) for row in file.rows(PREFIX)]
