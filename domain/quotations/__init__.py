"""Quotations: made, priced, shared, answered, withdrawn or expired, each within its lead's transaction."""

from domain.quotations._change import change_quotation, check_open, replacing
from domain.quotations._expiries import TABLE as EXPIRIES
from domain.quotations._expiries import expiries_needed, keep_expiries, note_expiries
from domain.quotations._model import Quotation, may_see_quotation, plain
from domain.quotations._operations import (
    Edit,
    Offer,
    accept_quotation,
    acceptance,
    create_quotation,
    edit_quotation,
    expire_quotations,
    last_valid_day,
    offer_of,
    reject_quotation,
    share_quotation,
    withdraw_quotation,
    withdrawal,
)
from domain.quotations._paper import Paper, Press, QuotationPdf, paper_of
from domain.quotations._queries import files_of_customer, quotation_of_actor, seen_quotations
from domain.quotations._rows import quotations_in
from domain.quotations._status import OPEN, QuotationStatus
from domain.quotations._stream import every_quotation
from domain.quotations._told import PriceTable, price_table, told_configuration, told_price
from domain.quotations.errors import PdfNotMade

__all__ = [
    "EXPIRIES",
    "OPEN",
    "Edit",
    "Offer",
    "Paper",
    "PdfNotMade",
    "Press",
    "PriceTable",
    "Quotation",
    "QuotationPdf",
    "QuotationStatus",
    "accept_quotation",
    "acceptance",
    "change_quotation",
    "check_open",
    "create_quotation",
    "edit_quotation",
    "every_quotation",
    "expire_quotations",
    "expiries_needed",
    "files_of_customer",
    "keep_expiries",
    "last_valid_day",
    "may_see_quotation",
    "note_expiries",
    "offer_of",
    "paper_of",
    "plain",
    "price_table",
    "quotation_of_actor",
    "quotations_in",
    "reject_quotation",
    "replacing",
    "seen_quotations",
    "share_quotation",
    "told_configuration",
    "told_price",
    "withdraw_quotation",
    "withdrawal",
]
