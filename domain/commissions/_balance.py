"""What a partner's commissions come to over its lifetime: totals per state, and what was taken back. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from domain.commissions._model import Commission
from domain.commissions._status import CommissionStatus
from domain.values import ZERO, Money


@dataclass(frozen=True)
class Balance:
    """Sums over commissions. `approved` and `paid` contain what was clawed back later; `net` doesn't."""

    pending: Money = ZERO
    approved: Money = ZERO
    paid: Money = ZERO
    clawed_back: Money = ZERO

    @property
    def net(self) -> Money:
        """What the partner has earned: approved + paid − clawed back."""
        return self.approved + self.paid - self.clawed_back


def balance_of(commissions: Iterable[Commission]) -> Balance:
    """The balance of these commissions; voided ones count nowhere."""
    pending = approved = paid = clawed_back = ZERO
    for commission in commissions:
        if commission.is_clawed_back:
            clawed_back += commission.owed
        match commission.status:
            case CommissionStatus.PENDING:
                pending += commission.owed
            case CommissionStatus.APPROVED:
                approved += commission.owed
            case CommissionStatus.PAID:
                paid += commission.owed
            case CommissionStatus.VOIDED:
                pass
    return Balance(pending, approved, paid, clawed_back)
