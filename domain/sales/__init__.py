"""The moves of a lead that touch its quotations and its commission at once, in one transaction."""

from domain.sales._status_change import change_status
from domain.sales.errors import AcceptedQuotationMissing, OverrideNotPossible

__all__ = ["AcceptedQuotationMissing", "OverrideNotPossible", "change_status"]
