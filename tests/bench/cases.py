"""What the benchmark at size asks for: every list, each filter of it, each kind of search, counters, sync, reports.

`hops` is the budget of design.md §7 where it says one, else what the adapters promise.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from domain.lists import SortBy
from tests.bench.generate import FIRST


@dataclass(frozen=True)
class Case:
    """One request: who asks which function, with which query, and in how many storage hops and
    milliseconds (domain.md, "Numbers to hold") it has to be answered. `known`: the client has it already, and asks whether it has changed."""

    name: str
    who: str
    function: str
    query: str = ""
    hops: int = 3
    known: bool = False
    status: int = field(default=200, kw_only=True)
    ms: int = field(default=2_000, kw_only=True)


ALL, CP = "Admin", "big partner"

_FILTERS = {
    "no filter": "",
    "status": "?status=Won",
    "assignedTo": "?assignedTo=CP-1100",
    "customerId": f"?customerId=CUST-{FIRST + 7}",
    "state": "?state=gujarat",
    "origin": "?origin=KAM",
    "source": "?source=referral",
    "followUpFrom, followUpTo": "?followUpFrom=2026-11-01&followUpTo=2026-11-30",
    "createdFrom, createdTo": "?createdFrom=2026-10-01&createdTo=2026-10-31",
    "four filters": "?status=Executed&state=Kerala&source=fair&createdFrom=2026-01-01",
    "search: beginning of a name": "?search=kav",
    "search: two words": "?search=kav%20des",
    "search: phone, 10 digits": f"?search={6_000_000_000 + FIRST + 5}",
    "search: phone, +91 and blanks": "?search=%2B91%2060001%2000006",
    "search: phone, some digits": "?search=0100006",
    "search: id of a lead": f"?search=LEAD-{FIRST + 9}",
    "search: id of a quotation": f"?search=QUOT-{FIRST + 9}01",
    "search: é composed": "?search=jos%C3%A9",
    "search: é decomposed": "?search=jose%CC%81",
    "search: Devanagari": "?search=%E0%A4%95%E0%A4%B5%E0%A4%BF",
    "search: nothing found": "?search=zzzzzz",
    "customerName": "?customerName=bhav",
    "customerPhone": f"?customerPhone={6_000_000_000 + FIRST + 5}",
    "a page in the middle": "?offset=400&limit=100",
}
_SORTED = {f"by {by}, {order}": f"?sortBy={by}&sortOrder={order}" for by in SortBy for order in ("asc", "desc")}

LEADS = (
    *(Case(f"leads: {name}", ALL, "ListLeads", query) for name, query in (_FILTERS | _SORTED).items()),
    Case("leads", "KAM", "ListLeads"),
    Case("leads: search", "KAM", "ListLeads", "?search=kav"),
    Case("leads", CP, "ListLeads", hops=2),
    Case("leads: status", CP, "ListLeads", "?status=Won", hops=2),
    Case("leads: search", CP, "ListLeads", "?search=kav", hops=2),
    Case("leads", "partner", "ListLeads", hops=2),
    Case("leads", "customer", "ListLeads"),
    Case("a lead", ALL, "ReadLead", f"?{{leadId}}=LEAD-{FIRST + 9}", hops=1),
    Case("a lead's timeline", ALL, "ReadLeadTimeline", f"?{{leadId}}=LEAD-{FIRST + 9}"),
)
PARTS = (
    Case("quotations", ALL, "ListQuotations"),
    Case("quotations: status", ALL, "ListQuotations", "?status=Shared"),
    Case("quotations: leadId", ALL, "ListQuotations", f"?leadId=LEAD-{FIRST + 9}"),
    Case("quotations: customerId", ALL, "ListQuotations", f"?customerId=CUST-{FIRST + 9}"),
    Case("quotations: owner", ALL, "ListQuotations", "?owner=CP-1100"),
    Case("quotations: search", ALL, "ListQuotations", "?search=kav"),
    Case("quotations", "KAM", "ListQuotations"),
    Case("quotations", CP, "ListQuotations", hops=2),
    Case("quotations", "customer", "ListQuotations"),
    Case("customers", ALL, "ListCustomers"),
    Case("customers: search", ALL, "ListCustomers", "?search=kav%20des"),
    Case("customers", "KAM", "ListCustomers"),
    Case("customers", CP, "ListCustomers", hops=2),
    Case("commissions", ALL, "ListCommissions"),
    Case("commissions: status", ALL, "ListCommissions", "?status=paid"),
    Case("commissions: cpId", ALL, "ListCommissions", "?cpId=CP-1100"),
    Case("commissions: from, to", ALL, "ListCommissions", "?from=2026-10-01&to=2026-10-31"),
    Case("commissions: search", ALL, "ListCommissions", "?search=kav"),
    Case("commissions", "KAM", "ListCommissions"),
    Case("commissions", CP, "ListCommissions", hops=2),
    Case("channel partners", ALL, "ListChannelPartners"),
    Case("channel partners: search", ALL, "ListChannelPartners", "?search=partner%2011"),
    Case("notifications", ALL, "ListNotifications"),
    Case("notifications: unread", CP, "ListNotifications", "?status=unread"),
    Case("notifications: how many unread", CP, "CountUnread"),
)
HOME = (
    *(Case("counters of the home screen", who, "CountLeads", hops=2) for who in (ALL, "KAM", CP, "partner")),
    Case("sync", CP, "SyncPartner", hops=2),
    Case("sync, nothing new: 304", CP, "SyncPartner", hops=2, known=True, status=304),
    Case("sync", "partner", "SyncPartner", hops=2),
)
REPORTS = (
    *(Case("funnel", who, "ReportFunnel") for who in (ALL, "KAM")),
    Case("funnel: state", ALL, "ReportFunnel", "?state=Gujarat"),
    Case("funnel: from, to", ALL, "ReportFunnel", "?from=2026-10-01&to=2026-10-31"),
    *(
        Case(f"funnel: CSV by {by}", ALL, "ReportFunnel", f"?format=csv&by={by}")
        for by in ("stage", "transition", "state", "cp", "kam", "month")
    ),
    *(Case("commissions", who, "ReportCommissions") for who in (ALL, "KAM")),
    *(
        Case(f"commissions: CSV by {by}", ALL, "ReportCommissions", f"?format=csv&by={by}")
        for by in ("cp", "project")
    ),
    *(Case("dashboard", who, "ReadDashboard") for who in (ALL, "KAM")),
    Case("export of leads: a month", ALL, "ExportLeads", "?createdFrom=2026-10-01&createdTo=2026-10-31"),
    Case("export of leads: all", ALL, "ExportLeads", ms=10_000),  # a file of 25 MB, which nobody waits for idly
)
CASES = {"leads": LEADS, "parts of leads": PARTS, "home": HOME, "reports": REPORTS}
