"""The chain of a timeline: nothing in it can be removed, edited, reordered or cut off unseen, and it folds to the
aggregate's present values (cases.md 8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.store import Row
from domain.timeline import (
    Act,
    Change,
    Entry,
    Note,
    append,
    changes_between,
    entry_from_row,
    entry_to_write,
    fold,
    verify,
)
from domain.values import Actor, Role

START = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
ASHA = Actor("CP-1001", "Asha", Role.CP)
RAVI = Actor("KAM-1001", "Ravi", Role.KAM)


def an_act(*, minute: int = 0, actor: Actor = ASHA) -> Act:
    return Act(actor=actor, at=START + timedelta(minutes=minute), write_id=f"write-{minute}")


def a_note(field: str, before: object, after: object) -> Note:
    return Note("Edited", f"{field} changed", changes=(Change(field, before, after),), facts={"n": 1})


def a_timeline() -> list[Entry]:
    """Three versions; the second one has two entries."""
    first = append(previous="", version=1, act=an_act(), notes=[a_note("city", None, "Pune")])
    second = append(
        previous=first[-1].hash,
        version=2,
        act=an_act(minute=1, actor=RAVI),
        notes=[a_note("city", "Pune", "Nashik"), a_note("remarks", None, "called twice")],
    )
    third = append(
        previous=second[-1].hash, version=3, act=an_act(minute=2), notes=[a_note("city", "Nashik", "Thane")]
    )
    return [*first, *second, *third]


class TestAppend:
    def test_numbers_the_notes_of_one_transaction_and_says_who_and_when(self) -> None:
        said = [(e.version, e.sequence, e.actor, e.at) for e in a_timeline()]
        assert said == [
            (1, 0, ASHA, START),
            (2, 0, RAVI, START + timedelta(minutes=1)),
            (2, 1, RAVI, START + timedelta(minutes=1)),
            (3, 0, ASHA, START + timedelta(minutes=2)),
        ]

    def test_chains_each_entry_to_the_one_before(self) -> None:
        entries = a_timeline()
        assert [e.previous for e in entries] == ["", *(e.hash for e in entries[:-1])]
        assert len({e.hash for e in entries}) == 4
        assert {len(e.hash) for e in entries} == {64}

    def test_gives_the_same_hash_for_the_same_entry(self) -> None:
        assert a_timeline() == a_timeline()

    def test_appends_nothing_for_no_notes(self) -> None:
        assert append(previous="", version=1, act=an_act(), notes=[]) == ()


Edit = Callable[[Entry], Entry]

EDITS: dict[str, Edit] = {
    "who": lambda e: replace(e, actor=replace(e.actor, id="CP-9999")),
    "the name": lambda e: replace(e, actor=replace(e.actor, name="Somebody")),
    "the role": lambda e: replace(e, actor=replace(e.actor, role=Role.ADMIN)),
    "when": lambda e: replace(e, at=e.at + timedelta(milliseconds=1)),
    "the action": lambda e: replace(e, action="Created"),
    "the message": lambda e: replace(e, message="nothing happened"),
    "the field": lambda e: replace(e, changes=(replace(e.changes[0], field="state"),)),
    "the value before": lambda e: replace(e, changes=(replace(e.changes[0], before="Goa"),)),
    "the value after": lambda e: replace(e, changes=(replace(e.changes[0], after="Goa"),)),
    "no change left": lambda e: replace(e, changes=()),
    "a change more": lambda e: replace(e, changes=(*e.changes, Change("email", None, "a@b.example"))),
    "the reason": lambda e: replace(e, reason="because"),
    "the facts": lambda e: replace(e, facts={"n": 2}),
    "the hash": lambda e: replace(e, hash="0" * 64),
    "the link": lambda e: replace(e, previous="0" * 64),
}


def found_in(entries: list[Entry]) -> tuple[int, int] | None:
    """Where verifying finds the first fault, given the head that the untouched timeline has."""
    whole = a_timeline()
    broken = verify(entries, last_hash=whole[-1].hash, version=3)
    return (broken.version, broken.sequence) if broken else None


class TestVerify:
    def test_finds_nothing_in_what_was_written(self) -> None:
        assert found_in(a_timeline()) is None

    def test_finds_nothing_in_an_aggregate_without_history(self) -> None:
        assert verify([], last_hash="", version=0) is None

    def test_finds_nothing_after_storing_and_reading_back(self) -> None:
        rows = [
            Row(partition="LEAD-1001", key=w.key, values=w.values, etag="1")
            for w in (entry_to_write(e) for e in a_timeline())
        ]
        assert found_in([entry_from_row(row) for row in rows]) is None

    @pytest.mark.parametrize("position", range(4))
    @pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
    def test_finds_an_edited_entry(self, edit: Edit, position: int) -> None:
        entries = a_timeline()
        place = (entries[position].version, entries[position].sequence)
        entries[position] = edit(entries[position])
        assert found_in(entries) == place

    @pytest.mark.parametrize(("position", "place"), [(0, (2, 0)), (1, (2, 1)), (2, (3, 0)), (3, (3, 0))])
    def test_finds_a_removed_entry(self, position: int, place: tuple[int, int]) -> None:
        entries = a_timeline()
        del entries[position]
        assert found_in(entries) == place

    @pytest.mark.parametrize("kept", range(4))
    def test_finds_a_cut_off_end(self, kept: int) -> None:
        assert found_in(a_timeline()[:kept]) is not None

    @pytest.mark.parametrize(("one", "other"), [(a, b) for a in range(4) for b in range(a + 1, 4)])
    def test_finds_two_entries_that_changed_places(self, one: int, other: int) -> None:
        entries = a_timeline()
        entries[one], entries[other] = entries[other], entries[one]
        assert found_in(entries) is not None

    @pytest.mark.parametrize("position", range(4))
    def test_finds_an_entry_that_stands_twice(self, position: int) -> None:
        entries = a_timeline()
        entries.insert(position, entries[position])
        assert found_in(entries) is not None

    def test_finds_an_entry_added_at_the_end(self) -> None:
        entries = a_timeline()
        more = append(previous=entries[-1].hash, version=4, act=an_act(), notes=[a_note("city", "Thane", "Goa")])
        assert found_in([*entries, *more]) is not None

    def test_finds_a_history_written_anew_with_sound_hashes(self) -> None:
        first = append(previous="", version=1, act=an_act(), notes=[a_note("city", None, "Goa")])
        others = a_timeline()[1:]
        anew: list[Entry] = [*first]
        for entry in others:
            note = Note(entry.action, entry.message, entry.changes, entry.reason, entry.facts)
            act = Act(actor=entry.actor, at=entry.at, write_id="w")
            (made,) = append(previous=anew[-1].hash, version=entry.version, act=act, notes=[note])
            anew.append(replace(made, sequence=entry.sequence))
        assert found_in(anew) is not None


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
states = st.dictionaries(st.sampled_from(["city", "email", "remarks", "services", "status"]), values)


class TestFold:
    def test_gives_the_last_value_of_each_field(self) -> None:
        assert fold(a_timeline()) == {"city": "Thane", "remarks": "called twice"}

    def test_keeps_the_fields_of_parts_apart(self) -> None:
        changes = changes_between({}, {"status": "Draft"}, part="QUOT-100101")
        entries = append(previous="", version=1, act=an_act(), notes=[Note("Made", "made", changes)])
        assert fold(entries) == {"QUOT-100101.status": "Draft"}

    def test_keeps_a_cleared_field_as_none(self) -> None:
        changes = changes_between({"remarks": "old"}, {"remarks": None})
        assert changes == (Change("remarks", "old", None),)
        assert fold(append(previous="", version=1, act=an_act(), notes=[Note("E", "e", changes)])) == {
            "remarks": None
        }

    @given(st.lists(states, max_size=30))
    def test_equals_the_state_after_each_of_any_edits(self, edits: list[dict[str, Any]]) -> None:
        entries: list[Entry] = []
        before: dict[str, Any] = {}
        for version, edit in enumerate(edits, start=1):
            after = {**before, **edit}
            note = Note("Edited", "edited", changes_between(before, after))
            previous = entries[-1].hash if entries else ""
            entries += append(previous=previous, version=version, act=an_act(minute=version), notes=[note])
            folded = fold(entries)
            assert {f: folded.get(f) for f in after} == after
            before = after
        last_hash = entries[-1].hash if entries else ""
        assert verify(entries, last_hash=last_hash, version=len(edits)) is None
