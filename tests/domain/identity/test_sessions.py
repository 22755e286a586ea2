"""Sessions: how long they last, refreshing, and ending them (domain.md "Sign-in"; api.md "auth")."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from domain.identity import (
    SignedIn,
    clear_idle_sessions,
    end_session,
    end_sessions_of,
    refresh_session,
    session_is_live,
    use_session,
)
from domain.store import Replace, StorageUnavailable
from tests.domain.identity.setting import Setting, outcome, session_count


async def _mobile(s: Setting) -> SignedIn:
    return await s.enter(await s.code())


async def _partner(s: Setting) -> SignedIn:
    await s.a_partner()
    return await _mobile(s)


async def _staff(s: Setting) -> SignedIn:
    await s.a_kam()
    return await s.log_in()


SIGN_INS = {"mobile": _mobile, "staff": _staff}


def _names(signed_in: SignedIn) -> dict[str, str]:
    return {"person_id": signed_in.caller.actor.id, "session_id": signed_in.caller.session_id}


async def _live(s: Setting, signed_in: SignedIn) -> bool:
    return await session_is_live(store=s.store, at=s.clock.now(), **_names(signed_in))


async def _refresh(s: Setting, token: str) -> SignedIn:
    return await refresh_session(ports=s.ports, tokens=s.tokens, live=s.live, refresh_token=token)


class TestHowLong:
    @pytest.mark.parametrize(
        ("kind", "idle", "live"),
        [
            ("mobile", timedelta(days=30) - timedelta(milliseconds=1), True),
            ("mobile", timedelta(days=30), False),
            ("staff", timedelta(minutes=30) - timedelta(milliseconds=1), True),
            ("staff", timedelta(minutes=30), False),
        ],
    )
    def test_a_session_ends_by_not_being_used(self, kind: str, idle: timedelta, live: bool) -> None:
        async def story() -> None:
            s = Setting()
            signed_in = await SIGN_INS[kind](s)
            s.clock.at += idle
            assert await _live(s, signed_in) is live
            refreshed = await outcome(_refresh(s, signed_in.refresh_token))
            assert refreshed == ("ok" if live else "SESSION_ENDED")

        asyncio.run(story())

    @pytest.mark.parametrize("kind", SIGN_INS)
    def test_use_prolongs_it(self, kind: str) -> None:
        async def story() -> None:
            s = Setting()
            signed_in = await SIGN_INS[kind](s)
            step = timedelta(days=20) if kind == "mobile" else timedelta(minutes=20)
            for _ in range(5):
                s.clock.at += step
                assert await use_session(ports=s.ports, **_names(signed_in)) is not None
                assert await _live(s, signed_in)

        asyncio.run(story())

    def test_a_use_is_written_every_five_minutes_at_most(self) -> None:
        async def story() -> None:
            s = Setting()
            signed_in = await _staff(s)
            tags = set()
            for _ in range(10):
                s.clock.advance(minutes=1)
                await use_session(ports=s.ports, **_names(signed_in))
                (row,) = [row async for row in s.store.scan(table="sessions")]
                tags.add(row.etag)
            assert len(tags) == 3  # as opened, after 5 minutes, after 10

        asyncio.run(story())

    def test_it_can_be_used_while_nothing_can_be_written(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def story() -> None:
            s = Setting()
            signed_in = await _staff(s)
            s.clock.advance(minutes=6)

            async def refuse(**_: Any) -> None:
                raise StorageUnavailable("read-only")

            monkeypatch.setattr(s.store, "commit", refuse)
            assert await use_session(ports=s.ports, **_names(signed_in)) is not None

        asyncio.run(story())

    @pytest.mark.parametrize(("kind", "hours"), [("mobile", 24), ("staff", 4)])
    def test_an_access_token_lasts(self, kind: str, hours: int) -> None:
        async def story() -> None:
            s = Setting()
            s.clock.advance(milliseconds=250)
            signed_in = await SIGN_INS[kind](s)
            in_whole_seconds = s.clock.now().replace(microsecond=0)
            assert signed_in.expires_at == in_whole_seconds + timedelta(hours=hours)
            assert signed_in.caller.expires_at == signed_in.expires_at

        asyncio.run(story())

    def test_idle_ones_are_cleared_and_others_are_not(self) -> None:
        async def story() -> None:
            s = Setting()
            await _staff(s)
            s.clock.advance(minutes=29)
            mobile, staff = await _mobile(s), await s.log_in()
            s.clock.advance(minutes=1)
            assert await clear_idle_sessions(ports=s.ports) == 1
            assert [await _live(s, mobile), await _live(s, staff)] == [True, True]

        asyncio.run(story())


class TestRefresh:
    @pytest.mark.parametrize("kind", SIGN_INS)
    def test_rotates(self, kind: str) -> None:
        async def story() -> None:
            s = Setting()
            first = await SIGN_INS[kind](s)
            s.clock.advance(minutes=20)
            second = await _refresh(s, first.refresh_token)
            assert second.refresh_token != first.refresh_token
            assert second.access_token != first.access_token
            assert second.caller.actor == first.caller.actor
            assert second.caller.session_id == first.caller.session_id
            s.clock.advance(minutes=20)
            assert await outcome(_refresh(s, second.refresh_token)) == "ok"

        asyncio.run(story())

    def test_an_old_one_ends_the_session(self) -> None:
        async def story() -> None:
            s = Setting()
            first = await _mobile(s)
            second = await _refresh(s, first.refresh_token)
            assert await outcome(_refresh(s, first.refresh_token)) == "SESSION_ENDED"
            assert await outcome(_refresh(s, second.refresh_token)) == "SESSION_ENDED"
            assert not await _live(s, second)
            assert s.live.forgotten == [first.caller.actor.id]

        asyncio.run(story())

    def test_of_parallel_ones_one_gets_tokens(self) -> None:
        async def story() -> None:
            s = Setting()
            first = await _mobile(s)
            work = [outcome(_refresh(s, first.refresh_token)) for _ in range(10)]
            assert Counter(await asyncio.gather(*work)) == {"ok": 1, "REFRESH_OVERTAKEN": 9}

        asyncio.run(story())

    @pytest.mark.parametrize(
        "token", ["", "x", "CP-1001..", "a/b.c.d", "CP-1001." + "0" * 32 + "." + "0" * 64, "ü" * 100]
    )
    def test_refuses_what_is_none(self, token: str) -> None:
        assert asyncio.run(outcome(_refresh(Setting(), token))) == "SESSION_ENDED"

    def test_it_is_stored_only_as_a_hash(self) -> None:
        async def story() -> None:
            s = Setting()
            signed_in = await _mobile(s)
            secret = signed_in.refresh_token.rsplit(".", 1)[1]
            (row,) = [row async for row in s.store.scan(table="sessions")]
            assert secret not in str(row.values)

        asyncio.run(story())

    @pytest.mark.parametrize(
        ("changed", "expected"), [({"name": "Asha R"}, "ok"), ({"status": "Deactivated"}, "SESSION_ENDED")]
    )
    def test_sees_the_person_as_today(self, changed: dict[str, str], expected: str) -> None:
        async def story() -> None:
            s = Setting()
            first = await _partner(s)
            row = await s.store.get(table="people", partition="CP-1001", key="person")
            assert row is not None
            values = {n: v for n, v in row.values.items() if n != "writeId"} | changed
            write = Replace("person", values, row.etag)
            await s.store.commit(table="people", partition="CP-1001", writes=[write], write_id="w")
            assert await outcome(_refresh(s, first.refresh_token)) == expected
            assert await _live(s, first) is (expected == "ok")

        asyncio.run(story())


class TestEnding:
    def test_logging_out_ends_one_session(self) -> None:
        async def story() -> None:
            s = Setting()
            phone, tablet = await _mobile(s), await _mobile(s)
            for _ in range(2):
                await end_session(ports=s.ports, live=s.live, **_names(phone))
            assert [await _live(s, phone), await _live(s, tablet)] == [False, True]
            assert await use_session(ports=s.ports, **_names(phone)) is None
            assert await outcome(_refresh(s, phone.refresh_token)) == "SESSION_ENDED"

        asyncio.run(story())

    @pytest.mark.parametrize("keep", [True, False])
    def test_all_of_a_persons_can_be_ended(self, keep: bool) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            first, second = await s.log_in(), await s.log_in()
            other = await _mobile(s)
            but = first.caller.session_id if keep else None
            ended = await end_sessions_of(ports=s.ports, live=s.live, person_id="KAM-1001", but=but)
            assert ended == (1 if keep else 2)
            assert [await _live(s, x) for x in (first, second, other)] == [keep, False, True]
            assert await session_count(s) == (2 if keep else 1)

        asyncio.run(story())
