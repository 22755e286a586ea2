"""The tables of the product (docs/tables.md); made by the deployment, or by `create_tables` locally."""

from __future__ import annotations

import asyncio

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
    "idempotency",
    "counters",
    "masterdata",
)


async def create_tables(store: Store) -> None:
    """Make the tables that aren't there."""
    await asyncio.gather(*(store.create_table(table=name) for name in TABLES))
