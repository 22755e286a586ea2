"""What a commit answers when the storage's own answer is lost, late or an error: one effect, told truly."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from adapters.tables import AzureTableStore
from domain.store import Create, Delete, Replace, Row, RowChanged, RowExists, StorageUnavailable, Write
from tests.adapters.tables.faults import (
    Fault,
    Faults,
    answered,
    cut_reply,
    hang,
    late_reply,
    lost_reply,
    lost_request,
)

DONE = [lost_reply, cut_reply, late_reply, answered(500, landed=True), answered(503, landed=True)]
NOT_DONE = [lost_request, answered(500, landed=False), answered(503, landed=False), answered(429, landed=False)]
Writes = Callable[[Row], list[Write]]
KINDS: dict[str, Writes] = {
    "create": lambda lead: [Create("event:2", {})],
    "replace": lambda lead: [Replace("lead", {"n": 2}, lead.etag)],
    "delete": lambda lead: [Delete("lead", lead.etag)],
    "transaction": lambda lead: [Replace("lead", {"n": 2}, lead.etag), Create("event:2", {})],
}
ENDS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "create": [("event:2", {"writeId": "w2"}), ("lead", {"n": 1, "writeId": "w1"})],
    "replace": [("lead", {"n": 2, "writeId": "w2"})],
    "delete": [],
    "transaction": [("event:2", {"writeId": "w2"}), ("lead", {"n": 2, "writeId": "w2"})],
}


class Setting:
    """A table with one lead row, and a store that meets faults once they are on."""

    def __init__(self, store: AzureTableStore, table: str, faults: Faults) -> None:
        self.store, self.table, self.faults = store, table, faults

    async def commit(self, *writes: Write, write_id: str = "w2") -> None:
        await self.store.commit(table=self.table, partition="p", writes=writes, write_id=write_id)

    async def lead(self) -> Row:
        row = await self.store.get(table=self.table, partition="p", key="lead")
        assert row is not None
        return row

    async def stored(self) -> list[tuple[str, dict[str, Any]]]:
        return [(row.key, dict(row.values)) async for row in self.store.scan(table=self.table)]


def run(connection: str, table: str, faults: Faults, body: Callable[[Setting, Row], Awaitable[None]]) -> None:
    async def opened() -> None:
        store = AzureTableStore(connection, intercept=faults)
        setting = Setting(store, table, faults)
        try:
            await store.create_table(table=table)
            await setting.commit(Create("lead", {"n": 1}), write_id="w1")
            lead = await setting.lead()
            faults.on = True
            await body(setting, lead)
        finally:
            await store.close()

    asyncio.run(opened())


@pytest.mark.parametrize("fault", [*DONE, *NOT_DONE], ids=lambda fault: fault.__qualname__.split(".")[0])
@pytest.mark.parametrize("kind", KINDS)
def test_one_fault_still_ends_with_one_effect(azurite_connection: str, table: str, kind: str, fault: Fault) -> None:
    """Case 5."""
    faults = Faults(plan=[fault])

    async def body(setting: Setting, lead: Row) -> None:
        await setting.commit(*KINDS[kind](lead))
        assert faults.seen.count("POST") == (1 if fault in DONE else 2)
        assert await setting.stored() == ENDS[kind]

    run(azurite_connection, table, faults, body)


@pytest.mark.parametrize("kind", KINDS)
def test_two_faults_in_a_row_still_end_with_one_effect(azurite_connection: str, table: str, kind: str) -> None:
    async def body(setting: Setting, lead: Row) -> None:
        await setting.commit(*KINDS[kind](lead))
        assert await setting.stored() == ENDS[kind]

    run(azurite_connection, table, Faults(plan=[lost_request, lost_reply]), body)


class TestConflictAfterAFault:
    def test_is_our_own_late_write(self, azurite_connection, table):
        """The first attempt lands after the re-read that missed it: the second meets it as a conflict."""
        held: list[Callable[[], Awaitable[Any]]] = []

        async def delayed(request: Any, send: Any) -> Any:
            held.append(send)
            return await lost_request(request, send)

        async def after_the_first(request: Any, send: Any) -> Any:
            await (await held[0]()).read()
            return await send()

        async def body(setting: Setting, lead: Row) -> None:
            await setting.commit(*KINDS["transaction"](lead))
            assert await setting.stored() == ENDS["transaction"]

        run(azurite_connection, table, Faults(plan=[delayed, after_the_first]), body)

    @pytest.mark.parametrize(("kind", "refusal"), [("create", RowExists), ("transaction", RowChanged)])
    def test_is_another_writers(self, azurite_connection, table, kind, refusal):
        other = AzureTableStore(azurite_connection)

        async def overtaken(request: Any, send: Any) -> Any:
            lead = await other.get(table=table, partition="p", key="lead")
            assert lead is not None
            writes = KINDS["transaction"](lead)
            await other.commit(table=table, partition="p", writes=writes, write_id="other")
            return await lost_request(request, send)

        async def body(setting: Setting, lead: Row) -> None:
            try:
                with pytest.raises(refusal):
                    await setting.commit(*KINDS[kind](lead))
            finally:
                await other.close()
            assert [values["writeId"] for _, values in await setting.stored()] == ["other", "other"]

        run(azurite_connection, table, Faults(plan=[overtaken]), body)

    def test_an_entry_proves_a_write_whose_lead_row_was_replaced_since(self, azurite_connection, table):
        other = AzureTableStore(azurite_connection)

        async def replaced_since(request: Any, send: Any) -> Any:
            await (await send()).read()
            lead = await other.get(table=table, partition="p", key="lead")
            assert lead is not None
            writes = [Replace("lead", {"n": 3}, lead.etag), Create("event:3", {})]
            await other.commit(table=table, partition="p", writes=writes, write_id="w3")
            raise ConnectionResetError

        async def body(setting: Setting, lead: Row) -> None:
            try:
                await setting.commit(*KINDS["transaction"](lead))
            finally:
                await other.close()
            assert [values["writeId"] for _, values in await setting.stored()] == ["w2", "w3", "w3"]

        run(azurite_connection, table, Faults(plan=[replaced_since]), body)


class TestStorageDown:
    @pytest.mark.parametrize("method", ["POST", "GET"])
    def test_is_told_within_seconds(self, azurite_connection, table, method):
        faults = Faults(method=method, always=lost_request, plan=[])

        async def body(setting: Setting, lead: Row) -> None:
            started = time.monotonic()
            with pytest.raises(StorageUnavailable) as refused:
                await (setting.commit(*KINDS["create"](lead)) if method == "POST" else setting.lead())
            assert refused.value.retry_after == 5
            assert faults.seen.count(method) == 3
            assert time.monotonic() - started < 4

        run(azurite_connection, table, faults, body)

    def test_a_long_retry_after_is_not_waited_for(self, azurite_connection, table):
        faults = Faults(method="GET", always=answered(503, landed=False, retry_after=30))

        async def body(setting: Setting, lead: Row) -> None:
            started = time.monotonic()
            with pytest.raises(StorageUnavailable):
                await setting.lead()
            assert time.monotonic() - started < 4

        run(azurite_connection, table, faults, body)

    def test_a_hanging_commit_ends_after_the_callers_patience(self, azurite_connection, table):
        faults = Faults(always=hang)

        async def body(setting: Setting, lead: Row) -> None:
            setting.store.patience = 0.3
            async with asyncio.timeout(5):  # so that a store without patience fails here instead of hanging
                with pytest.raises(StorageUnavailable):
                    await setting.commit(*KINDS["create"](lead))

        run(azurite_connection, table, faults, body)

    def test_nothing_listening_is_told_within_seconds(self):
        async def body() -> None:
            store = AzureTableStore(
                "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=bm9uZQ==;"
                "TableEndpoint=http://127.0.0.1:1/devstoreaccount1;"
            )
            with pytest.raises(StorageUnavailable):
                await store.commit(table="leads", partition="p", writes=[Create("a", {})], write_id="w")
            await store.close()

        started = time.monotonic()
        asyncio.run(body())
        assert time.monotonic() - started < 4
