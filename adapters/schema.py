"""The tables and containers of the product (docs/tables.md); made by the deployment, or by these locally."""

from __future__ import annotations

import asyncio

from domain.blobs import Blobs
from domain.store import Store

TABLES = (
    "leads",
    "customers",
    "people",
    "phones",
    "emails",
    "otps",
    "sessions",
    "views",
    "utrs",
    "idempotency",
    "jobs",
    "counters",
    "masterdata",
    "identities",
    "limits",
)
CONTAINERS = ("documents", "quarantine", "quotations")


async def create_tables(store: Store) -> None:
    """Make the tables that aren't there."""
    await asyncio.gather(*(store.create_table(table=name) for name in TABLES))


async def create_containers(blobs: Blobs) -> None:
    """Make the containers that aren't there."""
    await asyncio.gather(*(blobs.create_container(container=name) for name in CONTAINERS))
