"""A small business made by the product's own operations, as raw rows for a backup. No tests here."""

from __future__ import annotations

from domain.continuity import INT64, Column, Entity
from domain.store import Row, Value
from tests.domain.continuity.setting import Platform
from tests.domain.sales.world import World

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


def column_of(value: Value) -> Column:
    """As the storage would have it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (INT64, str(value))
    assert isinstance(value, str | bool)
    return value


def entity_from(row: Row) -> Entity:
    return Entity(row.partition, row.key, {name: column_of(value) for name, value in row.values.items()})


def fill(platform: Platform, world: World) -> None:
    """Put the world's rows where backups read them."""
    for table in TABLES:
        platform.entities._tables[table] = {}
        platform.entities.put(table, *map(entity_from, world.store._tables.get(table, {}).values()))
