"""The settings: their ranges, who may be overtaken, what the timeline tells, and that sessions obey them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.identity import SignedIn, clear_idle_sessions, refresh_session, use_session
from domain.settings import (
    DEFAULTS,
    Settings,
    SettingsChange,
    SettingsInvalid,
    change_settings,
    plain,
    read_settings,
    timeline_of_settings,
)
from domain.timeline import Act, VersionRequired, VersionStale, fold, verify
from domain.values import Actor, Role
from tests.domain.identity.setting import Setting, session_count

ADMIN = Actor("ADMIN-1001", "Asha Admin", Role.ADMIN)


async def _changed(s: Setting, version: int | None, **asked: Any) -> Settings:
    act = Act(ADMIN, s.clock.now(), s.ports.ids.unique(), version=version)
    return await change_settings(ports=s.ports, change=SettingsChange(**asked), act=act)


class TestChangeSettings:
    @pytest.mark.parametrize(
        ("asked", "fields"),
        [
            ({"session_timeout_min": 4}, ["sessionTimeoutMin"]),
            ({"session_timeout_min": 1441, "token_expiry_min": 4320}, ["sessionTimeoutMin"]),
            ({"token_expiry_min": 4321}, ["tokenExpiryMin"]),
            ({"token_expiry_min": 14, "session_timeout_min": 5}, ["tokenExpiryMin"]),
            ({"token_expiry_min": 30}, ["tokenExpiryMin"]),
            ({"session_timeout_min": 240}, ["sessionTimeoutMin"]),
            (
                {"feature_flags": {"a b": True}, "thresholds": {"x": Decimal("0.0000001")}},
                ["featureFlags", "thresholds"],
            ),
            ({"thresholds": {f"t{n}": Decimal(n) for n in range(51)}}, ["thresholds"]),
            ({"thresholds": {"x": Decimal("NaN")}}, ["thresholds"]),
            ({"session_timeout_min": 0, "token_expiry_min": 0}, ["sessionTimeoutMin", "tokenExpiryMin"]),
        ],
    )
    def test_refuses_what_cannot_be_and_stores_nothing(self, asked: dict[str, Any], fields: list[str]) -> None:
        async def story() -> None:
            s = Setting()
            with pytest.raises(SettingsInvalid) as refused:
                await _changed(s, 0, **asked)
            assert sorted({f.field for f in refused.value.faults}) == fields
            assert await read_settings(store=s.store) == DEFAULTS

        asyncio.run(story())

    @pytest.mark.parametrize(
        "asked",
        [
            {"session_timeout_min": 5, "token_expiry_min": 15},
            {"session_timeout_min": 1440, "token_expiry_min": 4320},
            {"session_timeout_min": 239},
            {"token_expiry_min": 31},
        ],
    )
    def test_takes_the_ends_of_the_ranges(self, asked: dict[str, Any]) -> None:
        async def story() -> None:
            s = Setting()
            done = await _changed(s, 0, **asked)
            assert {name: getattr(done, name) for name in asked} == asked
            assert await read_settings(store=s.store) == done

        asyncio.run(story())

    def test_tells_who_changed_what_and_folds_to_the_settings(self) -> None:
        async def story() -> None:
            s = Setting()
            await _changed(s, 0, feature_flags={"newHome": True})
            await _changed(s, 1, feature_flags={"newHome": False}, thresholds={"maxRows": Decimal("12.50")})
            same = await _changed(s, 2, feature_flags={"newHome": False})
            last = await _changed(s, 2, feature_flags={"newHome": None}, session_timeout_min=10)
            entries = await timeline_of_settings(store=s.store)
            assert (same.version, last.version) == (2, 3)
            assert verify(entries, last_hash=last.last_hash, version=3) is None
            assert {n: v for n, v in fold(entries).items() if v is not None} == plain(last)
            assert plain(last) == {"sessionTimeoutMin": 10, "tokenExpiryMin": 240, "thresholds[maxRows]": "12.50"}
            told = [[(c.field, c.before, c.after) for c in e.changes if c.before != c.after] for e in entries]
            assert told == [
                [("featureFlags[newHome]", None, True)],
                [("featureFlags[newHome]", True, False), ("thresholds[maxRows]", None, "12.50")],
                [("featureFlags[newHome]", False, None), ("sessionTimeoutMin", 30, 10)],
            ]

        asyncio.run(story())

    def test_of_ten_at_once_with_one_version_one_counts(self) -> None:
        async def story() -> None:
            s = Setting()
            said = await asyncio.gather(
                *(_changed(s, 0, session_timeout_min=10 + n) for n in range(10)), return_exceptions=True
            )
            done = [x for x in said if isinstance(x, Settings)]
            stale = [x for x in said if isinstance(x, VersionStale)]
            assert (len(done), len(stale)) == (1, 9)
            assert await read_settings(store=s.store) == done[0]
            assert all((x.details or {})["changes"] for x in stale)
            with pytest.raises(VersionRequired):
                await _changed(s, None, session_timeout_min=20)

        asyncio.run(story())


async def _set(s: Setting, **asked: Any) -> None:
    now = await read_settings(store=s.store)
    await _changed(s, now.version, **asked)


async def _lives(s: Setting, signed_in: SignedIn) -> bool:
    caller = signed_in.caller
    return await use_session(ports=s.ports, person_id=caller.actor.id, session_id=caller.session_id) is not None


class TestSessionsObey:
    def test_a_shorter_limit_ends_staff_sessions_that_are_open(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            signed_in = await s.log_in()
            s.clock.advance(minutes=6)
            await _set(s, session_timeout_min=5)
            assert not await _lives(s, signed_in)
            assert await clear_idle_sessions(ports=s.ports) == 1

        asyncio.run(story())

    def test_a_session_in_use_lives_on_under_the_shortest_limit(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            await _set(s, session_timeout_min=5)
            signed_in = await s.log_in()
            for _ in range(10):
                s.clock.advance(minutes=4)
                assert await _lives(s, signed_in)
            s.clock.advance(minutes=5)
            assert not await _lives(s, signed_in)

        asyncio.run(story())

    def test_a_longer_limit_keeps_them(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            signed_in = await s.log_in()
            await _set(s, session_timeout_min=120)
            s.clock.advance(minutes=119)
            assert await _lives(s, signed_in) and await session_count(s) == 1

        asyncio.run(story())

    def test_new_tokens_of_staff_last_as_long_as_is_set(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            first = await s.log_in()
            assert first.expires_at - s.clock.now() == timedelta(hours=4)
            await _set(s, session_timeout_min=20, token_expiry_min=45)
            again = await refresh_session(
                ports=s.ports, tokens=s.tokens, live=s.live, refresh_token=first.refresh_token
            )
            assert again.expires_at - s.clock.now() == timedelta(minutes=45)

        asyncio.run(story())

    def test_a_partners_session_does_not_change(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_partner()
            await _set(s, session_timeout_min=5, token_expiry_min=15)
            signed_in = await s.enter(await s.code())
            assert signed_in.expires_at - s.clock.now() == timedelta(hours=24)
            s.clock.advance(days=29)
            assert await _lives(s, signed_in)

        asyncio.run(story())
