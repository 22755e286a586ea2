"""Which topic an endpoint belongs to: the order in which the README and the API's documentation tell of them."""

from __future__ import annotations

TOPICS = (
    ("Leads", ("api/v1/leads", "api/v1/sync")),
    ("Quotations", ("api/v1/quotations",)),
    ("Commissions", ("api/v1/commissions",)),
    ("Customers", ("api/v1/customers",)),
    ("Documents and KYC", ("api/v1/leadDocuments", "api/v1/documents", "api/v1/kycDocuments")),
    ("Notifications", ("api/v1/notifications",)),
    ("Reports", ("api/v1/reports", "api/v1/dashboard")),
    ("Partners and key account managers", ("api/v1/channel-partners", "api/v1/kams")),
    ("Master data", ("api/v1/master-data", "api/master-data", "api/v1/masterdata", "api/v1/services")),
    ("Sign-in and profile", ("api/v1/auth", "auth", "api/v1/user", "api/v1/profile", ".well-known")),
    ("Settings", ("api/v1/settings",)),
    ("Continuity", ("api/v1/continuity",)),
    (
        "The application itself",
        ("api/v1/health", "api/v1/ready", "api/openapi.json", "api/docs", "api/problems", "{*path}"),
    ),
)
"""Topics in reading order, each with the paths that begin its routes."""


def topic_of(path: str) -> str:
    """The topic of a route. Raises LookupError for one that begins like none of them."""
    for topic, beginnings in TOPICS:
        if any(path == beginning or path.startswith(f"{beginning}/") for beginning in beginnings):
            return topic
    raise LookupError(f"Give /{path} a topic in functions/topics.py.")
