"""Filling a data folder: the leads in parts, each in one transaction of the file, so that it can be stopped and go
on; then what counts them."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from adapters.schema import TABLES
from adapters.tables._odata import entity_text
from domain.notifications import MAX_KEPT
from domain.store import Value
from local.azurite import ACCOUNT
from local.tables import FILE, Change, Rows
from tests.bench.generate import _copies as copies
from tests.bench.generate._copies import Cast, Person, Template
from tests.bench.generate._people import FIRST_PARTNER, kam_of, partner, people
from tests.bench.generate._stories import KINDS

PARTNERS = 600
BIG = 1_996
"""The demo's first channel partner has very many leads (design.md §7): with the four of the demo data exactly 2,000."""

FIRST = 100_001
PART = 250
_BIG_OF_A_PART = PART // 2
NAMES = ("Kavita", "Ravi", "Bhavna", "Imran", "José", "Jose\u0301", "Meena", "कविता", "Arjun", "Ásta")
SURNAMES = ("Desai", "Shah", "Patel", "Nair", "Khan", "D'Souza", "Singh", "Iyer", "Çelik")
PLACES = (("Ahmedabad", "Gujarat"), ("Mumbai", "Maharashtra"), ("Kochi", "Kerala"), ("Jaipur", "Rajasthan"))
SOURCES = ("website", "referral", "partner", "fair")
_SHOWN = Callable[[int, int, float], None]


class CannotFill(Exception):
    """The folder can't be filled so; the text says why."""


