"""The states of a commission and the moves between them: domain.md "Commission" as a table."""

from __future__ import annotations

from enum import StrEnum


class CommissionStatus(StrEnum):
    """Pending → Approved → Paid, one lump sum (domain.md); lower case, as the CP app compares it."""

    PENDING = "pending"
    APPROVED = "approved"
    PAID = "paid"
    VOIDED = "voided"


_S = CommissionStatus

MOVES: dict[CommissionStatus, frozenset[CommissionStatus]] = {
    _S.PENDING: frozenset({_S.APPROVED, _S.VOIDED}),
    _S.APPROVED: frozenset({_S.PAID}),
    _S.PAID: frozenset(),
    _S.VOIDED: frozenset(),
}
"""Approving and paying are an Admin's. A pending one is voided when its lead is forced back from *Won*; an
approved or paid one keeps its status then, gets a clawback, and moves no further."""
