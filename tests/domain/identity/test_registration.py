"""Channel partners and customers who register themselves (domain.md "Sign-in"), and how often a code is sent."""

from __future__ import annotations

import asyncio
from typing import Any

from domain.identity import (
    Person,
    Place,
    Registration,
    SignedIn,
    people,
    person,
    register_customer,
    register_partner,
    timeline_of_person,
)
from domain.values import Actor, PhoneNumber, Role
from tests.domain.identity.setting import DEACTIVATED, OTHER_PHONE, PHONE, Setting, outcome

PLACE = Place("1 Road", "Surat", "Gujarat", "395001")


def _said(code: str, phone: PhoneNumber = PHONE, **given: Any) -> Registration:
    return Registration(phone=phone, code=code, **({"name": "Asha"} | given))


async def _register(s: Setting, said: Registration) -> Person:
    return await register_partner(ports=s.ports, codes=s.codes, passwords=s.passwords, said=said, act=s.act())


class TestRegisterPartner:
    def test_makes_one_that_waits_and_says_so_itself_on_the_timeline(self) -> None:
        async def story() -> None:
            s = Setting()
            made = await _register(s, _said(await s.code(), email="Asha@Example.com", place=PLACE))
            assert made == await person(store=s.store, person_id=made.id)
            assert (str(made.status), made.phone, made.city) == ("Pending", PHONE, "Surat")
            assert made.email is not None
            assert made.email.text == "asha@example.com"
            admin = Actor("ADMIN-1", "Admin", Role.ADMIN)
            among = frozenset({Role.CP})
            [entry] = await timeline_of_person(store=s.store, person_id=made.id, among=among, actor=admin)
            assert entry.actor == Actor(made.id, "Asha", Role.CP)
            assert await outcome(s.enter(await s.code())) == "ACCOUNT_NOT_ACTIVE"

        asyncio.run(story())

    def test_needs_the_phones_own_code(self) -> None:
        async def story() -> None:
            s = Setting()
            code = await s.code()
            assert await outcome(_register(s, _said("999999"))) == "ONE_TIME_CODE_WRONG"
            assert await outcome(_register(s, _said(code, OTHER_PHONE))) == "ONE_TIME_CODE_WRONG"
            assert await people(store=s.store, roles={Role.CP}) == ()

        asyncio.run(story())

    def test_again_while_waiting_answers_with_what_is_there(self) -> None:
        async def story() -> None:
            s = Setting()
            first = await _register(s, _said(await s.code()))
            assert await _register(s, _said(await s.code(), name="Another")) == first

        asyncio.run(story())

    def test_who_is_active_or_shut_out_cannot_register_again(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_partner()
            assert await outcome(_register(s, _said(await s.code()))) == "PHONE_TAKEN"
            await s.a_partner(OTHER_PHONE, person_id="CP-1002", status=DEACTIVATED)
            again = _said(await s.code(OTHER_PHONE), OTHER_PHONE)
            assert await outcome(_register(s, again)) == "PHONE_TAKEN"

        asyncio.run(story())

    def test_a_faulty_email_costs_no_code(self) -> None:
        async def story() -> None:
            s = Setting()
            code = await s.code()
            assert await outcome(_register(s, _said(code, email="no"))) == "EMAIL_INVALID"
            assert await outcome(_register(s, _said(code))) == "ok"

        asyncio.run(story())


class TestRegisterCustomer:
    def test_signs_the_customer_in_under_the_name_given(self) -> None:
        async def story() -> None:
            s = Setting()

            async def register(code: str) -> SignedIn:
                said = _said(code, name="Kavita")
                return await register_customer(
                    ports=s.ports, codes=s.codes, tokens=s.tokens, customers=s.customers, said=said
                )

            done = await register(await s.code())
            assert (done.caller.actor.role, done.caller.actor.name) == (Role.CUSTOMER, "Kavita")
            assert await outcome(register("999999")) == "ONE_TIME_CODE_WRONG"

        asyncio.run(story())


class TestHowManyCodes:
    def test_ten_in_ten_minutes_known_or_not(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_partner()
            for phone in (PHONE, OTHER_PHONE):
                done = [await outcome(s.code(phone)) for _ in range(11)]
                assert done == ["ok"] * 10 + ["TOO_MANY_REQUESTS"]
            s.clock.advance(minutes=10)
            assert await outcome(s.code()) == "ok"

        asyncio.run(story())

    def test_in_parallel_too(self) -> None:
        async def story() -> None:
            s = Setting()
            await asyncio.gather(*(outcome(s.code()) for _ in range(30)))
            assert len(s.messages.smses) <= 10

        asyncio.run(story())

    def test_a_code_that_is_used_begins_the_count_anew(self) -> None:
        async def story() -> None:
            s = Setting()
            for _ in range(25):
                await s.enter(await s.code())

        asyncio.run(story())
