"""KYC of a customer: uploads, versions, the review and who sees what."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from domain import customers, documents, leads
from domain.customers import Customer, CustomerDecision, CustomerNotFound
from domain.documents import Document, DocumentStatus, KycType
from domain.documents.errors import (
    DocumentNotFound,
    FileTypeNotAllowed,
    KycLocked,
    KycNotDeletable,
    KycNotPending,
)
from domain.leads import LeadNotFound
from domain.store import Row
from domain.timeline import Note, VersionStale, entry_from_row, verify
from domain.values import Actor, PhoneNumber, Role
from tests.domain.documents.files import A_JPEG, a_pdf
from tests.domain.documents.setting import ADMIN, LEAD, MEERA, RAVI, Setting
from tests.domain.documents.test_crashes import CALLS, with_a_kill

KAM = Actor("KAM-1001", "Kabir", Role.KAM, partners=frozenset({RAVI.id}))
OTHER_KAM = Actor("KAM-1002", "Kiran", Role.KAM, partners=frozenset({MEERA.id}))


class Kyc(Setting):
    """What people do with the KYC documents of the lead's customer."""

    async def open(self) -> Kyc:
        await super().open()
        self.customer_id = (await self.file()).lead.customer_id
        self.kavita = Actor(self.customer_id, "Kavita", Role.CUSTOMER)
        return self

    async def begin(self, kind: KycType = KycType.PAN, actor: Actor = RAVI, lead_id: str | None = None) -> Any:
        return await documents.add_kyc_document(
            ports=self.ports,
            blobs=self.blobs,
            customer_id=self.customer_id,
            kind=kind,
            lead_id=lead_id,
            act=self.act(actor),
        )

    async def pending(self, kind: KycType = KycType.PAN, actor: Actor = RAVI, content: bytes = A_JPEG) -> Document:
        upload = await self.begin(kind, actor)
        self.put(upload, content)
        return await self.complete(upload.document.id, actor)

    async def approve(self, document_id: str, actor: Actor = ADMIN, **said: Any) -> Document:
        return await documents.approve_kyc_document(
            ports=self.ports, document_id=document_id, act=self.act(actor, **said)
        )

    async def reject(self, document_id: str, actor: Actor = ADMIN, reason: str = "Not readable") -> Document:
        return await documents.reject_kyc_document(
            ports=self.ports, document_id=document_id, reason=reason, act=self.act(actor)
        )

    async def seen(self, actor: Actor = ADMIN, lead_id: str | None = None) -> list[Document]:
        _, found = await documents.kyc_of(
            store=self.store, customer_id=self.customer_id, actor=actor, lead_id=lead_id
        )
        return list(found)

    async def statuses(self) -> dict[str, DocumentStatus]:
        return {d.id: d.status for d in await self.seen()}

    async def kyc_actions(self) -> list[str]:
        """What the customer's timeline, which is whole, says of documents."""
        rows: list[Row] = [row async for row in self.store.scan(table="customers", partition=self.customer_id)]
        entries = [entry_from_row(row) for row in rows if row.key.startswith("timeline:")]
        customer = await customers.read_customer(store=self.store, customer_id=self.customer_id)
        assert customer is not None
        assert verify(entries, last_hash=customer.last_hash, version=customer.version) is None
        return [e.action for e in entries if e.action.startswith(("Kyc", "Document"))]


def play(story: Callable[[Kyc], Awaitable[None]]) -> None:
    async def told() -> None:
        setting = await Kyc().open()
        await story(setting)
        setting.forget_what_was_left()

    asyncio.run(told())


class TestUpload:
    @pytest.mark.parametrize("who", ["partner", "customer", "admin", "kam"])
    def test_is_for_the_customer_and_its_own_people(self, who):
        async def story(s: Kyc) -> None:
            actor = {"partner": RAVI, "customer": s.kavita, "admin": ADMIN, "kam": KAM}[who]
            done = await s.pending(KycType.AADHAAR, actor)
            assert done.id.startswith(f"KYC-DOC-{s.customer_id.removeprefix('CUST-')}-")
            assert (done.status, done.doc_type, done.requested_by) == (
                DocumentStatus.UPLOADED,
                "Aadhaar",
                actor.id,
            )
            assert done.lead_id == LEAD
            assert await s.seen() == [done]
            assert await s.kyc_actions() == ["KycRequested", "KycUploaded"]
            assert await s.read(done.id, actor) == A_JPEG

        play(story)

    def test_by_strangers_finds_no_customer(self):
        async def story(s: Kyc) -> None:
            for actor in (MEERA, OTHER_KAM, Actor("CUST-9999", "x", Role.CUSTOMER)):
                with pytest.raises(CustomerNotFound):
                    await s.begin(actor=actor)
            with pytest.raises(LeadNotFound):
                await s.begin(lead_id="LEAD-9999")

        play(story)

    def test_of_a_bad_file_is_refused_and_replaces_nothing(self):
        async def story(s: Kyc) -> None:
            good = await s.pending()
            with pytest.raises(FileTypeNotAllowed):
                await s.pending(content=b"MZ")
            assert sorted((await s.statuses()).values()) == [DocumentStatus.QUARANTINED, DocumentStatus.UPLOADED]
            assert await s.read(good.id) == A_JPEG
            assert await s.kyc_actions() == ["KycRequested", "KycUploaded", "KycRequested", "DocumentQuarantined"]

        play(story)


