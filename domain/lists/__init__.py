"""Lists over leads and their parts: what a caller may see, filtered, sorted, searched, page by page."""

from domain.lists._collection import KEYS, Collection, Part, SortBy
from domain.lists._filter import LeadFilter
from domain.lists._listed import Listed
from domain.lists._page import Page, Place, Wish, page_of
from domain.lists._parts import (
    CommissionFilter,
    Counters,
    CustomerSeen,
    QuotationFilter,
    commissions,
    commissions_seen,
    counters,
    customer_key,
    customers,
    quotations,
    seen_in_order,
    sees_lead,
    status_on,
)
from domain.lists._reading import (
    STALE,
    AllLeads,
    all_leads,
    catch_up,
    leads_of_actor,
    leads_of_customer,
    leads_of_partner,
)
from domain.lists._search import Wanted, folded, haystack
from domain.lists._walk import Order, walk

__all__ = [
    "KEYS",
    "STALE",
    "AllLeads",
    "Collection",
    "CommissionFilter",
    "Counters",
    "CustomerSeen",
    "LeadFilter",
    "Listed",
    "Order",
    "Page",
    "Part",
    "Place",
    "QuotationFilter",
    "SortBy",
    "Wanted",
    "Wish",
    "all_leads",
    "catch_up",
    "commissions",
    "commissions_seen",
    "counters",
    "customer_key",
    "customers",
    "folded",
    "haystack",
    "leads_of_actor",
    "leads_of_customer",
    "leads_of_partner",
    "page_of",
    "quotations",
    "seen_in_order",
    "sees_lead",
    "status_on",
    "walk",
]
