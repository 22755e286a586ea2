"""Writes on quotations, by topic. Each is one transaction of the lead."""

from domain.quotations._operations.answering import accept_quotation, acceptance, reject_quotation
from domain.quotations._operations.editing import Edit, edit_quotation
from domain.quotations._operations.expiring import expire_quotations
from domain.quotations._operations.making import Offer, create_quotation, last_valid_day, offer_of
from domain.quotations._operations.offering import share_quotation, withdraw_quotation, withdrawal

__all__ = [
    "Edit",
    "Offer",
    "accept_quotation",
    "acceptance",
    "create_quotation",
    "edit_quotation",
    "expire_quotations",
    "last_valid_day",
    "offer_of",
    "reject_quotation",
    "share_quotation",
    "withdraw_quotation",
    "withdrawal",
]
