"""Documents of a lead: seven places, the check, quarantine, deletion, and uploads that nobody completes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from copy import deepcopy
from datetime import timedelta

import pytest

from domain import documents, leads
from domain.documents import Document, DocumentStatus, Fault, MediaType
from domain.documents.errors import (
    DocumentClosed,
    DocumentLimitReached,
    DocumentNotFound,
    DocumentOfAnother,
    FileDamaged,
    FileTooLarge,
    FileTypeNotAllowed,
    UploadNotArrived,
)
from domain.leads import LeadNotFound
from domain.store import StorageUnavailable
from domain.values import Actor, Role
from tests.domain.documents.files import A_JPEG, a_pdf, a_png
from tests.domain.documents.setting import LEAD, MEERA, NINE, RAVI, Setting
from tests.fakes.store import Commit

TEN_MB = 10 * 1024 * 1024


def play(story: Callable[[Setting], Awaitable[None]]) -> None:
    async def told() -> None:
        setting = await Setting().open()
        await story(setting)
        setting.forget_what_was_left()

    asyncio.run(told())


async def _finish(s: Setting) -> None:
    """What was left to be done after the answers."""
    while s.left:
        await s.left.pop(0)


class TestAdd:
    @pytest.mark.parametrize("owner", ["ADMIN-1001", "CUST-1001", "LEAD-", "LEAD-1/2", "LEAD-9999", "DOC", "", "٠"])
    def test_leaves_nothing_for_what_is_no_lead(self, owner):
        async def story(s: Setting) -> None:
            await _finish(s)
            before = deepcopy(s.store._tables)
            with pytest.raises(LeadNotFound):
                await documents.add_lead_document(
                    ports=s.ports, blobs=s.blobs, lead_id=owner, doc_type="Bill", act=s.act(RAVI)
                )
            await _finish(s)
            assert s.store._tables == before

        play(story)

    def test_gives_a_link_of_five_minutes_and_enters_it(self):
        async def story(s: Setting) -> None:
            upload = await s.add("Electricity bill")
            assert upload.link.expires_at == NINE + timedelta(minutes=5)
            assert upload.document == Document(
                id=upload.document.id,
                doc_type="Electricity bill",
                status=DocumentStatus.AWAITED,
                requested_at=NINE,
                requested_by="CP-1001",
                requested_by_name="Ravi",
                version=2,
            )
            assert upload.document.id.startswith("DOC-1001-")
            assert await s.documents() == [upload.document]
            assert await s.actions() == ["DocumentRequested"]

        play(story)

    def test_has_seven_places_also_for_twenty_at_once(self):
        async def story(s: Setting) -> None:
            results = await asyncio.gather(*(s.add() for _ in range(20)), return_exceptions=True)
            refused = [r for r in results if isinstance(r, DocumentLimitReached)]
            assert len(refused) == 13
            assert refused[0].message.startswith("Maximum 7 documents per lead allowed")
            assert len(await s.documents()) == 7
            await s.do_what_was_left()
            assert sorted(await s.markers()) == sorted(d.id for d in await s.documents())

        play(story)

    def test_counts_what_is_there_and_what_is_on_its_way_but_nothing_else(self):
        async def story(s: Setting) -> None:
            first = await s.uploaded()
            with pytest.raises(FileDamaged):
                await s.uploaded(b"")
            for _ in range(6):
                await s.add()
            with pytest.raises(DocumentLimitReached):
                await s.add()
            await s.delete(first.id)
            await s.add()
            with pytest.raises(DocumentLimitReached):
                await s.add()
            s.clock.forward(minutes=30)  # the awaited ones are given up, though no sweep has run
            assert (await s.add()).document.status is DocumentStatus.AWAITED

        play(story)

    def test_gives_no_link_without_the_marker_that_the_sweep_needs(self):
        async def story(s: Setting) -> None:
            def no_marker(commit: Commit) -> None:
                if commit.partition == "uploads":
                    raise StorageUnavailable("down", retry_after=1)

            s.store.before_commit = no_marker
            with pytest.raises(StorageUnavailable):
                await s.add()

        play(story)

    def test_of_anothers_lead_finds_no_lead(self):
        async def story(s: Setting) -> None:
            with pytest.raises(LeadNotFound):
                await s.add(actor=MEERA)
            assert await s.documents() == []

        play(story)

    def test_done_again_by_the_same_request_is_the_same_document(self):
        async def story(s: Setting) -> None:
            act = s.act(proof="p1")
            said = {"ports": s.ports, "blobs": s.blobs, "lead_id": LEAD, "doc_type": "GENERAL", "act": act}
            first, second = [await documents.add_lead_document(**said) for _ in range(2)]
            assert first.document == second.document
            assert len(await s.documents()) == 1

        play(story)


class TestComplete:
    @pytest.mark.parametrize(
        ("content", "kind"),
        [(A_JPEG, MediaType.JPEG), (a_png(), MediaType.PNG), (a_pdf(), MediaType.PDF)],
    )
    def test_takes_a_good_file_into_use(self, content, kind):
        async def story(s: Setting) -> None:
            done = await s.uploaded(content)
            assert (done.status, done.media_type, done.size) == (DocumentStatus.UPLOADED, kind, len(content))
            assert done.uploaded_at == NINE
            assert await s.documents() == [done]
            assert await s.actions() == ["DocumentRequested", "DocumentUploaded"]
            assert await s.read(done.id) == content
            await s.do_what_was_left()
            assert await s.markers() == []

        play(story)

    def test_again_is_the_same_answer_and_no_entry(self):
        async def story(s: Setting) -> None:
            done = await s.uploaded()
            assert await asyncio.gather(*(s.complete(done.id) for _ in range(5))) == [done] * 5
            assert await s.actions() == ["DocumentRequested", "DocumentUploaded"]

        play(story)

    def test_of_twenty_at_once_enters_one(self):
        async def story(s: Setting) -> None:
            upload = await s.add()
            s.put(upload)
            done = await asyncio.gather(*(s.complete(upload.document.id) for _ in range(20)))
            assert len({d.version for d in done}) == 1
            assert await s.actions() == ["DocumentRequested", "DocumentUploaded"]

        play(story)

    @pytest.mark.parametrize(
        ("content", "refusal", "fault"),
        [
            (b"MZ", FileTypeNotAllowed, Fault.WRONG_TYPE),
            (b"", FileDamaged, Fault.DAMAGED),
            (A_JPEG[:-2], FileDamaged, Fault.DAMAGED),
            (a_png(filling=TEN_MB), FileTooLarge, Fault.TOO_LARGE),
        ],
    )
    def test_puts_a_bad_file_into_quarantine(self, content, refusal, fault):
        async def story(s: Setting) -> None:
            upload = await s.add()
            s.put(upload, content)
            for _ in range(2):
                with pytest.raises(refusal):
                    await s.complete(upload.document.id)
            await s.do_what_was_left()
            [document] = await s.documents()
            assert (document.status, document.fault) == (DocumentStatus.QUARANTINED, fault)
            assert document.reason
            assert (await s.files("documents"), await s.files("quarantine")) == ([], [document.blob])
            assert await s.actions() == ["DocumentRequested", "DocumentQuarantined"]
            with pytest.raises(refusal):
                await s.read(document.id)

        play(story)

    def test_allows_exactly_ten_megabytes(self):
        empty = len(a_png(filling=1)) - 1

        async def story(s: Setting) -> None:
            assert (await s.uploaded(a_png(filling=TEN_MB - empty))).size == TEN_MB

        play(story)

    def test_says_that_nothing_has_arrived(self):
        """Case 31: a link that expired unused."""

        async def story(s: Setting) -> None:
            upload = await s.add()
            s.clock.forward(minutes=6)
            assert s.blobs.follow_put(upload.link.url, A_JPEG, "image/jpeg").status == 403
            with pytest.raises(UploadNotArrived):
                await s.complete(upload.document.id)

        play(story)

    @pytest.mark.parametrize(
        "document_id", ["DOC-1001-0123456789AB", "DOC-1", "x", "QUOT-100101", "DOC-9999-" + "0" * 12]
    )
    def test_finds_no_document_where_none_is(self, document_id):
        async def story(s: Setting) -> None:
            for work in (s.complete, s.delete, s.read):
                with pytest.raises(DocumentNotFound):
                    await work(document_id)

        play(story)

    def test_of_anothers_document_finds_none(self):
        """Case 29."""

        async def story(s: Setting) -> None:
            done = await s.uploaded()
            for work in (s.complete, s.delete, s.read):
                with pytest.raises(DocumentNotFound):
                    await work(done.id, MEERA)

        play(story)


class TestDelete:
    def test_keeps_row_and_file(self):
        async def story(s: Setting) -> None:
            done = await s.uploaded()
            gone = await s.delete(done.id)
            assert (gone.status, gone.closed_by, gone.closed_at) == (DocumentStatus.DELETED, "CP-1001", NINE)
            assert await s.delete(done.id) == gone
            assert await s.documents() == [gone]
            assert await s.files("documents") == [done.blob]
            assert await s.actions() == ["DocumentRequested", "DocumentUploaded", "DocumentDeleted"]
            for work in (s.read, s.complete):
                with pytest.raises(DocumentClosed):
                    await work(done.id)

        play(story)

    def test_by_the_customer_is_for_its_own_uploads(self):
        async def story(s: Setting) -> None:
            customer = Actor((await s.file()).lead.customer_id, "Kavita", Role.CUSTOMER)
            theirs, own = await s.uploaded(), (await s.add(actor=customer)).document
            with pytest.raises(DocumentOfAnother):
                await s.delete(theirs.id, customer)
            assert (await s.delete(own.id, customer)).status is DocumentStatus.DELETED

        play(story)


class TestRead:
    def test_completes_what_the_apps_only_upload(self):
        async def story(s: Setting) -> None:
            upload = await s.add()
            with pytest.raises(UploadNotArrived):
                await s.read(upload.document.id)
            s.put(upload)
            assert await s.read(upload.document.id) == A_JPEG
            [document] = await s.documents()
            assert document.status is DocumentStatus.UPLOADED
            assert await s.read(upload.document.id) == A_JPEG
            assert await s.actions() == ["DocumentRequested", "DocumentUploaded"]

        play(story)


class TestSweep:
    def test_checks_what_has_arrived(self):
        async def story(s: Setting) -> None:
            good, bad = await s.add(), await s.add()
            s.put(good)
            s.put(bad, b"MZ")
            s.clock.forward(minutes=1)
            young = await s.add()
            s.put(young)
            assert await s.sweep() == 1
            status = {d.id: d.status for d in await s.documents()}
            assert status == {
                good.document.id: DocumentStatus.UPLOADED,
                bad.document.id: DocumentStatus.QUARANTINED,
                young.document.id: DocumentStatus.AWAITED,
            }
            assert sorted(await s.markers()) == sorted([bad.document.id, young.document.id])

        play(story)

    def test_gives_up_what_has_not_arrived_in_time(self):
        async def story(s: Setting) -> None:
            upload = await s.add()
            s.clock.forward(minutes=29)
            assert await s.sweep() == 0
            s.clock.forward(minutes=1)
            assert await s.sweep() == 1
            [document] = await s.documents()
            assert document.status is DocumentStatus.ABANDONED
            assert await s.actions() == ["DocumentRequested", "DocumentAbandoned"]
            assert (await s.markers(), await s.sweep()) == ([], 0)
            with pytest.raises(DocumentClosed):
                await s.complete(upload.document.id)

        play(story)

    def test_finds_no_place_for_what_it_checks_too_late(self):
        async def story(s: Setting) -> None:
            late = await s.add()
            s.put(late)
            s.clock.forward(minutes=31)
            for _ in range(7):
                await s.uploaded()
            with pytest.raises(DocumentLimitReached):
                await s.complete(late.document.id)
            await s.do_what_was_left()
            assert await s.sweep() == 1
            status = {d.id: d.status for d in await s.documents()}
            assert status[late.document.id] is DocumentStatus.ABANDONED
            assert late.document.blob not in await s.files("documents")

        play(story)

    def test_removes_what_a_link_brought_back(self):
        async def story(s: Setting) -> None:
            upload = await s.add()
            s.put(upload, b"MZ")
            with pytest.raises(FileTypeNotAllowed):
                await s.complete(upload.document.id)
            await s.do_what_was_left()
            s.put(upload, b"MZ again")  # the link is still good, and nothing is there any more
            s.clock.forward(minutes=9)
            assert (await s.sweep(), await s.files("documents")) == (0, [upload.document.blob])
            s.clock.forward(minutes=1)
            assert (await s.sweep(), await s.files("documents")) == (1, [])
            assert await s.markers() == []

        play(story)

    def test_minds_no_marker_without_a_document(self):
        async def story(s: Setting) -> None:
            for _ in range(8):
                await asyncio.gather(s.add(), return_exceptions=True)
            s.forget_what_was_left()  # dies before it has removed the marker of the refused one
            assert len(await s.markers()) == 8
            s.clock.forward(minutes=1)
            assert await s.sweep() == 1
            assert len(await s.markers()) == 7

        play(story)


def test_the_actor_of_a_sweep_is_the_sweep() -> None:
    """Case 9."""

    async def story(s: Setting) -> None:
        upload = await s.add()
        s.put(upload)
        s.clock.forward(minutes=2)
        await s.sweep()
        entries = await leads.timeline_of(store=s.store, lead_id=LEAD, actor=RAVI)
        assert [(e.action, e.actor.id) for e in entries][1:] == [
            ("DocumentRequested", "CP-1001"),
            ("DocumentUploaded", "system:sweep-uploads"),
        ]

    play(story)


class TestOthersMeanwhile:
    @pytest.mark.parametrize(
        "content",
        [
            A_JPEG[:-2] + b"\xff\x00" * 2_000_000,  # a scan that never ends
            A_JPEG[:2] + b"\xff" * 8_000_000,  # a marker that is filled up for ever
            A_JPEG[:2] + b"\xff\xe0\x00\x02" * 1_000_000,  # empty segments
            a_png(filling=8_000_000),
            a_pdf(b"x" * 8_000_000),
        ],
        ids=["scan", "filling", "segments", "png", "pdf"],
    )
    def test_go_on_while_a_file_is_checked(self, content: bytes) -> None:
        """The check is a computation of up to a second; on the event loop it would hold up all other requests."""

        async def story(s: Setting) -> None:
            upload = await s.add()
            s.put(upload, content)
            longest = await longest_pause(s.complete(upload.document.id))
            assert longest < 0.1

        play(story)


async def longest_pause(work: Awaitable[object]) -> float:
    """For how many seconds at once nobody else had a turn while this was done, with or without success."""
    task = asyncio.ensure_future(work)
    longest, last = 0.0, time.thread_time()
    while not task.done():
        await asyncio.sleep(0)
        now = time.thread_time()  # the loop's own CPU time: a busy machine doesn't count
        longest, last = max(longest, now - last), now
    await asyncio.gather(task, return_exceptions=True)
    return longest
