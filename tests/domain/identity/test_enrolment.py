"""Making people with a login: one per phone or email, finished after a crash (design.md §3)."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from domain.identity import (
    EmailAddress,
    PersonInvalid,
    PersonNotFound,
    partner_by_phone,
    partner_ids_of_kam,
    partners,
    people,
    person,
    person_id,
    plain_person,
)
from domain.store import Create
from domain.timeline import FIRST_ENTRY, entry_from_row, fold, verify
from domain.values import Role
from tests.domain.identity.setting import EMAIL, OTHER_PHONE, PASSWORD, PHONE, Setting, outcome


class TestEnroll:
    def test_stores_what_it_answers(self) -> None:
        async def story() -> None:
            s = Setting()
            made = [await s.a_partner(kam_id="KAM-1001"), await s.a_kam()]
            assert [await person(store=s.store, person_id=p.id) for p in made] == made
            assert made[1].password_hash == f"hash of {PASSWORD}"
            assert made[0].version == 1

        asyncio.run(story())

    def test_the_timeline_holds_all_values_but_no_password(self) -> None:
        async def story() -> None:
            s = Setting()
            made = await s.a_kam()
            rows = [row async for row in s.store.scan(table="people", partition=made.id)]
            entries = [entry_from_row(row) for row in rows if row.key.startswith(FIRST_ENTRY)]
            assert verify(entries, last_hash=made.last_hash, version=1) is None
            present = {name: value for name, value in plain_person(made).items() if value is not None}
            assert fold(entries) == present
            assert PASSWORD not in str(entries)

        asyncio.run(story())

    def test_a_repetition_changes_nothing(self) -> None:
        async def story() -> None:
            s = Setting()
            first = await s.a_kam()
            s.clock.advance(days=1)
            assert await s.a_kam(name="Another", password="Another-Pass-2!") == first

        asyncio.run(story())

    def test_parallel_repetitions_make_one_person(self) -> None:
        async def story() -> None:
            s = Setting()
            made = await asyncio.gather(*(s.a_partner() for _ in range(10)))
            assert len({(p.id, p.last_hash) for p in made}) == 1

        asyncio.run(story())

    def test_an_id_stays_one_persons(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_partner()
            assert await outcome(s.a_partner(OTHER_PHONE)) == "PERSON_EXISTS"

        asyncio.run(story())

    def test_a_phone_is_one_partners_and_an_email_one_staffs(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_partner()
            await s.a_kam()
            s.clock.advance(days=1)
            assert await outcome(s.a_partner(person_id="CP-1002")) == "PHONE_TAKEN"
            assert await outcome(s.a_kam(person_id="KAM-1002")) == "EMAIL_TAKEN"
            contact = await s.a_partner(OTHER_PHONE, person_id="CP-1003", email=EMAIL)
            assert contact.email == EMAIL

        asyncio.run(story())

    def test_of_parallel_ones_with_one_phone_one_wins(self) -> None:
        async def story() -> None:
            s = Setting()
            ids = [person_id(role=Role.CP, number=number) for number in range(1001, 1021)]
            results = Counter(await asyncio.gather(*(outcome(s.a_partner(person_id=i)) for i in ids)))
            assert results == {"ok": 1, "PHONE_TAKEN": 19}
            (winner,) = await partners(store=s.store)
            assert await partner_by_phone(store=s.store, phone=PHONE) == winner

        asyncio.run(story())

    @pytest.mark.parametrize(
        ("given", "fields"),
        [
            ({"name": " "}, ["name"]),
            ({"name": "x" * 101}, ["name"]),
            ({"phone": None, "name": ""}, ["name", "phone"]),
            ({"password": PASSWORD}, ["password"]),
            ({"person_id": "KAM-1001"}, ["id"]),
            ({"role": Role.KAM, "person_id": "KAM-1001"}, ["email", "password"]),
            ({"role": Role.ADMIN, "email": EMAIL, "password": PASSWORD, "kam_id": "KAM-1"}, ["id", "kamId"]),
            ({"role": Role.CUSTOMER}, ["role", "id"]),
        ],
    )
    def test_names_every_fault(self, given: dict[str, Any], fields: list[str]) -> None:
        with pytest.raises(PersonInvalid) as refused:
            asyncio.run(Setting().a_partner(**given))
        assert [fault.field for fault in refused.value.faults] == fields

    def test_refuses_a_weak_password_before_it_claims_anything(self) -> None:
        async def story() -> None:
            s = Setting()
            assert await outcome(s.a_kam(password="password")) == "PASSWORD_TOO_WEAK"
            assert [row async for row in s.store.scan(table="emails")] == []

        asyncio.run(story())


async def _claimed(s: Setting, by: str) -> None:
    values = {"personId": by, "claimedAt": "2026-03-31T12:00:00.000Z"}
    await s.store.commit(
        table="phones", partition=PHONE.e164, writes=[Create("partner", values)], write_id="crashed"
    )


class TestAfterACrash:
    def test_the_same_person_is_finished_at_once(self) -> None:
        async def story() -> None:
            s = Setting()
            await _claimed(s, "CP-1001")
            assert (await s.a_partner()).id == "CP-1001"

        asyncio.run(story())

    @pytest.mark.parametrize(("after", "expected"), [({"seconds": 59}, "PHONE_TAKEN"), ({"seconds": 60}, "ok")])
    def test_another_person_gets_the_phone_once_the_claim_is_surely_nobodys(
        self, after: dict[str, float], expected: str
    ) -> None:
        async def story() -> None:
            s = Setting()
            await _claimed(s, "CP-0999")
            s.clock.advance(**after)
            assert await outcome(s.a_partner()) == expected

        asyncio.run(story())

    def test_a_claim_for_somebody_with_another_phone_is_nobodys(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_partner(OTHER_PHONE)
            await _claimed(s, "CP-1001")
            assert await partner_by_phone(store=s.store, phone=PHONE) is None
            assert (await s.a_partner(person_id="CP-1002")).phone == PHONE

        asyncio.run(story())

    def test_a_claim_without_its_person_signs_a_customer_in(self) -> None:
        async def story() -> None:
            s = Setting()
            await _claimed(s, "CP-0999")
            assert (await s.enter(await s.code())).caller.actor.role is Role.CUSTOMER

        asyncio.run(story())


class TestQueries:
    def test_partners_and_those_of_a_kam(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            await s.a_partner(kam_id="KAM-1001")
            await s.a_partner(OTHER_PHONE, person_id="CP-1002")
            assert [p.id for p in await partners(store=s.store)] == ["CP-1001", "CP-1002"]
            assert [p.id for p in await people(store=s.store, roles={Role.KAM})] == ["KAM-1001"]
            assert await partner_ids_of_kam(store=s.store, kam_id="KAM-1001") == {"CP-1001"}
            assert await partner_ids_of_kam(store=s.store, kam_id="KAM-1002") == frozenset()

        asyncio.run(story())

    def test_nobody_is_not_found(self) -> None:
        with pytest.raises(PersonNotFound):
            asyncio.run(person(store=Setting().store, person_id="CP-1001"))

    def test_an_admin_signs_in_by_email(self) -> None:
        async def story() -> None:
            s = Setting()
            email = EmailAddress("admin@example.com")
            await s.a_kam(person_id="ADMIN-1001", role=Role.ADMIN, email=email, password="Admin-Demo-1!")
            assert (await s.log_in("Admin-Demo-1!", email)).caller.actor.role is Role.ADMIN

        asyncio.run(story())
