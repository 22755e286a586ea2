"""A platform with a vault, in memory, and rows to put into it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from domain.continuity import INT64, Engine, Entity, Progress
from domain.ports import Ports
from tests.fakes.blobs import FakeBlobs
from tests.fakes.clock import FakeClock
from tests.fakes.entities import FakeEntities
from tests.fakes.ids import FakeIds
from tests.fakes.pauses import no_pause
from tests.fakes.store import FakeStore

VAULT = "backups"
TABLES = ("leads", "phones", "counters", "emails")


def at_once(work: Coroutine[Any, Any, None]) -> None:
    asyncio.get_running_loop().create_task(work)


@dataclass
class Platform:
    """Everything a backup works with. `told` and `alerts` are what the operators saw."""

    clock: FakeClock = field(default_factory=FakeClock)
    store: FakeStore = field(default_factory=FakeStore)
    entities: FakeEntities = field(default_factory=FakeEntities)
    told: list[Progress] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.files = FakeBlobs(now=self.clock.now)
        self.vault = FakeBlobs(now=self.clock.now)
        self.ids = FakeIds()
        for table in TABLES:
            self.entities._tables[table] = {}
        asyncio.run(self._containers())

    async def _containers(self) -> None:
        await self.vault.create_container(container=VAULT)
        await self.files.create_container(container="documents")

    def engine(self, **changed: Any) -> Engine:
        async def alert(text: str) -> None:
            self.alerts.append(text)

        ports = Ports(store=self.store, clock=self.clock, ids=self.ids, pause=no_pause, later=at_once)
        parts: dict[str, Any] = {
            "ports": ports,
            "entities": self.entities,
            "files": self.files,
            "vault": self.vault,
            "vault_container": VAULT,
            "tables": TABLES,
            "containers": ("documents",),
            "tell": self.told.append,
            "alert": alert,
            "signing_key": b"key",
        }
        return Engine(**{**parts, **changed})

    def objects(self, prefix: str = "") -> dict[str, bytes]:
        """The vault's objects and their contents."""
        return {
            name: content for name, (_, content) in self.vault._containers[VAULT].items() if name.startswith(prefix)
        }

    def spoil(self, name: str, change: Callable[[bytes], bytes]) -> None:
        """Change an object behind everybody's back."""
        blob, content = self.vault._containers[VAULT][name]
        self.vault._containers[VAULT][name] = (blob, change(content))


def a_row(partition: str, key: str, **columns: Any) -> Entity:
    return Entity(partition, key, columns)


def a_lead(number: int, *, version: int = 1, **columns: Any) -> list[Entity]:
    """A lead's partition at a version, with as many entries."""
    lead = f"LEAD-{number}"
    entries = [
        a_row(lead, f"timeline:{v:010d}:00", version=(INT64, str(v)), action="LeadEdited")
        for v in range(1, version + 1)
    ]
    return [a_row(lead, "lead", version=(INT64, str(version)), **columns), *entries]


def flipped(content: bytes, at: int | None = None) -> bytes:
    """With one bit changed, in the middle unless told otherwise."""
    at = len(content) // 2 if at is None else at
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
