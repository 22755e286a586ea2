"""Commissions: created in the transaction that makes a lead *Won*, for the CP that owns the lead then."""

from domain.commissions._model import Commission, CommissionStatus, plain
from domain.commissions._operations import commission_for
from domain.commissions._queries import commission_of_actor
from domain.commissions._rows import commissions_in
from domain.commissions.errors import CommissionNotFound, LeadUnassigned

__all__ = [
    "Commission",
    "CommissionNotFound",
    "CommissionStatus",
    "LeadUnassigned",
    "commission_for",
    "commission_of_actor",
    "commissions_in",
    "plain",
]