class TestReplace:
    @pytest.mark.parametrize("rejected", [False, True])
    def test_keeps_the_older_version(self, rejected):
        async def story(s: Kyc) -> None:
            old = await s.pending()
            if rejected:
                await s.reject(old.id)
            s.clock.forward(minutes=1)
            upload = await s.begin()
            assert (await s.statuses())[old.id] is not DocumentStatus.SUPERSEDED  # nothing has arrived yet
            s.put(upload, a_pdf())
            new = await s.complete(upload.document.id)
            assert await s.statuses() == {old.id: DocumentStatus.SUPERSEDED, new.id: DocumentStatus.UPLOADED}
            assert [d.id for d in documents.current_kyc(await s.seen(), s.clock.now())] == [new.id]
            assert await s.read(old.id) == A_JPEG
            assert (await s.kyc_actions())[-2:] == ["KycUploaded", "KycSuperseded"]
            with pytest.raises(KycNotPending):
                await s.approve(old.id)

        play(story)

    def test_of_an_approved_one_is_refused(self):
        async def story(s: Kyc) -> None:
            done = await s.pending()
            await s.approve(done.id)
            with pytest.raises(KycLocked):
                await s.begin()
            assert (await s.begin(KycType.OTHER)).document.status is DocumentStatus.AWAITED

        play(story)

    def test_that_arrives_after_the_approval_is_given_up(self):
        async def story(s: Kyc) -> None:
            old = await s.pending()
            upload = await s.begin()
            await s.approve(old.id)
            s.put(upload)
            with pytest.raises(KycLocked):
                await s.complete(upload.document.id)
            await s.do_what_was_left()
            s.clock.forward(minutes=30)
            await s.sweep()
            assert (await s.statuses())[old.id] is DocumentStatus.APPROVED
            assert (await s.statuses())[upload.document.id] is DocumentStatus.ABANDONED
            assert await s.markers() == []

        play(story)

    def test_by_two_at_once_leaves_one_in_use(self):
        async def story(s: Kyc) -> None:
            uploads = [await s.begin() for _ in range(5)]
            for upload in uploads:
                s.put(upload)
            await asyncio.gather(*(s.complete(u.document.id) for u in uploads))
            statuses = sorted((await s.statuses()).values())
            assert statuses == [DocumentStatus.SUPERSEDED] * 4 + [DocumentStatus.UPLOADED]

        play(story)

    def test_while_it_is_approved_ends_with_one_of_the_two(self):
        async def story(s: Kyc) -> None:
            old = await s.pending()
            upload = await s.begin()
            s.put(upload)
            works = (s.approve(old.id), s.complete(upload.document.id))
            await asyncio.gather(*works, return_exceptions=True)
            statuses = await s.statuses()
            assert (statuses[old.id], statuses[upload.document.id]) in (
                (DocumentStatus.APPROVED, DocumentStatus.AWAITED),
                (DocumentStatus.SUPERSEDED, DocumentStatus.UPLOADED),
            )

        play(story)

    def test_of_one_type_leaves_the_others(self):
        async def story(s: Kyc) -> None:
            for kind in KycType:
                await s.pending(kind)
            assert [d.doc_type for d in await s.seen()] != []
            assert set((await s.statuses()).values()) == {DocumentStatus.UPLOADED}
            assert {d.doc_type for d in await s.seen()} == {
                "IncomeProof",
                "LightBill",
                "CancelledCheque",
                "Aadhaar",
                "PAN",
                "PassportPhoto",
                "Other",
            }

        play(story)


