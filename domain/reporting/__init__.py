"""Reports over all leads that a KAM or an Admin may see: the funnel, commissions, the portal's dashboard."""

from domain.reporting._commissions import (
    CommissionReport,
    CommissionWish,
    State,
    Sums,
    commission_report,
    state_of,
)
from domain.reporting._dashboard import Activity, Metrics, Span, metrics
from domain.reporting._funnel import STAGES, Counts, Funnel, Group, Waits
from domain.reporting._reading import FunnelFilter, Kams, funnel, kams_for

__all__ = [
    "STAGES",
    "Activity",
    "CommissionReport",
    "CommissionWish",
    "Counts",
    "Funnel",
    "FunnelFilter",
    "Group",
    "Kams",
    "Metrics",
    "Span",
    "State",
    "Sums",
    "Waits",
    "commission_report",
    "funnel",
    "kams_for",
    "metrics",
    "state_of",
]
