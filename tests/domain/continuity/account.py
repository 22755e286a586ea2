"""A storage account in memory with people who work on it, and one that is backed up. No tests here."""

from __future__ import annotations

import asyncio
from typing import Any

from adapters.schema import IN_ORDER
from domain import identity, leads
from domain.continuity import Engine, Restored, Target, Violation, Wanted, back_up, restore, violations
from domain.store import Create, Replace, Row
from domain.values import Actor, PhoneNumber, Role
from tests.domain.continuity.setting import VAULT
from tests.domain.identity.setting import Hashing
from tests.domain.sales.world import ASHA, World
from tests.fakes.blobs import FakeBlobs
from tests.fakes.rows import RowsOf

WHY = "Wrong data since Tuesday"
ANN = Actor("ADMIN-1009", "Ann Other", Role.ADMIN)
FIRST, SECOND, LATER = "LEAD-1001", "LEAD-1002", "LEAD-1060"
TABLES = IN_ORDER
Story = Any


async def silent(text: str) -> None:
    return None


class Account:
    """A storage account in memory, with people who work on it."""

    def __init__(self, world: World | None = None) -> None:
        self.world = world or World()
        self.rows = RowsOf(self.world.store, self.world.clock)
        self.files = FakeBlobs(now=self.world.clock.now)

    @property
    def target(self) -> Target:
        return Target(self.rows, self.files, self.world.ports)

    async def opened(self) -> None:
        for name in ("documents", "quotations"):
            await self.files.create_container(container=name)

    def row(self, table: str, partition: str, key: str) -> Row | None:
        return self.world.store._tables.get(table, {}).get((partition, key))

    def value(self, table: str, partition: str, key: str, column: str) -> Any:
        row = self.row(table, partition, key)
        return row.values[column] if row else None

    async def put(self, table: str, partition: str, key: str, **values: Any) -> None:
        there, write_id = self.row(table, partition, key), self.world.ids.unique()
        write = Replace(key, values, there.etag) if there else Create(key, values)
        await self.world.store.commit(table=table, partition=partition, writes=[write], write_id=write_id)

    async def edit(self, lead_id: str, **edits: Any) -> None:
        act = self.world.act(ANN)
        await leads.edit_lead(ports=self.world.ports, lead_id=lead_id, edits=edits, act=act)
        await self.world.settle()

    def lose(self, *tables: str, partition: str = "") -> None:
        for table in tables:
            rows = self.world.store._tables.get(table, {})
            for at in [at for at in rows if at[0].startswith(partition)]:
                del rows[at]

    async def broken(self) -> list[Violation]:
        return [v async for v in violations(lambda table: self.world.store.scan(table=table))]

    def seen(self, lead_id: str) -> set[tuple[str, int]]:
        """The lists that show the lead, and which version of it."""
        rows = self.world.store._tables["views"].values()
        return {(r.partition, int(str(r.values["version"]))) for r in rows if r.key == lead_id}

    def next_lead(self) -> int:
        row = self.row("counters", "lead", "next")
        return int(str(row.values["next"])) if row else 1001


class Business(Account):
    """Two leads, a person and a backup of all that; the next lead's number is 1051 then."""

    def __init__(self) -> None:
        super().__init__()
        self.vault = FakeBlobs(now=self.world.clock.now)

    @property
    def engine(self) -> Engine:
        return Engine(
            ports=self.world.ports,
            entities=self.rows,
            files=self.files,
            vault=self.vault,
            vault_container=VAULT,
            tables=TABLES,
            containers=("documents", "quotations"),
            tell=lambda progress: None,
            alert=silent,
            signing_key=b"key",
        )

    async def opened(self) -> None:
        await super().opened()
        await self.vault.create_container(container=VAULT)
        await identity.enroll(
            ports=self.world.ports,
            passwords=Hashing(),
            act=self.world.act(ASHA),
            person_id="CP-1001",
            name="Ravi",
            role=Role.CP,
            phone=PhoneNumber("+919000000001"),
        )
        for number in (1001, 1002):
            await self.world.lead(number)
        await self.world.settle()
        await self.put("counters", "lead", "next", next=1051)
        for container, name in (
            ("documents", f"{FIRST}/DOC-1"),
            ("documents", f"{SECOND}/DOC-2"),
            ("quotations", f"{FIRST}/QUOT-100101/abc.pdf"),
        ):
            await self.files.create(container=container, name=name, content=name.encode(), media_type="a/b")
        self.world.clock.advance(hours=1)
        await back_up(engine=self.engine)
        self.world.clock.advance(hours=1)

    async def restored(self, wanted: Wanted, **options: Any) -> Restored:
        return await restore(engine=self.engine, wanted=wanted, **{"dry_run": False, **options})


def played(story: Any) -> None:
    """Let it happen in a new business."""

    async def whole() -> None:
        business = Business()
        await business.opened()
        await story(business)
        await business.world.settle()

    asyncio.run(whole())


ALL = Wanted(prefix=None)
