"""Which storage calls a use case makes and after which others, and the same calls made again with the SDK alone.

No part of the application is measured here: `Bare` is what its time is compared with.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Asked:
    """One call: `hop` is how many calls had to end before it began."""

    hop: int
    port: str
    kind: str
    what: dict[str, Any]
    began: float
    ended: float = float("inf")


@dataclass
class Recording:
    """What is asked of storage while `on`. One use case at a time."""

    on: bool = False
    asked: list[Asked] = field(default_factory=list)
    _done: int = 0

    def begin(self) -> None:
        """Forget what was, and record."""
        self.on, self.asked, self._done = True, [], 0

    def end(self) -> list[Asked]:
        """What was asked."""
        self.on = False
        return self.asked

    async def noted(self, port: str, kind: str, what: dict[str, Any], answer: Awaitable[Any]) -> Any:
        """Wait for the answer, and remember the question."""
        if not self.on:
            return await answer
        call = Asked(self._done, port, kind, what, time.perf_counter())
        self.asked.append(call)
        try:
            return await answer
        finally:
            call.ended = time.perf_counter()
            self._done = max(self._done, call.hop + 1)


class Recorded:
    """A store or a blob store whose calls are noted. All else is the real one's."""

    def __init__(self, port: Any, recording: Recording) -> None:
        self._port, self._recording = port, recording

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)

    async def get(self, **what: Any) -> Any:
        return await self._recording.noted("table", "get", what, self._port.get(**what))

    async def commit(self, **what: Any) -> Any:
        return await self._recording.noted("table", "commit", what, self._port.commit(**what))

    async def scan(self, **what: Any) -> AsyncIterator[Any]:
        if not self._recording.on:
            async for row in self._port.scan(**what):
                yield row
            return
        for row in await self._recording.noted("table", "scan", what, self._all(what)):
            yield row

    async def _all(self, what: dict[str, Any]) -> list[Any]:
        return [row async for row in self._port.scan(**what)]

    async def create(self, **what: Any) -> Any:
        return await self._recording.noted("blob", "create", what, self._port.create(**what))

    async def read(self, **what: Any) -> Any:
        return await self._recording.noted("blob", "read", what, self._port.read(**what))

    async def describe(self, **what: Any) -> Any:
        return await self._recording.noted("blob", "describe", what, self._port.describe(**what))

    async def copy(self, **what: Any) -> Any:
        return await self._recording.noted("blob", "copy", what, self._port.copy(**what))


def until(calls: Sequence[Asked], answered: float) -> tuple[list[Asked], list[Asked]]:
    """The calls that had ended when the answer was given, and those that came after it."""
    return [c for c in calls if c.ended <= answered], [c for c in calls if c.ended > answered]


async def answered(ask: Callable[[], Awaitable[Any]]) -> Any:
    """Ask the SDK, and once more if the storage had closed the idle connection: a write isn't repeated by itself."""
    from azure.core.exceptions import ServiceRequestError, ServiceResponseError

    try:
        return await ask()
    except (ServiceRequestError, ServiceResponseError):
        return await ask()


class Bare:
    """Recorded calls made again with azure-data-tables and azure-storage-blob: the same tables, sizes, hops and calls
    side by side, but without any condition that could fail."""

    def __init__(self, tables: Any, blobs: Any) -> None:
        self._service, self._blobs = tables, blobs
        self._clients: dict[str, Any] = {}
        self._number = 0

    def _table(self, name: str) -> Any:
        """The client of a table, kept as one that is used well would be."""
        if name not in self._clients:
            self._clients[name] = self._service.get_table_client(name)
        return self._clients[name]

    async def __call__(self, calls: Sequence[Asked]) -> None:
        """All of them, hop by hop."""
        self._number += 1
        place = f"bare-{self._number}-"
        for hop in sorted({call.hop for call in calls}):
            await asyncio.gather(*(self._again(call, place) for call in calls if call.hop == hop))

    async def _again(self, call: Asked, place: str) -> None:
        from azure.core.exceptions import ResourceNotFoundError

        try:
            await answered(lambda: getattr(self, f"_{call.port}_{call.kind}")(place, **call.what))
        except ResourceNotFoundError:
            return  # as it was for the application

    async def _table_get(self, place: str, *, table: str, partition: str, key: str) -> None:
        await self._table(table).get_entity(partition, key)

    async def _table_scan(
        self, place: str, *, table: str, partition: str | None = None, first: str = "", before: str | None = None
    ) -> None:
        wanted = f"PartitionKey eq '{partition}'" if partition is not None else "PartitionKey ge ''"
        wanted += f" and RowKey ge '{first}'" if first else ""
        wanted += f" and RowKey lt '{before}'" if before is not None else ""
        _ = [row async for row in self._table(table).query_entities(wanted)]

    async def _table_commit(self, place: str, *, table: str, partition: str, writes: Any, write_id: str) -> None:
        where = f"{place}{partition}"
        rows = [{"PartitionKey": where, "RowKey": w.key, **getattr(w, "values", {})} for w in writes]
        await self._table(table).submit_transaction([("upsert", row) for row in rows])

    async def _blob_create(self, place: str, *, container: str, name: str, content: bytes, **more: Any) -> None:
        client = self._blobs.get_blob_client(container, f"{place}{name}")
        await client.upload_blob(content, overwrite=True)

    async def _blob_read(
        self, place: str, *, container: str, name: str, first: int | None = None, limit: int = 0
    ) -> None:
        length = {} if first is None else {"offset": 0, "length": first}
        await (await self._blobs.get_blob_client(container, name).download_blob(**length)).readall()

    async def _blob_describe(self, place: str, *, container: str, name: str) -> None:
        await self._blobs.get_blob_client(container, name).get_blob_properties()

    async def _blob_copy(self, place: str, *, container: str, name: str, to_container: str, to_name: str) -> None:
        source = self._blobs.get_blob_client(container, name).url
        await self._blobs.get_blob_client(to_container, f"{place}{to_name}").start_copy_from_url(source)
