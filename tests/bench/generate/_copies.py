"""A played story as a template, and its copies: other people, ids, days, and the hashes that follow from them.

What a copy's rows say is the story's text with other words in it. What is made from what they say, the hash of a
quotation's content and the chain of each timeline, is made again by the domain's own code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from domain import leads, quotations
from domain.continuity import HEADS
from domain.leads import LEAD_ROW, LeadFile
from domain.notifications import KEPT
from domain.quotations import Quotation
from domain.store import Row, Value
from domain.timeline import FIRST_ENTRY, Act, Note, append, entry_from_row, entry_to_write
from domain.values import Actor
from tests.bench.generate import _scene as scene
from tests.bench.generate._stories import Kind, Scene, played

Rows = dict[tuple[str, str], dict[str, dict[str, Value]]]
"""Columns by table and partition, and by row key."""

_TABLES = ("leads", "customers", "phones", "views", "utrs", "expiries", "notifications")
_NOT_KEPT = re.compile(r"logs|log\|.*|pending|uploads")
"""Partitions that tell of what is under way, or was within the hour."""
_DAY = r"202[6-9]-[01][0-9]-[0-3][0-9]"
_READ_AFTER = timedelta(days=3)
_DAY_MS = 86_400_000


@dataclass(frozen=True)
class Person:
    """The customer of a copy."""

    name: str
    email: str
    address: str
    city: str
    state: str
    source: str


@dataclass(frozen=True)
class Cast:
    """Who and when a copy is about. `number` is its first lead's; the last day of the story is to be `last`."""

    number: int
    last: date
    today: date
    one: Actor
    two: Actor
    kam: Actor
    person: Person


class Template:
    """A story ready to be copied. `leads` is how many it has, `days` at most how long ago it ended."""

    def __init__(self, kind: Kind, story: Scene) -> None:
        tables = story.store._tables
        held = [(table, row) for table in _TABLES for row in tables.get(table, {}).values()]
        kept = [(table, row) for table, row in held if not _NOT_KEPT.fullmatch(row.partition)]
        self.days, self.assigned = kind.days, bool(_in(kept, "views", f"cp|{scene.ONE.id}"))
        self.leads = len({row.partition for table, row in kept if table == "leads"})
        self.ended = max(date.fromisoformat(row.values["at"][:10]) for row in _entries(kept))
        self._quotations = [q for file in _files(kept) for q in quotations.quotations_in(file)]
        self._customer = next(row.partition for table, row in kept if table == "customers")
        said = json.dumps([[t, r.partition, r.key, _said(r)] for t, r in kept], ensure_ascii=False)
        words = {*self._words(_ANYBODY), *(q.content_hash for q in self._quotations)}
        self._pieces = re.split("(" + "|".join([*map(re.escape, sorted(words)), _DAY]) + ")", said)
        self._days = {piece for piece in self._pieces[1::2] if re.fullmatch(_DAY, piece)}

    def copy(self, cast: Cast) -> Rows:
        """The rows of a copy, as they are stored."""
        shift = (cast.last - self.ended).days
        words = self._words(cast) | {day: _moved(day, shift) for day in self._days}
        words |= {q.content_hash: _content_hash(q, words, cast.number, shift) for q in self._quotations}
        pieces = list(self._pieces)
        pieces[1::2] = [words[piece] for piece in pieces[1::2]]
        rows: Rows = {}
        for table, partition, key, values in json.loads("".join(pieces)):
            rows.setdefault((table, partition), {})[key] = values
        return _finished(rows, cast, shift)

    def _words(self, cast: Cast) -> dict[str, str]:
        """What stands for something in the story, and what that is in a copy. Of the leads' and the customer's
        ids only the numbers, since the ids of parts begin with them."""
        numbers = {str(n): str(cast.number + at) for at, n in enumerate(scene.NUMBERS)}
        people = ((scene.ONE, cast.one), (scene.TWO, cast.two), (scene.KAM, cast.kam))
        named = {word: other for a, b in people for word, other in ((a.id, b.id), (a.name, b.name))}
        said = cast.person
        return {
            **numbers,
            **named,
            self._customer.partition("-")[2]: str(cast.number),
            scene.PHONE: phone_of(cast.number),
            scene.UTR: f"SBIN{cast.number:012d}",
            scene.CUSTOMER_NAME: said.name,
            scene.EMAIL: said.email,
            scene.ADDRESS: said.address,
            scene.CITY: said.city,
            scene.STATE: said.state,
            scene.SOURCE: said.source,
        }


_ANYBODY = Cast(0, date.min, date.min, scene.ONE, scene.TWO, scene.KAM, Person("", "", "", "", "", ""))