class TestReview:
    @pytest.mark.parametrize("actor", [ADMIN, KAM], ids=["admin", "kam"])
    def test_approves_once(self, actor):
        async def story(s: Kyc) -> None:
            done = await s.pending()
            approved = await s.approve(done.id, actor)
            assert (approved.status, approved.closed_by) == (DocumentStatus.APPROVED, actor.id)
            assert await s.approve(done.id, ADMIN) == approved
            with pytest.raises(KycLocked):
                await s.reject(done.id)
            assert (await s.kyc_actions())[-1] == "KycApproved"

        play(story)

    def test_rejects_with_a_reason(self):
        async def story(s: Kyc) -> None:
            done = await s.pending()
            rejected = await s.reject(done.id, reason="The name is cut off")
            assert (rejected.status, rejected.reason) == (DocumentStatus.REJECTED, "The name is cut off")
            assert await s.reject(done.id, reason="The name is cut off") == rejected
            with pytest.raises(KycNotPending):
                await s.approve(done.id)
            assert (await s.kyc_actions())[-1] == "KycRejected"

        play(story)

    def test_of_twenty_at_once_has_one_outcome(self):
        async def story(s: Kyc) -> None:
            done = await s.pending()
            both = [f(done.id) for _ in range(10) for f in (s.approve, s.reject)]
            await asyncio.gather(*both, return_exceptions=True)
            outcome = [a for a in await s.kyc_actions() if a in ("KycApproved", "KycRejected")]
            assert len(outcome) == 1

        play(story)

    def test_honours_if_match(self):
        async def story(s: Kyc) -> None:
            done = await s.pending()
            with pytest.raises(VersionStale):
                await s.approve(done.id, version=done.version - 1, exact=True)
            assert (await s.approve(done.id, version=done.version, exact=True)).status is DocumentStatus.APPROVED

        play(story)

    def test_needs_a_checked_file_and_an_own_customer(self):
        async def story(s: Kyc) -> None:
            upload = await s.begin()
            with pytest.raises(KycNotPending):
                await s.approve(upload.document.id)
            for document_id in (upload.document.id, "KYC-DOC-9999-000000000000", (await s.add()).document.id):
                with pytest.raises(DocumentNotFound):
                    await s.approve(document_id, OTHER_KAM)

        play(story)


class TestPrivacy:
    def test_a_partner_learns_nothing_by_a_lead_under_the_same_phone(self):
        """Case 29."""

        async def story(s: Kyc) -> None:
            done = await s.pending()
            new = leads.NewLead(
                customer_name="K",
                phone=PhoneNumber("+919800000001"),
                address="y",
                assigned_to=MEERA.id,
                assigned_name=MEERA.name,
            )
            await leads.register_lead(ports=s.ports, lead_id="LEAD-1002", new=new, act=s.act(MEERA))
            assert await s.seen(MEERA) == []
            for work in (s.read, s.complete, s.delete):
                with pytest.raises(DocumentNotFound):
                    await work(done.id, MEERA)
            own = await s.pending(KycType.LIGHT_BILL, MEERA)
            assert (own.lead_id, await s.seen(MEERA)) == ("LEAD-1002", [own])
            assert await s.seen(lead_id=LEAD) == [done]

        play(story)


class TestMerge:
    def test_keeps_the_documents_of_both_records_and_their_locks(self):
        async def story(s: Kyc) -> None:
            survivor, kavita = s.customer_id, s.kavita
            light_bill = await s.pending(KycType.LIGHT_BILL)
            new = leads.NewLead(customer_name="K. Desai", phone=PhoneNumber("+919800000002"), address="x")
            file = await leads.register_lead(ports=s.ports, lead_id="LEAD-1002", new=new, act=s.act(ADMIN))
            s.customer_id = file.lead.customer_id
            pan = await s.pending(KycType.PAN, ADMIN)
            await s.approve(pan.id)
            await merge(s, s.customer_id, survivor)
            for customer_id in (survivor, s.customer_id):
                s.customer_id = customer_id
                assert {d.id for d in await s.seen(kavita)} == {light_bill.id, pan.id}
                with pytest.raises(KycLocked):
                    await s.begin(KycType.PAN, kavita)
            assert await s.read(pan.id, kavita) == A_JPEG
            assert (await s.begin(KycType.AADHAAR, kavita)).document.owner == survivor

        play(story)


async def merge(s: Kyc, gone: str, survivor: str) -> None:
    """What merging two customers leaves on their rows."""
    for customer_id, now in ((gone, {"merged_into": survivor}), (survivor, {"absorbed": (gone,)})):

        def decide(customer: Customer, now: dict[str, Any] = now) -> CustomerDecision:
            return CustomerDecision(replace(customer, **now), (Note("CustomersMerged", "merged"),))

        await customers.change_customer(ports=s.ports, customer_id=customer_id, act=s.act(ADMIN), decide=decide)


class TestDelete:
    def test_is_for_documents_of_leads(self):
        async def story(s: Kyc) -> None:
            done = await s.pending()
            with pytest.raises(KycNotDeletable):
                await s.delete(done.id)
            with pytest.raises(DocumentNotFound):
                await s.delete(done.id, MEERA)

        play(story)


@pytest.mark.parametrize("calls", range(1, CALLS))
def test_a_killed_completion_ends_as_if_nothing_had_happened(calls: int) -> None:
    async def story(s: Kyc) -> None:
        old = await s.pending()
        upload = await s.begin()
        s.put(upload, a_pdf())
        await with_a_kill(s, s.complete(upload.document.id), calls)
        assert len({DocumentStatus.UPLOADED} & set((await s.statuses()).values())) == 1
        s.clock.forward(minutes=11)
        await s.sweep()
        expected = {old.id: DocumentStatus.SUPERSEDED, upload.document.id: DocumentStatus.UPLOADED}
        assert await s.statuses() == expected
        assert (await s.kyc_actions())[-2:] == ["KycUploaded", "KycSuperseded"]
        assert await s.markers() == []

    play(story)
