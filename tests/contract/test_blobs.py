"""The blob port's contract, on the fake and on Azurite: files made once, read back, reached by links."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from adapters.blobs import AzureBlobs
from domain.blobs import Blob, BlobExists, Blobs, BlobTooLarge
from domain.store import StorageUnavailable
from tests.fakes.blobs import Answer, FakeBlobs

_numbers = itertools.count(1)
PDF = "application/pdf"


class Client:
    """A client of the product: knows only links."""

    async def put(self, url: str, content: bytes, media_type: str) -> int:
        """The status of an upload, with the headers that the CP app sends."""
        headers = {"Content-Type": media_type, "x-ms-blob-type": "BlockBlob"}
        async with aiohttp.ClientSession() as session, session.put(url, data=content, headers=headers) as answer:
            return answer.status

    async def get(self, url: str) -> Answer:
        """What a download brings."""
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return Answer(answer.status, await answer.read(), dict(answer.headers))


@dataclass
class FakeClient(Client):
    """The same on the fake."""

    blobs: FakeBlobs

    async def put(self, url: str, content: bytes, media_type: str) -> int:
        return self.blobs.follow_put(url, content, media_type).status

    async def get(self, url: str) -> Answer:
        return self.blobs.follow_get(url)


@dataclass
class Setting:
    """The blobs under test, a container of their own in them, and a client."""

    blobs: Blobs
    container: str
    client: Client

    async def create(self, name: str, content: bytes = b"x", **metadata: str) -> Blob:
        return await self.blobs.create(
            container=self.container, name=name, content=content, media_type=PDF, metadata=metadata
        )

    async def read(self, name: str) -> bytes | None:
        return await self.blobs.read(container=self.container, name=name)

    async def describe(self, name: str) -> Blob | None:
        return await self.blobs.describe(container=self.container, name=name)

    async def names(self, prefix: str = "") -> list[str]:
        return [blob.name async for blob in self.blobs.list(container=self.container, prefix=prefix)]

    async def upload_url(self, name: str, *, ago: int = 0) -> str:
        """A link made so many minutes ago, good for five."""
        at = datetime.now(UTC) - timedelta(minutes=ago)
        expires_at = at + timedelta(minutes=5)
        link = await self.blobs.upload_link(container=self.container, name=name, at=at, expires_at=expires_at)
        assert link.expires_at == expires_at.replace(microsecond=0)
        return link.url

    async def download_url(self, name: str, *, ago: int = 0) -> str:
        at = datetime.now(UTC) - timedelta(minutes=ago)
        link = await self.blobs.download_link(
            container=self.container,
            name=name,
            at=at,
            expires_at=at + timedelta(minutes=5),
            file_name="DOC-1.pdf",
            media_type=PDF,
        )
        return link.url


Run = Callable[[Callable[[Setting], Awaitable[None]]], None]


@pytest.fixture(params=["fake", "azurite"])
def run(request: pytest.FixtureRequest) -> Run:
    """Runs the body of a test on open blobs with a fresh container."""
    container = f"contract{next(_numbers)}"
    if request.param == "fake":
        opened = _fake
    else:
        connection = request.getfixturevalue("azurite_connection")

        def opened() -> AbstractAsyncContextManager[tuple[Blobs, Client]]:
            return _azurite(connection)

    def run_body(body: Callable[[Setting], Awaitable[None]]) -> None:
        async def go() -> None:
            async with opened() as (blobs, client):
                await blobs.create_container(container=container)
                await body(Setting(blobs, container, client))

        asyncio.run(go())

    return run_body


@asynccontextmanager
async def _fake() -> AsyncIterator[tuple[Blobs, Client]]:
    blobs = FakeBlobs()
    yield blobs, FakeClient(blobs)


@asynccontextmanager
async def _azurite(connection: str) -> AsyncIterator[tuple[Blobs, Client]]:
    blobs = AzureBlobs(connection)
    try:
        yield blobs, Client()
    finally:
        await blobs.close()


class TestCreate:
    def test_stores_content_type_digest_and_metadata(self, run):
        async def body(s: Setting) -> None:
            before = datetime.now(UTC).replace(microsecond=0)
            made = await s.create("LEAD-1001/DOC-1", b"content", reason="test")
            md5 = hashlib.md5(b"content", usedforsecurity=False).digest()
            assert made == Blob("LEAD-1001/DOC-1", 7, PDF, md5, made.created_at, made.etag, {"reason": "test"})
            assert before <= made.created_at <= datetime.now(UTC)
            assert await s.describe("LEAD-1001/DOC-1") == made
            assert [blob async for blob in s.blobs.list(container=s.container)] == [made]
            assert await s.read("LEAD-1001/DOC-1") == b"content"

        run(body)

    def test_answers_the_same_content_again_as_stored(self, run):
        async def body(s: Setting) -> None:
            assert await s.create("a", b"one") == await s.create("a", b"one")

        run(body)

    @pytest.mark.parametrize("other", [b"two", b"longer", b""])
    def test_never_replaces_other_content(self, run, other):
        async def body(s: Setting) -> None:
            await s.create("a", b"one")
            with pytest.raises(BlobExists):
                await s.create("a", other)
            assert await s.read("a") == b"one"

        run(body)

    def test_of_ten_with_one_name_exactly_one_is_stored(self, run):
        async def body(s: Setting) -> None:
            makings = (s.create("a", b"%d" % n) for n in range(10))
            results = await asyncio.gather(*makings, return_exceptions=True)
            refused = [result for result in results if isinstance(result, BlobExists)]
            made = [n for n, result in enumerate(results) if isinstance(result, Blob)]
            assert (len(made), len(refused)) == (1, 9)
            assert await s.read("a") == b"%d" % made[0]

        run(body)


class TestCopy:
    def test_has_the_content_type_and_metadata(self, run):
        async def body(s: Setting) -> None:
            made = await s.create("a", b"content", reason="test")
            copied = await s.blobs.copy(container=s.container, name="a", to_container=s.container, to_name="b/c")
            assert copied is not None
            assert (copied.name, copied.size, copied.media_type) == ("b/c", 7, PDF)
            assert (copied.md5, copied.metadata) == (made.md5, {"reason": "test"})
            assert await s.read("b/c") == await s.read("a") == b"content"

        run(body)

    def test_made_again_is_the_same_copy(self, run):
        async def body(s: Setting) -> None:
            await s.create("a", b"content")
            names = {"container": s.container, "name": "a", "to_container": s.container, "to_name": "b"}
            assert await s.blobs.copy(**names) == await s.blobs.copy(**names)

        run(body)

    def test_never_replaces_other_content(self, run):
        async def body(s: Setting) -> None:
            await s.create("a", b"one")
            await s.create("b", b"two")
            with pytest.raises(BlobExists):
                await s.blobs.copy(container=s.container, name="a", to_container=s.container, to_name="b")
            assert await s.read("b") == b"two"

        run(body)

    def test_of_nothing_is_nothing(self, run):
        async def body(s: Setting) -> None:
            names = {"container": s.container, "name": "a", "to_container": s.container, "to_name": "b"}
            assert await s.blobs.copy(**names) is None
            assert await s.names() == []

        run(body)


class TestRead:
    def test_gives_the_first_bytes(self, run):
        async def body(s: Setting) -> None:
            await s.create("a", b"0123456789")
            await s.create("empty", b"")
            for name, first, expected in (("a", 4, b"0123"), ("a", 99, b"0123456789"), ("empty", 4, b"")):
                assert await s.blobs.read(container=s.container, name=name, first=first) == expected
            assert await s.read("empty") == b""

        run(body)

    def test_gives_many_pieces_as_one(self, run):
        content = bytes(range(256)) * 40_000  # 10 MB

        async def body(s: Setting) -> None:
            await s.create("a", content)
            assert await s.read("a") == content

        run(body)

    def test_refuses_what_is_larger_than_the_limit(self, run):
        async def body(s: Setting) -> None:
            await s.create("a", b"0123456789")
            assert await s.blobs.read(container=s.container, name="a", limit=10) == b"0123456789"
            with pytest.raises(BlobTooLarge):
                await s.blobs.read(container=s.container, name="a", limit=9)

        run(body)

    def test_finds_nothing_where_nothing_is(self, run):
        async def body(s: Setting) -> None:
            assert (await s.read("a"), await s.describe("a")) == (None, None)
            assert await s.blobs.read(container=s.container, name="a", first=4) is None

        run(body)


class TestList:
    def test_gives_names_in_order_by_prefix(self, run):
        async def body(s: Setting) -> None:
            for name in ("b/2", "a/10", "a/1", "a", "ab"):
                await s.create(name)
            assert await s.names() == ["a", "a/1", "a/10", "ab", "b/2"]
            assert await s.names("a/") == ["a/1", "a/10"]
            assert await s.names("c") == []

        run(body)


class TestDelete:
    def test_removes_and_minds_no_missing_file(self, run):
        async def body(s: Setting) -> None:
            await s.create("a")
            for _ in range(2):
                await s.blobs.delete(container=s.container, name="a")
            assert (await s.names(), await s.read("a")) == ([], None)

        run(body)


class TestContainer:
    def test_is_made_once_and_again_without_harm(self, run):
        async def body(s: Setting) -> None:
            await s.create("a")
            await s.blobs.create_container(container=s.container)
            assert await s.names() == ["a"]

        run(body)

    def test_that_is_missing_is_a_fault_of_ours(self, run):
        async def body(s: Setting) -> None:
            with pytest.raises(StorageUnavailable):
                await s.blobs.read(container="nothere", name="a")
            with pytest.raises(StorageUnavailable):
                await s.blobs.create(container="nothere", name="a", content=b"x", media_type=PDF)

        run(body)


class TestUploadLink:
    def test_lets_a_client_put_a_file(self, run):
        async def body(s: Setting) -> None:
            assert await s.client.put(await s.upload_url("LEAD-1/a"), b"content", "image/png") == 201
            found = await s.describe("LEAD-1/a")
            assert found is not None
            md5 = hashlib.md5(b"content", usedforsecurity=False).digest()
            assert (found.size, found.media_type, found.md5) == (7, "image/png", md5)

        run(body)

    def test_replaces_nothing(self, run):
        async def body(s: Setting) -> None:
            url = await s.upload_url("a")
            assert await s.client.put(url, b"one", PDF) == 201
            assert await s.client.put(url, b"two", PDF) == 403
            assert await s.read("a") == b"one"

        run(body)

    def test_reads_nothing(self, run):
        async def body(s: Setting) -> None:
            url = await s.upload_url("a")
            await s.client.put(url, b"one", PDF)
            assert (await s.client.get(url)).status == 403

        run(body)

    def test_is_refused_after_its_time(self, run):
        """Case 31: an expired link."""

        async def body(s: Setting) -> None:
            assert await s.client.put(await s.upload_url("a", ago=6), b"late", PDF) == 403
            assert await s.read("a") is None

        run(body)

    @pytest.mark.parametrize(("ahead", "status"), [(4, 201), (7, 403)])
    def test_works_though_our_clock_is_a_little_ahead(self, run, ahead, status):
        async def body(s: Setting) -> None:
            assert await s.client.put(await s.upload_url("a", ago=-ahead), b"x", PDF) == status

        run(body)


class TestDownloadLink:
    def test_gives_the_file_under_our_name_and_type(self, run):
        async def body(s: Setting) -> None:
            assert await s.client.put(await s.upload_url("a"), b"content", "text/html") == 201
            answer = await s.client.get(await s.download_url("a"))
            assert (answer.status, answer.content) == (200, b"content")
            assert answer.headers["Content-Type"] == PDF
            assert answer.headers["Content-Disposition"] == 'inline; filename="DOC-1.pdf"'

        run(body)

    def test_writes_nothing_and_is_refused_after_its_time(self, run):
        async def body(s: Setting) -> None:
            await s.create("a", b"content")
            assert await s.client.put(await s.download_url("b"), b"x", PDF) == 403
            assert (await s.client.get(await s.download_url("a", ago=6))).status == 403

        run(body)
