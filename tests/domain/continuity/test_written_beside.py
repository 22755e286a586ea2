"""All that a change writes in other partitions, row by row: a copy that lacks it has it again after a restore and
after a promotion, and `rebuild_views` puts it (docs/tables.md, "Written beside")."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from domain import bulk, documents, identity, jobs, leads, notifications, quotations
from domain.continuity import Kind, Rule, back_up, mend_all, mend_copy
from domain.customer_exceptions import change_phone, finish_open_jobs
from domain.identity import EmailAddress, ExternalIdentity
from domain.store import Row
from domain.values import PhoneNumber, Role, iso
from tests.domain.continuity.account import ALL, FIRST, SECOND, Business, played
from tests.domain.identity.setting import Hashing, Live, Tokens
from tests.domain.sales.world import ASHA, RAVI

KAM = "KAM-1001"
SIGNED_IN = ExternalIdentity("tenant", "mine", EmailAddress("kabir@example.com"))


class Verified:
    """The directory vouches for everybody."""

    async def read(self, *, token: str) -> ExternalIdentity:
        return SIGNED_IN


async def a_quotation(b: Business) -> None:
    await b.world.quotation(SECOND)


async def an_upload(b: Business) -> None:
    act = b.world.act(RAVI)
    await documents.add_lead_document(
        ports=b.world.ports, blobs=b.files, lead_id=SECOND, doc_type="GENERAL", act=act
    )


async def a_kyc_upload(b: Business) -> None:
    await documents.add_kyc_document(
        ports=b.world.ports,
        blobs=b.files,
        customer_id=str(b.value("leads", SECOND, "lead", "customerId")),
        kind=documents.KycType.PAN,
        lead_id=None,
        act=b.world.act(ASHA),
    )


async def a_payment(b: Business) -> None:
    await b.world.executed(1003)
    await b.world.approve("LEAD-1003")
    await b.world.pay("LEAD-1003")


async def a_lead(b: Business) -> None:
    await b.world.lead(1003)


async def a_partner(b: Business) -> None:
    await enrolled(b, "CP-1009", Role.CP, phone=PhoneNumber("+919000000009"))


async def a_kam(b: Business) -> None:
    await enrolled(b, KAM, Role.KAM, email=SIGNED_IN.verified_email, password="Kam-Demo-1!")
    await identity.sign_in_with_microsoft(
        ports=b.world.ports, tokens=Tokens(), external=Verified(), token="any", write_id=b.world.ids.unique()
    )


async def enrolled(b: Business, person_id: str, role: Role, **how: object) -> None:
    await identity.enroll(
        ports=b.world.ports,
        passwords=Hashing(),
        act=b.world.act(ASHA),
        person_id=person_id,
        name="Kabir",
        role=role,
        **how,  # type: ignore[arg-type]  # what each signs in with
    )


@dataclass(frozen=True)
class Beside:
    """What is done, the row that follows from it elsewhere, and the rule that it breaks if it isn't there."""

    story: Callable[[Business], Awaitable[None]]
    table: str
    partition: str
    key: str
    rule: Rule
    kind: Kind


WRITTEN_BESIDE: dict[str, Beside] = {
    "a partner's list": Beside(a_lead, "views", "cp|CP-1001", "LEAD-1003", Rule.VIEWS, Kind.LISTS),
    "the list of all": Beside(a_lead, "views", leads.shard_of("LEAD-1003"), "LEAD-1003", Rule.VIEWS, Kind.LISTS),
    "a customer's link": Beside(a_lead, "customers", "CUST-", "lead:LEAD-1003", Rule.LINK, Kind.LINKS),
    "a customer's phone": Beside(a_lead, "phones", "+919800001003", "customer", Rule.PHONE, Kind.PHONES),
    "a quotation's last day": Beside(
        a_quotation, "expiries", "2026-04-0", "QUOT-100201", Rule.EXPIRY, Kind.EXPIRIES
    ),
    "a lead's upload": Beside(an_upload, "views", "uploads", "DOC-", Rule.UPLOAD, Kind.UPLOADS),
    "a KYC upload": Beside(a_kyc_upload, "views", "uploads", "KYC-DOC-", Rule.UPLOAD, Kind.UPLOADS),
    "a UTR": Beside(a_payment, "utrs", "SBIN526010912345", "commission", Rule.UTR, Kind.UTRS),
    "a partner's phone": Beside(a_partner, "phones", "+919000000009", "partner", Rule.SIGN_IN, Kind.SIGN_INS),
    "an address of staff": Beside(a_kam, "emails", "kabir@example.com", "staff", Rule.SIGN_IN, Kind.SIGN_INS),
    "a Microsoft account": Beside(a_kam, "identities", "tenant:mine", "staff", Rule.SIGN_IN, Kind.SIGN_INS),
}


def lost(b: Business, beside: Beside) -> Row:
    """Take the row away, wherever it is."""
    rows = b.world.store._tables[beside.table]
    at = [a for a in rows if a[0].startswith(beside.partition) and a[1].startswith(beside.key)]
    assert len(at) == 1, at
    return rows.pop(at[0])


def said(row: Row | None) -> dict[str, object] | None:
    """What a row says; not when it was put, nor by whom."""
    if row is None:
        return None
    return {name: v for name, v in row.values.items() if name not in ("at", "claimedAt", "introduces", "writeId")}


