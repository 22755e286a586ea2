"""Lists over leads and their parts: what a caller may see, filtered, sorted, searched, page by page."""

from domain.lists._collection import KEYS, Collection, SortBy, customer_key
from domain.lists._filter import LeadFilter
from domain.lists._following import Follower
from domain.lists._listed import Listed
from domain.lists._packs import PACKS, Pack, forget_packs, read_pack, write_pack
from domain.lists._page import Page, Place, Wish, page_of
from domain.lists._part import Part
from domain.lists._parts import (
    CommissionFilter,
    Counters,
    CustomerSeen,
    QuotationFilter,
    commissions,
    commissions_seen,
    counters,
    customer_seen,
    customers,
    quotations,
    seen_in_order,
    sees_lead,
    status_on,
)
from domain.lists._portions import kept, portions
from domain.lists._reading import (
    STALE,
    AllLeads,
    Loaded,
    all_leads,
    customer_known_as,
    leads_of_actor,
    leads_of_customer,
    leads_of_partner,
    load_leads,
    read_leads,
)
from domain.lists._search import Wanted, folded, haystack
from domain.lists._walk import Order, walk

__all__ = [
    "KEYS",
    "PACKS",
    "STALE",
    "AllLeads",
    "Collection",
    "CommissionFilter",
    "Counters",
    "CustomerSeen",
    "Follower",
    "LeadFilter",
    "Listed",
    "Loaded",
    "Order",
    "Pack",
    "Page",
    "Part",
    "Place",
    "QuotationFilter",
    "SortBy",
    "Wanted",
    "Wish",
    "all_leads",
    "commissions",
    "commissions_seen",
    "counters",
    "customer_key",
    "customer_known_as",
    "customer_seen",
    "customers",
    "folded",
    "forget_packs",
    "haystack",
    "kept",
    "leads_of_actor",
    "leads_of_customer",
    "leads_of_partner",
    "load_leads",
    "page_of",
    "portions",
    "quotations",
    "read_leads",
    "read_pack",
    "seen_in_order",
    "sees_lead",
    "status_on",
    "walk",
    "write_pack",
]
