"""How commissions and clawbacks are stored: rows of their lead's partition (docs/tables.md)."""

from __future__ import annotations

from datetime import date, datetime

from domain.commissions._model import Approval, Clawback, Commission, Payout, plain, plain_clawback
from domain.commissions._payment import Payment, PaymentMethod, Utr
from domain.commissions._status import CommissionStatus
from domain.leads import LeadFile
from domain.store import Create, Replace, Row, Value, Write
from domain.timeline import Plain
from domain.values import Money, moment

PREFIX = "commission:"
CLAWBACK = "clawback:"


def commission_key(commission_id: str) -> str:
    """The row key of a commission."""
    return PREFIX + commission_id


def commission_write(commission: Commission, row: Row | None) -> Write:
    """The write that stores it: a new row, or in place of `row` as it was read."""
    values = _columns(plain(commission), commission.version)
    key = commission_key(commission.id)
    return Replace(key, values, row.etag) if row else Create(key, values)


def clawback_write(clawback: Clawback) -> Create:
    """The write that stores it; there is never a second one of the same commission."""
    return Create(CLAWBACK + clawback.id, _columns(plain_clawback(clawback), clawback.version))


def _columns(said: dict[str, Plain], version: int) -> dict[str, Value]:
    return {**{n: v for n, v in said.items() if v is not None}, "version": version}


class _Columns:
    """A row's columns by type; None where a column is absent."""

    def __init__(self, row: Row) -> None:
        self._values = row.values

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str:
        return str(self._values[name])

    def maybe(self, name: str) -> str | None:
        return str(self._values[name]) if name in self._values else None

    def whole(self, name: str) -> int:
        return int(str(self._values[name]))

    def at(self, name: str) -> datetime:
        return moment(self.text(name))


def commission_from_row(row: Row) -> Commission:
    """The commission that a row holds."""
    c = _Columns(row)
    return Commission(
        id=row.key.removeprefix(PREFIX),
        lead_id=row.partition,
        quotation_id=c.text("quotationId"),
        partner_id=c.text("cpId"),
        partner_name=c.text("cpName"),
        amount=Money(c.whole("amountPaise")),
        status=CommissionStatus(c.text("status")),
        created_at=c.at("createdAt"),
        version=c.whole("version"),
        approval=_approval(c) if "approvedAt" in c else None,
        payout=_payout(c) if "paidAt" in c else None,
        ended_at=c.at("endedAt") if "endedAt" in c else None,
        ended_reason=c.maybe("endedReason"),
    )


def _approval(c: _Columns) -> Approval:
    return Approval(
        amount=Money(c.whole("approvedAmountPaise")),
        at=c.at("approvedAt"),
        by=c.text("approvedBy"),
        by_name=c.text("approvedByName"),
        reason=c.maybe("approvalReason"),
    )


def _payout(c: _Columns) -> Payout:
    payment = Payment(
        utr=Utr(c.text("utrNumber")),
        on=date.fromisoformat(c.text("paymentDate")),
        method=PaymentMethod(c.text("paymentMethod")),
    )
    return Payout(payment=payment, at=c.at("paidAt"), by=c.text("paidBy"), by_name=c.text("paidByName"))


def clawback_from_row(row: Row) -> Clawback:
    """The clawback that a row holds."""
    c = _Columns(row)
    return Clawback(
        id=row.key.removeprefix(CLAWBACK),
        commission_id=c.text("commissionId"),
        partner_id=c.text("cpId"),
        amount=Money(c.whole("amountPaise")),
        of_status=CommissionStatus(c.text("ofStatus")),
        reason=c.text("reason"),
        created_at=c.at("createdAt"),
        version=c.whole("version"),
    )


def commissions_in(file: LeadFile) -> list[Commission]:
    """All commissions of a lead, oldest first."""
    return [commission_from_row(row) for row in file.rows(PREFIX)]


def clawbacks_in(file: LeadFile) -> list[Clawback]:
    """All clawbacks of a lead, oldest first."""
    return [clawback_from_row(row) for row in file.rows(CLAWBACK)]