@pytest.mark.parametrize("name", WRITTEN_BESIDE)
class TestWhatIsWrittenBeside:
    def test_is_missed_by_the_check_and_put_by_rebuild_views(self, name: str) -> None:
        beside = WRITTEN_BESIDE[name]

        async def story(b: Business) -> None:
            await beside.story(b)
            await b.world.settle()
            row = lost(b, beside)
            assert {v.rule for v in await b.broken()} == {beside.rule}
            leads_, wrong, mended = await mend_all(ports=b.world.ports, told=lambda *progress: None)
            assert leads_ >= 2 and wrong + mended.total() == 1 and (wrong or mended == {beside.kind: 1})
            assert said(b.row(beside.table, row.partition, row.key)) == said(row)
            assert await b.broken() == []
            assert (await mend_all(ports=b.world.ports, told=lambda *progress: None))[1:] == (0, {})

        played(story)

    def test_is_there_after_a_restore_of_a_copy_that_lacks_it(self, name: str) -> None:
        """The backup has read the row's table before, or a marker's, and the change after it."""
        beside = WRITTEN_BESIDE[name]

        async def story(b: Business) -> None:
            b.world.clock.advance(days=1)
            await beside.story(b)
            await b.world.settle()
            row = lost(b, beside)
            made = await back_up(engine=b.engine)
            b.lose(*b.engine.tables)
            done = await b.restored(ALL, backup_id=made.run.backup_id)
            assert done.mended[beside.kind] >= 1
            assert said(b.row(beside.table, row.partition, row.key)) == said(row)
            assert await b.broken() == []

        played(story)

    def test_is_there_after_the_promotion_of_a_copy_that_lacks_it(self, name: str) -> None:
        beside = WRITTEN_BESIDE[name]

        async def story(b: Business) -> None:
            at_sync = b.world.clock.now()
            await beside.story(b)
            await b.world.settle()
            row = lost(b, beside)
            assert (await mend_copy(target=b.target, since=at_sync))[beside.kind] == 1
            assert said(b.row(beside.table, row.partition, row.key)) == said(row)
            assert await b.broken() == []

        played(story)


async def accepted(b: Business) -> None:
    await b.world.accept(await b.world.quotation(SECOND))


class TestNews:
    """Notices of what was entered while the copy was made; the inboxes were read before."""

    @pytest.mark.parametrize("by", ["restore", "promotion"])
    def test_of_a_lead_are_told_after_all_and_nobody_hears_twice(self, by: str) -> None:
        async def story(b: Business) -> None:
            await accepted(b)
            await b.world.settle()
            told = await inbox(b)
            assert any("accepted" in title for title in told), told
            b.lose("notifications")
            await came_back(b, by)
            assert await inbox(b) == []
            b.world.clock.advance(minutes=1)
            await leads.sweep(ports=b.world.ports, afterwork=quotations.note_expiries)
            assert await inbox(b) == told
            await leads.sweep(ports=b.world.ports, afterwork=quotations.note_expiries)
            assert await inbox(b) == told

        played(story)


async def inbox(b: Business) -> list[str]:
    found = await notifications.inbox_of(store=b.world.store, person="CP-1001")
    return sorted(n.notice.title for n in found.notifications)


async def came_back(b: Business, by: str) -> None:
    if by == "promotion":
        await mend_copy(target=b.target, since=b.world.clock.now())
        return
    made = await back_up(engine=b.engine, slot="2026-03-02T120000")
    b.lose(*b.engine.tables)
    await b.restored(ALL, backup_id=made.run.backup_id)


class TestJobs:
    """The table of jobs is read behind those that they change."""

    def test_that_ended_while_the_copy_was_made_are_carried_out_again(self) -> None:
        """A customer's phone was changed: the copy has the customer from before, and the claims from after."""

        async def story(b: Business) -> None:
            customer = str(b.value("leads", FIRST, "lead", "customerId"))
            before = {a: row for a, row in b.world.store._tables["customers"].items() if a[0] == customer}
            await change_phone(
                ports=b.world.ports,
                live=Live(),
                job_id="JOB-1",
                customer_id=customer,
                new_phone=PhoneNumber("+919833333333"),
                reason="The customer has a new number",
                act=b.world.act(ASHA, version=1),
            )
            await b.world.settle()
            b.lose("customers", partition=customer)
            b.world.store._tables["customers"].update(before)
            made = await back_up(engine=b.engine, slot="2026-03-02T120000")
            b.lose(*b.engine.tables)
            done = await b.restored(ALL, backup_id=made.run.backup_id)
            assert done.mended[Kind.JOBS] == 1
            b.world.clock.advance(minutes=2)
            assert await finish_open_jobs(ports=b.world.ports, live=Live()) == 1
            await b.world.settle()
            assert b.value("customers", customer, "customer", "phone") == "+919833333333"
            assert await jobs.open_jobs(store=b.world.store) == () and await b.broken() == []

        played(story)

    def test_of_an_import_that_is_open_store_each_lead_again(self) -> None:
        """A part was noted as stored after the leads had been read."""

        async def story(b: Business) -> None:
            new = leads.NewLead(
                customer_name="Kavita", phone=PhoneNumber("+919844444444"), address="5 Station Road"
            )
            act = b.world.act(ASHA)
            rows = [bulk.ImportRow.of(2, new)]
            job = await bulk.begin_import(ports=b.world.ports, job_id="JOB-1", rows=rows, faults=[], act=act)
            part = b.row("jobs", "JOB-1", "part:0000")
            assert part is not None
            await b.put("jobs", "JOB-1", "stored:0000", at=iso(act.at), ids=part.values["ids"])
            made = await back_up(engine=b.engine, slot="2026-03-02T120000")
            b.lose(*b.engine.tables)
            await b.restored(ALL, backup_id=made.run.backup_id)
            await bulk.carry_on(ports=b.world.ports, job=job)
            await b.world.settle()
            lead_id = json.loads(str(part.values["ids"]))[0]
            assert b.value("leads", lead_id, "lead", "phone") == "+919844444444" and await b.broken() == []

        played(story)
