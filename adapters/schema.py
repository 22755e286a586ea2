"""The tables and containers of the product (docs/tables.md); made by the deployment, or by these locally."""

from __future__ import annotations

import asyncio

from domain.blobs import Blobs
from domain.store import Store

TABLES = (
    "leads",
    "customers",
    "notifications",
    "people",
    "phones",
    "emails",
    "otps",
    "packs",
    "sessions",
    "views",
    "utrs",
    "idempotency",
    "jobs",
    "counters",
    "masterdata",
    "identities",
    "limits",
    "expiries",
    "runs",
    "settings",
)
CONTAINERS = ("documents", "quarantine", "quotations")


NOT_BACKED_UP = ("packs", "runs")
"""Copies of all leads, which would be newer than what was put back; and what backups and restores note about
themselves: put back, it would say of a new account that work is going on there which isn't."""

IN_ORDER = (
    "views",
    *(table for table in TABLES if table not in {*NOT_BACKED_UP, "views", "counters"}),
    "counters",
)
"""The tables as a backup reads them, one after the other, while people work: summaries before the leads that they
are of, so that none in it is ahead of its lead, and the counters after all the ids that were taken from them."""

DERIVED = ("views", "phones", "emails", "identities", "utrs", "expiries")
"""What follows from rows of leads, customers and people (docs/tables.md); rebuild_views puts what is missing."""

BACKED_UP = ("documents", "quotations")
"""The containers that a backup holds; what is in quarantine hasn't been accepted yet."""
VAULT = "backups"
"""The container of the backup account."""


async def create_tables(store: Store) -> None:
    """Make the tables that aren't there."""
    await asyncio.gather(*(store.create_table(table=name) for name in TABLES))


async def create_containers(blobs: Blobs) -> None:
    """Make the containers that aren't there."""
    await asyncio.gather(*(blobs.create_container(container=name) for name in CONTAINERS))


async def create_vault(blobs: Blobs) -> None:
    """Make the container of the backups if it isn't there; a deployment also makes it immutable."""
    await blobs.create_container(container=VAULT)