def phone_of(number: int) -> str:
    """A customer's phone, from the number of its first lead."""
    return f"+91{6_000_000_000 + number}"


async def templates(kinds: Iterable[Kind], seed: int) -> list[tuple[int, list[Template]]]:
    """Each kind's weight, and the ways in which it was played."""
    found = []
    for kind in kinds:
        seeds = (f"{seed}:{kind.play.__name__}:{variant}" for variant in range(kind.variants))
        found.append((kind.weight, [Template(kind, await played(kind, s)) for s in seeds]))
    return found


def _said(row: Row) -> Mapping[str, Value]:
    return {name: value for name, value in row.values.items() if name != "writeId"}


def _in(kept: list[tuple[str, Row]], table: str, partition: str) -> list[Row]:
    return [row for of, row in kept if of == table and row.partition == partition]


def _entries(kept: list[tuple[str, Row]]) -> list[Any]:
    return [row for table, row in kept if table == "leads" and row.key.startswith(FIRST_ENTRY)]


def _files(kept: list[tuple[str, Row]]) -> list[LeadFile]:
    partitions: dict[str, dict[str, Row]] = {}
    for table, row in kept:
        if table == "leads":
            partitions.setdefault(row.partition, {})[row.key] = row
    return [LeadFile(leads.lead_from_row(rows[LEAD_ROW]), "", rows) for rows in partitions.values()]


@lru_cache(maxsize=65_536)
def _moved(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def _content_hash(quotation: Quotation, words: Mapping[str, str], number: int, days: int) -> str:
    """As `Quotation.content_hash` has it, over what the copy says."""
    lead = words[quotation.lead_id.partition("-")[2]]
    own = replace(
        quotation,
        id=f"QUOT-{lead}{quotation.id[-2:]}",
        lead_id=f"LEAD-{lead}",
        valid_until=quotation.valid_until + timedelta(days=days),
        price={**quotation.price, "day": _moved(str(quotation.price["day"]), days)},
    )
    return own.content_hash


def _finished(rows: Rows, cast: Cast, days: int) -> Rows:
    """With what no other words can do: timelines chained anew, places that depend on an id, notices by their time,
    and without what timers would have taken away by now."""
    done: Rows = {}
    for (table, partition), held in rows.items():
        if table == "views" and partition.startswith("all|"):
            for key, values in held.items():
                done.setdefault((table, leads.shard_of(key)), {})[key] = values
        elif table == "notifications":
            done[table, partition] = _told(held, partition, cast.today, days)
        elif table in HEADS:
            done[table, partition] = _chained(held, partition, HEADS[table])
        elif table != "expiries" or partition >= cast.today.isoformat():
            done[table, partition] = held
    return done


def _chained(held: dict[str, dict[str, Value]], partition: str, head: str) -> dict[str, dict[str, Value]]:
    """The partition of an aggregate with the hashes of its timeline, and the last of them in its own row."""
    done = {key: values for key, values in held.items() if not key.startswith(FIRST_ENTRY)}
    versions: dict[int, list[Any]] = {}
    for key in sorted(key for key in held if key.startswith(FIRST_ENTRY)):
        entry = entry_from_row(Row(partition, key, held[key], ""))
        versions.setdefault(entry.version, []).append(entry)
    last = ""
    for version, entries in versions.items():
        act = Act(actor=entries[0].actor, at=entries[0].at, write_id="copy")
        notes = [Note(e.action, e.message, e.changes, e.reason, e.facts) for e in entries]
        for entry in append(previous=last, version=version, act=act, notes=notes):
            write, last = entry_to_write(entry), entry.hash
            done[write.key] = dict(write.values)
    done[head] = {**done[head], "lastHash": last}
    return done


def _told(held: dict[str, dict[str, Value]], person: str, today: date, days: int) -> dict[str, dict[str, Value]]:
    """A person's notices under the keys of their moments. The head of a customer's, which counts them, is made here,
    since nobody else's copy tells that customer anything; the other ones at the end."""
    done: dict[str, dict[str, Value]] = {}
    for key in held.keys() - {"head"}:
        values = held[key]
        day = datetime.fromisoformat(str(values["at"])).date()
        if today - day < KEPT - timedelta(days=1):
            moment = int(key[:13]) - days * _DAY_MS
            read = {"readAt": values["at"]} if today - day > _READ_AFTER else {}
            done[f"{moment:013d}{key[13:]}"] = {**values, **read}
    if done and person.startswith("CUST-"):
        unread = sum("readAt" not in values for values in done.values())
        done["head"] = {"unread": unread, "version": len(done)}
    return done
