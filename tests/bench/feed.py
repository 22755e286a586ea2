"""`python -m tests.bench.feed`: what lists of admins ask of the storage to keep up, by simulation: requests and rows
a second at 600 and at 6,000 users, in time that is counted and not lived through.

The product's own writer and reader on a store in memory. Changes and lists come at random at the rates of the mix of
`tests/load`; each goes to one of the instances.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from adapters.all_leads import AllLeads
from domain.leads import Summary
from domain.leads._views._feed import put_change
from domain.ports import Pen, Ports
from domain.store import Row
from tests.domain.leads.world import World
from tests.fakes.store import FakeStore

SECONDS, LEADS = 120, 2_000
CHANGES, LISTS = 6.7, 3.4
"""A second at 600 users, as `make load` measured them (docs/capacity.md)."""

CASES = ((600, 2), (6_000, 5))
"""Users, and instances that they need."""


class CountingStore(FakeStore):
    """Counts the rows that are read."""

    rows = 0

    async def scan(self, **wanted: Any) -> AsyncIterator[Row]:
        async for row in super().scan(**wanted):
            self.rows += 1
            yield row


async def simulated(users: int, instances: int) -> tuple[float, float, float]:
    """Of the lists alone, a second: how many there were, requests, rows."""
    store, chance = CountingStore(), random.Random(1)
    world = World(store)
    writers: list[Ports] = [replace(world.ports, pen=Pen()) for _ in range(instances)]
    readers = [AllLeads(store, world.clock) for _ in range(instances)]
    for reader in readers:
        await reader.current()
    versions: dict[str, int] = {}
    lists = requests = rows = 0
    changes_a_second, lists_a_second = CHANGES * users / 600, LISTS * users / 600
    now = 0.0
    while now < SECONDS:
        step = chance.expovariate(changes_a_second + lists_a_second)
        now += step
        world.clock.advance(seconds=step)
        if chance.random() < changes_a_second / (changes_a_second + lists_a_second):
            lead_id = f"LEAD-{chance.randrange(LEADS)}"
            versions[lead_id] = versions.get(lead_id, 0) + 1
            summary = Summary(lead_id, versions[lead_id], "{}")
            await put_change(ports=chance.choice(writers), summary=summary, write_id=world.ports.ids.unique())
            continue
        asked, read = len(store.requests), store.rows
        await chance.choice(readers).current()
        lists, requests, rows = lists + 1, requests + len(store.requests) - asked, rows + store.rows - read
    return lists / SECONDS, requests / SECONDS, rows / SECONDS


def main() -> None:
    """Print the table."""
    print(f"{'users':>8}{'instances':>11}{'lists/s':>9}{'requests/s':>12}{'rows read/s':>13}")
    for users, instances in CASES:
        lists, requests, rows = asyncio.run(simulated(users, instances))
        print(f"{users:>8,}{instances:>11}{lists:>9.1f}{requests:>12.1f}{rows:>13.1f}", flush=True)


if __name__ == "__main__":
    main()
