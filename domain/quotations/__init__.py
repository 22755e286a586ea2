"""Quotations: made, shared, accepted or rejected, each within its lead's transaction."""

from domain.quotations._change import change_quotation, check_open, replacing
from domain.quotations._model import OPEN, Quotation, QuotationStatus, may_see_quotation, plain
from domain.quotations._operations import (
    Offer,
    accept_quotation,
    acceptance,
    create_quotation,
    last_valid_day,
    reject_quotation,
    share_quotation,
    withdrawal,
)
from domain.quotations._queries import files_of_customer, quotation_of_actor, seen_quotations
from domain.quotations._rows import quotations_in
from domain.quotations._stream import every_quotation

__all__ = [
    "OPEN",
    "Offer",
    "Quotation",
    "QuotationStatus",
    "accept_quotation",
    "acceptance",
    "change_quotation",
    "check_open",
    "create_quotation",
    "every_quotation",
    "files_of_customer",
    "last_valid_day",
    "may_see_quotation",
    "plain",
    "quotation_of_actor",
    "quotations_in",
    "reject_quotation",
    "replacing",
    "seen_quotations",
    "share_quotation",
    "withdrawal",
]
