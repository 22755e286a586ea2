"""What the blob store answers when the storage's own answer is lost, late or an error: one effect, told truly."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from adapters.blobs import AzureBlobs
from domain.blobs import BlobExists
from domain.store import StorageUnavailable
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
FAULTS = [*DONE, *NOT_DONE]


def run(
    connection: str, faults: Faults, body: Callable[[AzureBlobs], Awaitable[None]], *, patience: float = 25.0
) -> None:
    async def opened() -> None:
        blobs = AzureBlobs(connection, intercept=faults, patience=patience, connection_timeout=0.5)
        try:
            if "nowhere" not in connection:
                await blobs.create_container(container="faults")
            faults.on = True
            await body(blobs)
        finally:
            await blobs.close()

    asyncio.run(opened())


def name_of(fault: Fault) -> str:
    return fault.__qualname__.split(".")[0]


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A file name of this test's own."""
    return request.node.nodeid.rpartition("::")[2]


async def create(blobs: AzureBlobs, name: str, content: bytes = b"content") -> None:
    made = await blobs.create(container="faults", name=name, content=content, media_type="application/pdf")
    assert (made.name, made.size) == (name, len(content))


@pytest.mark.parametrize("fault", FAULTS, ids=name_of)
def test_creating_survives_a_fault(azurite_connection: str, name: str, fault: Fault) -> None:
    async def body(blobs: AzureBlobs) -> None:
        await create(blobs, name)
        assert await blobs.read(container="faults", name=name) == b"content"

    run(azurite_connection, Faults(method="PUT", plan=[fault]), body)


def test_creating_tells_a_lost_reply_from_another_writers_file(azurite_connection: str, name: str) -> None:
    async def body(blobs: AzureBlobs) -> None:
        with pytest.raises(BlobExists):
            await create(blobs, name)
        assert await blobs.read(container="faults", name=name) == b"theirs"

    other = AzureBlobs(azurite_connection)

    async def overtaken(request: object, send: object) -> object:
        await create(other, name, b"theirs")
        await other.close()
        return await lost_request(request, send)

    run(azurite_connection, Faults(method="PUT", plan=[overtaken]), body)


@pytest.mark.parametrize("fault", FAULTS, ids=name_of)
def test_copying_survives_a_fault(azurite_connection: str, name: str, fault: Fault) -> None:
    faults = Faults(method="PUT")

    async def body(blobs: AzureBlobs) -> None:
        await create(blobs, name)
        faults.plan = [fault]
        made = await blobs.copy(container="faults", name=name, to_container="faults", to_name=f"copy/{name}")
        assert made is not None
        assert made.size == 7

    run(azurite_connection, faults, body)


@pytest.mark.parametrize("fault", FAULTS, ids=name_of)
def test_deleting_and_reading_survive_a_fault(azurite_connection: str, name: str, fault: Fault) -> None:
    faults = Faults(method="GET")

    async def body(blobs: AzureBlobs) -> None:
        await create(blobs, name)
        faults.plan = [fault]
        assert await blobs.read(container="faults", name=name) == b"content"
        faults.method, faults.plan = "DELETE", [fault]
        await blobs.delete(container="faults", name=name)
        assert await blobs.describe(container="faults", name=name) is None

    run(azurite_connection, faults, body)


class TestNoAnswer:
    @pytest.mark.parametrize("fault", [hang, answered(503, landed=False, retry_after=600)], ids=name_of)
    def test_is_said_within_the_patience(self, azurite_connection, name, fault):
        async def body(blobs: AzureBlobs) -> None:
            for ask in (create(blobs, name), blobs.describe(container="faults", name=name)):
                started = time.monotonic()
                with pytest.raises(StorageUnavailable):
                    await ask
                assert time.monotonic() - started < 3

        class All(Faults):
            async def __call__(self, request: object, send: object) -> object:
                return await fault(request, send) if self.on else await send()

        run(azurite_connection, All(), body, patience=1.5)

    def test_is_said_where_nobody_listens(self, name):
        nowhere = (
            "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=bm90IGEgcmVhbCBrZXk=;"
            "BlobEndpoint=http://127.0.0.1:9/nowhere;"
        )

        async def body(blobs: AzureBlobs) -> None:
            with pytest.raises(StorageUnavailable):
                await create(blobs, name)

        run(nowhere, Faults(), body)


def test_links_need_no_request(azurite_connection: str) -> None:
    faults = Faults()

    async def body(blobs: AzureBlobs) -> None:
        at = datetime.now(UTC)
        until = at + timedelta(minutes=5)
        await blobs.upload_link(container="faults", name="a", at=at, expires_at=until)
        assert faults.seen == []

    run(azurite_connection, faults, body)
