"""What continuity needs from outside: raw rows of tables, a vault in another account, and somebody to tell."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.blobs import Blobs
from domain.continuity._entity import Entity
from domain.continuity._progress import Progress
from domain.ports import Ports

Place = tuple[str, str | None]
"""Where a walk goes on: after this row, or after this whole partition if the key is None."""


@dataclass(frozen=True)
class Put:
    """Store a whole row: create it if `etag` is None, else replace it if unchanged."""

    entity: Entity
    etag: str | None = None


class Entities(Protocol):
    """Tables of raw rows. All methods raise StorageUnavailable when storage doesn't answer or refuses."""

    def pages(
        self, *, table: str, partition: str | None = None, after: Place | None = None
    ) -> AsyncIterator[Sequence[Entity]]:
        """The rows in key order, page by page as the storage gives them (at most 1,000 rows each)."""
        ...

    async def get(self, *, table: str, partition: str, key: str) -> Entity | None:
        """One row, or None."""
        ...

    async def between(self, *, table: str, partition: str, first: str, last: str) -> list[Entity]:
        """The rows of a partition with first <= key <= last."""
        ...

    async def write(self, *, table: str, partition: str, puts: Sequence[Put]) -> None:
        """All or none, in one transaction of at most 100 rows. Raises RowExists, RowChanged."""
        ...

    async def create_table(self, *, table: str) -> None:
        """Make the table if it isn't there."""
        ...

    async def delete_table(self, *, table: str) -> None:
        """Remove the table with all its rows; that it isn't there is no fault."""
        ...

    async def tables(self, *, prefix: str) -> list[str]:
        """The names of the tables that begin so."""
        ...


@dataclass(frozen=True)
class Target:
    """An account that rows and files are put back into; its ports are for what goes through use cases."""

    entities: Entities
    files: Blobs
    ports: Ports


@dataclass(frozen=True)
class Engine:
    """Everything that a backup works with. The vault is a container of another account, under other keys.

    `tables` and `containers` say what is backed up; `files` is the account with those containers. `tell` is
    given each step of progress, `alert` a text for the operators.
    """

    ports: Ports
    entities: Entities
    files: Blobs
    vault: Blobs
    vault_container: str
    tables: Sequence[str]
    containers: Sequence[str]
    tell: Callable[[Progress], None]
    alert: Callable[[str], Awaitable[None]]
    signing_key: bytes

    def now(self) -> datetime:
        """The present moment."""
        return self.ports.clock.now()

    def itself(self) -> Target:
        """The account that is backed up, as one to restore into."""
        return Target(self.entities, self.files, self.ports)
