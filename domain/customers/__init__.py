"""Customers: one per phone number (mission.md §6). Knows nothing of leads but the ids that a customer has."""

from domain.customers._model import Customer, Profile, plain
from domain.customers._operations import account_for, join
from domain.customers._phones import PhoneClaim, claim_phone
from domain.customers._queries import customer_by_id, leads_of
from domain.customers.errors import CustomerNotFound

__all__ = [
    "Customer",
    "CustomerNotFound",
    "PhoneClaim",
    "Profile",
    "account_for",
    "claim_phone",
    "customer_by_id",
    "join",
    "leads_of",
    "plain",
]