def fill(data: Path, *, leads: int, seed: int, today: date, processes: int, shown: _SHOWN) -> int:
    """Make so many leads in the folder, those left out that are there; how many rows were stored. `shown` hears of
    the leads that are there, the rows made, and the seconds that it took. Raises CannotFill."""
    _check(data)
    parts = [(number, min(PART, leads - number * PART)) for number in range(-(-leads // PART))]
    with closing(Rows(data / "tables" / FILE)) as rows:
        today = _begun(rows, seed, today)
        left = [part for part in parts if not _is_done(rows, *part)]
    stored = _all_parts(data, left, seed, today, processes, shown)  # SQLite minds a connection from before a fork
    with closing(Rows(data / "tables" / FILE)) as rows:
        _counted(rows, leads)
    return stored


def _check(data: Path) -> None:
    if (data / "azurite").exists() and not (data / "tables" / FILE).exists():
        raise CannotFill(f"{data} has been used without the table service. Choose a new folder: DATA=.local-big")


def _begun(rows: Rows, seed: int, today: date) -> date:
    """Make the tables and the people, once. The day of the first time counts, so that going on makes the same."""
    there = set(rows.names())
    for table in TABLES:
        if f"{ACCOUNT}/{table}" not in there:
            rows.create(f"{ACCOUNT}/{table}")
    said = rows.get(_name("counters"), ("filled", "head"))
    if said:
        if int(json.loads(said)["seed"]) != seed:
            raise CannotFill("This folder was filled with another seed.")
        return date.fromisoformat(json.loads(said)["today"])
    made = asyncio.run(people(PARTNERS, today))
    made["counters", "filled"] = {"head": {"seed": seed, "today": today.isoformat()}}
    with rows:
        _load(rows, made, "people")
    return today


def _is_done(rows: Rows, number: int, size: int) -> bool:
    said = rows.get(_name("counters"), ("filled", f"{number:06d}"))
    if said and int(json.loads(said)["leads"]) != size:
        raise CannotFill(f"The folder has a last part that isn't whole. Ask for a multiple of {PART} leads more.")
    return said is not None


def _all_parts(
    data: Path, parts: list[tuple[int, int]], seed: int, today: date, processes: int, shown: _SHOWN
) -> int:
    began, stored, made = time.perf_counter(), 0, 0
    _templates(seed)  # once: where processes are forked, they have them
    pool = ProcessPoolExecutor(processes, initializer=_start, initargs=(data, seed, today))
    try:
        running = {pool.submit(_part, number, size): size for number, size in parts}
        for part in as_completed(running):
            stored, made = stored + part.result(), made + running[part]
            shown(made, stored, time.perf_counter() - began)
    finally:
        pool.shutdown(cancel_futures=True)
    return stored


@cache
def _templates(seed: int) -> tuple[list[int], list[list[Template]]]:
    """Weights, and the ways in which each kind of story was played."""
    found = asyncio.run(copies.templates(KINDS, seed))
    return [weight for weight, _ in found], [ways for _, ways in found]


class _Worker:
    """What one process needs for its parts."""

    def __init__(self, data: Path, seed: int, today: date) -> None:
        self.rows, self.seed, self.today = Rows(data / "tables" / FILE), seed, today
        self.weights, self.kinds = _templates(seed)

    def make(self, number: int, size: int) -> int:
        """One part: always the same for the same seed and day."""
        rng = random.Random(f"{self.seed}:part:{number}")
        rows: copies.Rows = {}
        for template, cast in self._casts(number, size, rng):
            for place, held in template.copy(cast).items():
                rows.setdefault(place, {}).update(held)
        rows["counters", "filled"] = {f"{number:06d}": {"leads": size}}
        with self.rows:
            return _load(self.rows, rows, f"part:{number}")

    def _casts(self, number: int, size: int, rng: random.Random) -> Iterator[tuple[Template, Cast]]:
        chosen, left = list[Template](), size
        while left:
            template = rng.choice(rng.choices(self.kinds, self.weights)[0])
            if template.leads <= left:
                chosen.append(template)
                left -= template.leads
        assigned = [at for at, template in enumerate(chosen) if template.assigned]
        most = min(_BIG_OF_A_PART, max(BIG - number * _BIG_OF_A_PART, 0), len(assigned))
        big, first = set(rng.sample(assigned, most)), FIRST + number * PART
        for at, template in enumerate(chosen):
            yield template, self._cast(template, first, rng, big=at in big)
            first += template.leads

    def _cast(self, template: Template, number: int, rng: random.Random, *, big: bool) -> Cast:
        one, two = rng.sample(range(FIRST_PARTNER + 2, FIRST_PARTNER + PARTNERS), 2)
        city, state = rng.choice(PLACES)
        person = Person(
            name=f"{rng.choice(NAMES)} {rng.choice(SURNAMES)}",
            email=f"customer{number}@example.com",
            address=f"{number % 97 + 1} Station Road",
            city=city,
            state=state,
            source=rng.choice(SOURCES),
        )
        return Cast(
            number=number,
            last=self.today - timedelta(days=rng.randrange(1, template.days)),
            today=self.today,
            one=partner(FIRST_PARTNER if big else one),
            two=partner(two),
            kam=kam_of(FIRST_PARTNER if big else one),
            person=person,
        )


_workers: list[_Worker] = []


def _start(data: Path, seed: int, today: date) -> None:
    _workers.append(_Worker(data, seed, today))


def _part(number: int, size: int) -> int:
    return _workers[0].make(number, size)


def _name(table: str) -> str:
    return f"{ACCOUNT}/{table}"


def _load(rows: Rows, made: copies.Rows, write_id: str) -> int:
    """Store rows within the caller's transaction; how many."""
    for (table, partition), held in made.items():
        rows.load(_name(table), (((partition, key), _text(partition, key, v, write_id)) for key, v in held.items()))
    return sum(map(len, made.values()))


def _text(partition: str, key: str, values: dict[str, Value], write_id: str) -> str:
    return entity_text(partition, key, {**values, "writeId": f"{write_id}:{key}"})


def _counted(rows: Rows, leads: int) -> None:
    """The next ids, the heads of the inboxes, and of each inbox only so much as the product keeps."""
    last = {"lead": FIRST + leads, "customer": FIRST + leads, "partner": FIRST_PARTNER + PARTNERS, "kam": 1_100}
    for series, following in last.items():
        said = rows.get(_name("counters"), (series, "next"))
        if said is None or int(json.loads(said)["next"]) < following:
            _put(rows, "counters", series, "next", {"next": following})
    for person, notices in _inboxes(rows):
        if too_many := notices[MAX_KEPT:]:
            rows.commit(_name("notifications"), [Change((person, key), None, "*") for key, _ in too_many])
        unread = sum("readAt" not in said for _, said in notices[:MAX_KEPT])
        _put(rows, "notifications", person, "head", {"unread": unread, "version": len(notices)})


def _put(rows: Rows, table: str, partition: str, key: str, values: dict[str, Value]) -> None:
    there = rows.get(_name(table), (partition, key)) is not None
    text = _text(partition, key, values, "counted")
    rows.commit(_name(table), [Change((partition, key), text, "*" if there else None)])


def _inboxes(rows: Rows) -> Iterator[tuple[str, list[tuple[str, dict[str, Value]]]]]:
    """The notices of each partner and of the staff, newest first."""
    numbers = range(FIRST_PARTNER, FIRST_PARTNER + PARTNERS)
    for person in sorted({"ADMIN-1001", *(p for n in numbers for p in (partner(n).id, kam_of(n).id))}):
        mine = [("PartitionKey", "eq", person), ("RowKey", "lt", "head")]
        found, after = rows.page(_name("notifications"), mine, None, 1_000)
        while after:
            more, after = rows.page(_name("notifications"), mine, after, 1_000)
            found += more
        if found:
            yield person, [(said["RowKey"], said) for said in map(json.loads, found)]
