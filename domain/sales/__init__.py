"""The moves of a lead that touch its quotations and its commission at once, in one transaction; and the history
of all of them together."""

from domain.sales._history import HistoryPage, Place, Standing, history, lead_as_of
from domain.sales._status_change import change_status
from domain.sales.errors import AcceptedQuotationMissing, LeadNotThen

__all__ = [
    "AcceptedQuotationMissing",
    "HistoryPage",
    "LeadNotThen",
    "Place",
    "Standing",
    "change_status",
    "history",
    "lead_as_of",
]
