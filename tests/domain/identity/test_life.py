"""Letting people in and out, editing them, and who looks after whom (domain.md "Sign-in", api.md "Critical")."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from domain.errors import DomainError
from domain.identity import (
    Person,
    PersonStatus,
    activate_person,
    assign_kam,
    deactivate_person,
    edit_person,
    person,
    plain_person,
    refresh_session,
    timeline_of_person,
    use_session,
)
from domain.store import StorageUnavailable
from domain.timeline import VersionStale, fold, verify
from domain.values import Actor, Role
from tests.domain.identity.setting import DEACTIVATED, OTHER_PHONE, PENDING, Setting, outcome
from tests.fakes.store import Commit

ADMIN, OTHER_ADMIN = Actor("ADMIN-1001", "Asha", Role.ADMIN), Actor("ADMIN-1002", "Bela", Role.ADMIN)
CP, KAM = frozenset({Role.CP}), frozenset({Role.KAM})
REASON = "Left the company last week"


async def _activate(s: Setting, version: int | None, person_id: str = "CP-1001", **act: Any) -> Person:
    done = s.act(ADMIN, version, **act)
    return await activate_person(ports=s.ports, messages=s.messages, person_id=person_id, among=CP, act=done)


async def _deactivate(s: Setting, version: int | None, reason: str = REASON, **act: Any) -> Person:
    done = s.act(ADMIN, version, **act)
    return await deactivate_person(
        ports=s.ports, live=s.live, person_id="CP-1001", among=CP, reason=reason, act=done
    )


async def _edit(s: Setting, actor: Actor = ADMIN, **edits: Any) -> Person:
    act = s.act(actor)
    return await edit_person(ports=s.ports, person_id="CP-1001", among=CP, edits=edits, act=act)


async def _entries(s: Setting, person_id: str = "CP-1001") -> list[Any]:
    among = frozenset({Role.CP, Role.KAM})
    return list(await timeline_of_person(store=s.store, person_id=person_id, among=among, actor=ADMIN))


class TestStatus:
    @pytest.mark.parametrize(
        ("before", "steps", "after"),
        [
            (PENDING, ["activate"], "Active"),
            (PENDING, ["deactivate"], "Deactivated"),
            (PENDING, ["activate", "deactivate", "activate"], "Active"),
            (DEACTIVATED, ["activate"], "Active"),
        ],
    )
    def test_goes_its_ways(self, before: PersonStatus, steps: list[str], after: str) -> None:
        async def story() -> None:
            s = Setting()
            now = await s.a_partner(status=before)
            for step in steps:
                now = await (_activate if step == "activate" else _deactivate)(s, now.version)
            assert str(now.status) == after
            assert now == await person(store=s.store, person_id="CP-1001")
            entries = await _entries(s)
            assert len(entries) == 1 + len(steps)
            assert verify(entries, last_hash=now.last_hash, version=now.version) is None
            assert {k: v for k, v in fold(entries).items() if v is not None} == {
                k: v for k, v in plain_person(now).items() if v is not None
            }

        asyncio.run(story())

    def test_what_it_is_already_changes_nothing(self) -> None:
        async def story() -> None:
            s = Setting()
            made = await s.a_partner()
            assert await _activate(s, made.version) == made

        asyncio.run(story())

    def test_needs_the_version_that_was_seen(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_partner(status=PENDING)
            s.clock.advance(minutes=1)
            assert await outcome(_activate(s, None)) == "VERSION_REQUIRED"
            await _edit(s, name="Asha Devi")
            with pytest.raises(VersionStale) as refused:
                await _activate(s, 1)
            details = refused.value.details or {}
            assert details["current"]["version"] == 2
            assert details["yours"] == {"status": "Active"}
            assert [(c["field"], c["before"], c["after"], c["by"]) for c in details["changes"]] == [
                ("name", "Asha", "Asha Devi", "Asha")
            ]

        asyncio.run(story())

    @pytest.mark.parametrize("reason", ["", "too short", "         x"])
    def test_shutting_out_needs_a_reason(self, reason: str) -> None:
        async def story() -> None:
            s = Setting()
            made = await s.a_partner()
            assert await outcome(_deactivate(s, made.version, reason)) == "REASON_MISSING"
            assert await person(store=s.store, person_id="CP-1001") == made

        asyncio.run(story())

    def test_the_timeline_says_who_and_why(self) -> None:
        async def story() -> None:
            s = Setting()
            made = await s.a_partner()
            await _deactivate(s, made.version)
            last = (await _entries(s))[-1]
            assert (last.action, last.actor, last.reason) == ("PersonDeactivated", ADMIN, REASON)

        asyncio.run(story())

    def test_of_parallel_ones_one_wins(self) -> None:
        async def story() -> None:
            s = Setting()
            made = await s.a_partner(status=PENDING)
            done = await asyncio.gather(*(outcome(_activate(s, made.version)) for _ in range(10)))
            assert sorted(done) == sorted(["VERSION_STALE"] * 9 + ["ok"])

        asyncio.run(story())

    def test_a_keyed_request_carried_out_again_answers_as_the_first_time(self) -> None:
        async def story() -> None:
            s = Setting()
            made = await s.a_partner(status=PENDING)
            first = await _activate(s, made.version, proof="key")
            assert await _activate(s, made.version, proof="key") == first

        asyncio.run(story())

    def test_a_partner_is_told_by_sms_even_if_it_fails_the_account_is_active(self) -> None:
        async def story() -> None:
            s = Setting()
            made = await s.a_partner(status=PENDING)
            now = await _activate(s, made.version)
            await s.finish()
            assert [(m.to, m.template) for m in s.messages.smses] == [("+919000000001", "partner_activated")]
            await _deactivate(s, now.version)
            s.messages.broken = True
            assert (await _activate(s, now.version + 1)).is_active
            await s.finish()

        asyncio.run(story())

    def test_is_no_business_of_another_kind(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            assert await outcome(_activate(s, 1, "KAM-1001")) == "PERSON_NOT_FOUND"
            assert await outcome(_activate(s, 1, "CP-9999")) == "PERSON_NOT_FOUND"

        asyncio.run(story())


class TestDeactivation:
    def test_ends_sessions_in_its_own_transaction(self) -> None:
        """Killed right after the transaction, before any session row is removed: they have ended all the same."""

        async def story() -> None:
            s = Setting()
            made = await s.a_partner()
            signed_in = await s.enter(await s.code())

            def killed(commit: Commit) -> None:
                if commit.table == "sessions":
                    raise StorageUnavailable("killed", retry_after=1)

            s.store.before_commit = killed
            with pytest.raises(DomainError):
                await _deactivate(s, made.version)
            session = await use_session(ports=s.ports, person_id="CP-1001", session_id=signed_in.caller.session_id)
            assert session is None
            s.store.before_commit = lambda _: None
            refreshed = refresh_session(
                ports=s.ports, tokens=s.tokens, live=s.live, refresh_token=signed_in.refresh_token
            )
            assert await outcome(refreshed) == "SESSION_ENDED"

        asyncio.run(story())

    def test_a_sign_in_under_way_gets_no_session_that_lives(self) -> None:
        """The sign-in read the person as active; the deactivation lands before the session is stored."""

        async def story() -> None:
            s = Setting()
            made = await s.a_partner()
            code = await s.code()
            done = []

            def meanwhile(commit: Commit) -> None:
                if commit.table == "sessions" and not done:
                    done.append(commit)
                    asyncio.get_running_loop().create_task(_deactivate(s, made.version))

            s.store.before_commit = meanwhile
            signed_in = await s.enter(code)
            for _ in range(50):
                await asyncio.sleep(0)
            used = await use_session(ports=s.ports, person_id="CP-1001", session_id=signed_in.caller.session_id)
            assert used is None

        asyncio.run(story())

    def test_who_comes_back_signs_in_anew(self) -> None:
        async def story() -> None:
            s = Setting()
            made = await s.a_partner()
            before = await s.enter(await s.code())
            gone = await _deactivate(s, made.version)
            assert await outcome(s.enter(await s.code())) == "ACCOUNT_NOT_ACTIVE"
            await _activate(s, gone.version)
            after = await s.enter(await s.code())
            live = [
                await use_session(ports=s.ports, person_id="CP-1001", session_id=one.caller.session_id) is not None
                for one in (before, after)
            ]
            assert live == [False, True]

        asyncio.run(story())


class TestEdit:
    def test_the_last_write_wins_field_by_field_and_says_what_it_overwrote(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_partner()
            await _edit(s, city="Surat")
            await _edit(s, OTHER_ADMIN, state="Gujarat")
            now = await _edit(s, OTHER_ADMIN, city="Rajkot")
            assert (now.city, now.state, now.version) == ("Rajkot", "Gujarat", 4)
            last = (await _entries(s))[-1]
            assert last.message == "Overwritten by Bela at 2026-03-31T12:00:00.000Z"
            assert [(c.field, c.before, c.after) for c in last.changes] == [("city", "Surat", "Rajkot")]

        asyncio.run(story())

    def test_an_unchanged_value_leaves_no_entry_and_null_clears(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_partner()
            assert (await _edit(s, city="Surat")).version == 2
            assert (await _edit(s, city="Surat")).version == 2
            assert (await _edit(s, city=None)).city is None

        asyncio.run(story())

    def test_parallel_edits_of_different_fields_all_stand(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_partner()
            fields = {"city": "Surat", "state": "Gujarat", "address": "1 Road", "pin_code": "380001"}
            await asyncio.gather(*(_edit(s, **{name: value}) for name, value in fields.items()))
            now = await person(store=s.store, person_id="CP-1001")
            assert {name: getattr(now, name) for name in fields} == fields
            assert verify(await _entries(s), last_hash=now.last_hash, version=5) is None

        asyncio.run(story())

    @pytest.mark.parametrize(("name", "refusal"), [("", "PERSON_INVALID"), ("x" * 101, "PERSON_INVALID")])
    def test_keeps_a_person_possible(self, name: str, refusal: str) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_partner()
            assert await outcome(_edit(s, name=name)) == refusal

        asyncio.run(story())

    def test_under_a_kam_that_is_one(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_partner()
            assert await outcome(_edit(s, kam_id="KAM-1001")) == "KAM_NOT_ASSIGNABLE"
            await s.a_kam()
            assert (await _edit(s, kam_id="KAM-1001")).kam_id == "KAM-1001"

        asyncio.run(story())


class TestAssignKam:
    def test_tells_for_each_partner_what_became_of_it(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            await s.a_partner()
            await s.a_partner(person_id="CP-1002", phone=OTHER_PHONE)
            ids = ["CP-1001", "CP-9999", "CP-1002", "CP-1001", "KAM-1001"]
            act = s.act(ADMIN)
            done = await assign_kam(
                ports=s.ports, partner_ids=ids, kam_id="KAM-1001", remarks="New region", act=act
            )
            assert [(one.partner_id, one.refusal.code if one.refusal else None) for one in done] == [
                ("CP-1001", None),
                ("CP-9999", "PERSON_NOT_FOUND"),
                ("CP-1002", None),
                ("KAM-1001", "PERSON_NOT_FOUND"),
            ]
            for partner_id in ("CP-1001", "CP-1002"):
                assert (await person(store=s.store, person_id=partner_id)).kam_id == "KAM-1001"
                last = (await _entries(s, partner_id))[-1]
                assert (last.action, last.reason) == ("KamAssigned", "New region")

        asyncio.run(story())

    def test_to_nobody_and_a_second_time(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_partner(kam_id="KAM-1001")
            versions = []
            for _ in range(2):
                done = await assign_kam(
                    ports=s.ports, partner_ids=["CP-1001"], kam_id=None, remarks=None, act=s.act(ADMIN)
                )
                versions += [one.person.version for one in done if one.person]
            assert versions == [2, 2]
            assert (await person(store=s.store, person_id="CP-1001")).kam_id is None

        asyncio.run(story())

    @pytest.mark.parametrize("kam_id", ["KAM-9", "CP-1001", "nonsense", "KAM-1001"])
    def test_only_to_an_active_kam(self, kam_id: str) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_partner()
            await s.a_kam(status=DEACTIVATED)
            work = assign_kam(ports=s.ports, partner_ids=["CP-1001"], kam_id=kam_id, remarks=None, act=s.act(ADMIN))
            assert await outcome(work) == "KAM_NOT_ASSIGNABLE"

        asyncio.run(story())
