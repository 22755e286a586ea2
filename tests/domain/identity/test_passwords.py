"""Passwords set by a mailed link and changed by their owner (domain.md "Sign-in")."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from domain.errors import Invalid
from domain.identity import (
    EmailAddress,
    Person,
    ResetPage,
    change_password,
    person,
    request_password_reset,
    reset_password,
    use_session,
)
from domain.values import Actor, Role
from tests.domain.identity.setting import DEACTIVATED, EMAIL, PASSWORD, Setting, outcome

PAGE = ResetPage("https://portal.example/")
NEW = "Another-Pass-2!"
KIRAN = Actor("KAM-1001", "Kiran", Role.KAM)


async def _ask(s: Setting, email: EmailAddress = EMAIL) -> None:
    await request_password_reset(ports=s.ports, messages=s.messages, page=PAGE, email=email)


async def _token(s: Setting) -> str:
    await _ask(s)
    await s.finish()
    found = re.search(r"https://portal\.example/reset-password\?token=(\S+)", s.messages.emails[-1].text)
    assert found
    return found[1]


async def _reset(s: Setting, token: str, password: str = NEW) -> Person:
    return await reset_password(
        ports=s.ports,
        passwords=s.passwords,
        live=s.live,
        token=token,
        password=password,
        write_id=s.ports.ids.unique(),
    )


async def _change(s: Setting, session_id: str, current: str = PASSWORD, new: str = NEW) -> None:
    await change_password(
        ports=s.ports,
        passwords=s.passwords,
        live=s.live,
        session_id=session_id,
        current=current,
        new=new,
        act=s.act(KIRAN),
    )


async def _live(s: Setting, signed_in: Any) -> bool:
    caller = signed_in.caller
    return await use_session(ports=s.ports, person_id=caller.actor.id, session_id=caller.session_id) is not None


class TestForgotten:
    def test_a_link_sets_a_new_password_and_ends_all_sessions(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            before = await s.log_in()
            await _reset(s, await _token(s))
            assert await outcome(s.log_in()) == "CREDENTIALS_WRONG"
            after = await s.log_in(NEW)
            assert [await _live(s, before), await _live(s, after)] == [False, True]

        asyncio.run(story())

    def test_only_a_hash_of_the_link_is_stored(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            token = await _token(s)
            stored = str([row async for row in s.store.scan(table="people")])
            assert token not in stored
            assert token.partition(".")[2] not in stored

        asyncio.run(story())

    def test_asking_does_nothing_before_the_answer_whoever_asks(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            before = len(s.store.requests)
            await _ask(s)
            await _ask(s, EmailAddress("nobody@example.com"))
            assert len(s.store.requests) == before
            await s.finish()
            assert [m.to for m in s.messages.emails] == [EMAIL.text]

        asyncio.run(story())

    def test_nobody_is_mailed_who_may_not_sign_in(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam(status=DEACTIVATED)
            await _ask(s)
            await s.finish()
            assert s.messages.emails == []

        asyncio.run(story())

    def test_at_most_one_link_a_minute_is_mailed(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            for seconds in (0, 59, 1, 30):
                s.clock.advance(seconds=seconds)
                await _ask(s)
                await s.finish()
            assert len(s.messages.emails) == 2

        asyncio.run(story())

    def test_works_once_also_in_parallel(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            token = await _token(s)
            done = await asyncio.gather(*(outcome(_reset(s, token, f"{NEW}{n}")) for n in range(10)))
            assert sorted(done) == sorted(["RESET_LINK_INVALID"] * 9 + ["ok"])
            assert await outcome(_reset(s, token)) == "RESET_LINK_INVALID"

        asyncio.run(story())

    @pytest.mark.parametrize(("seconds", "refusal"), [(1799.999, "ok"), (1800, "RESET_LINK_INVALID")])
    def test_works_for_thirty_minutes(self, seconds: float, refusal: str) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            token = await _token(s)
            s.clock.advance(seconds=seconds)
            assert await outcome(_reset(s, token)) == refusal

        asyncio.run(story())

    def test_a_newer_link_voids_the_older(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            old = await _token(s)
            s.clock.advance(minutes=1)
            new = await _token(s)
            assert [await outcome(_reset(s, token)) for token in (old, new)] == ["RESET_LINK_INVALID", "ok"]

        asyncio.run(story())

    @pytest.mark.parametrize("token", ["", "x", "KAM-1001.", "KAM-1001." + "0" * 64, "CP-1001." + "0" * 64])
    def test_a_made_up_link_opens_nothing(self, token: str) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            await _token(s)
            assert await outcome(_reset(s, token)) == "RESET_LINK_INVALID"

        asyncio.run(story())

    def test_a_weak_password_is_told_what_it_lacks_and_leaves_the_link(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            token = await _token(s)
            with pytest.raises(Invalid) as refused:
                await _reset(s, token, "lower only")
            [fault] = refused.value.faults
            assert fault.field == "newPassword"
            assert fault.message.endswith(
                "yours lacks: an upper-case letter, a digit, a special character, 12 or more characters."
            )
            assert await outcome(_reset(s, token)) == "ok"

        asyncio.run(story())

    def test_a_link_ends_the_lock_after_wrong_tries(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            for _ in range(5):
                await outcome(s.log_in("wrong"))
            assert await outcome(s.log_in()) == "SIGN_IN_LOCKED"
            await _reset(s, await _token(s))
            assert await outcome(s.log_in(NEW)) == "ok"

        asyncio.run(story())

    def test_somebody_invited_signs_in_with_the_password_of_the_link(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam(password=None, invited=True)
            assert await outcome(s.log_in("")) == "CREDENTIALS_WRONG"
            await _reset(s, await _token(s))
            assert await outcome(s.log_in(NEW)) == "ok"

        asyncio.run(story())


class TestChange:
    def test_keeps_this_session_and_ends_the_others(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            mine, other = await s.log_in(), await s.log_in()
            await _change(s, mine.caller.session_id)
            assert [await _live(s, mine), await _live(s, other)] == [True, False]
            assert await outcome(s.log_in(NEW)) == "ok"
            assert (await person(store=s.store, person_id="KAM-1001")).version == 2

        asyncio.run(story())

    def test_guessing_the_current_password_locks_as_signing_in_does(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            mine = await s.log_in()
            done = [await outcome(_change(s, mine.caller.session_id, current="wrong")) for _ in range(6)]
            assert done == ["CURRENT_PASSWORD_WRONG"] * 5 + ["SIGN_IN_LOCKED"]
            assert await outcome(_change(s, mine.caller.session_id)) == "SIGN_IN_LOCKED"

        asyncio.run(story())

    @pytest.mark.parametrize("new", ["short", PASSWORD])
    def test_the_new_one_is_strong_and_new(self, new: str) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            mine = await s.log_in()
            assert await outcome(_change(s, mine.caller.session_id, new=new)) == "PASSWORD_TOO_WEAK"

        asyncio.run(story())

    def test_of_parallel_ones_one_wins(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            mine = await s.log_in()
            work = (outcome(_change(s, mine.caller.session_id, new=f"{NEW}{n}")) for n in range(4))
            assert (await asyncio.gather(*work)).count("ok") == 1

        asyncio.run(story())
