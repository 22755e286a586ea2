"""Clients of tables: kept for the next request, and let go with their table."""

from __future__ import annotations

import asyncio

from adapters.tables import AzureEntities


def test_the_client_of_a_removed_table_is_let_go(azurite_connection: str) -> None:
    """Each drill restores into tables of its own: a megabyte of clients stayed behind each time."""

    async def story() -> list[str]:
        entities = AzureEntities(azurite_connection)
        for number in range(3):
            await entities.create_table(table=f"drill{number}leads")
            await entities.delete_table(table=f"drill{number}leads")
        await entities.create_table(table="kept")
        left = list(entities._connections.current()._tables)
        await entities.close()
        return left

    assert asyncio.run(story()) == ["kept"]
