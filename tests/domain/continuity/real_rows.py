"""A small business made by the product's own operations, as raw rows for a backup. No tests here."""

from __future__ import annotations

from domain.continuity import Entity
from domain.store import Row
from tests.domain.continuity.setting import Platform
from tests.domain.sales.world import World
from tests.fakes.rows import column_of

TABLES = ("views", "leads", "customers", "phones", "utrs", "masterdata", "counters")


async def a_business() -> World:
    """Three leads: a new one, one whose quotation was accepted, and one that was executed and paid."""
    world = World()
    await world.partner("CP-1001", "Ravi")
    await world.lead(1001)
    await world.won(1002)
    await world.executed(1003)
    await world.approve("LEAD-1003")
    await world.pay("LEAD-1003")
    await world.settle()
    return world


def entity_from(row: Row) -> Entity:
    return Entity(row.partition, row.key, {name: column_of(value) for name, value in row.values.items()})


def fill(platform: Platform, world: World) -> None:
    """Put the world's rows where backups read them."""
    for table in TABLES:
        platform.entities._tables[table] = {}
        platform.entities.put(table, *map(entity_from, world.store._tables.get(table, {}).values()))
