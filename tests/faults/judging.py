"""What has to be true after a fault, the client's repeat and the sweep. No tests here.

The measure is an undisturbed run of the same request: the same entries on the same timelines, and the same people
told of the same things, each once. Besides, every invariant that `check_data` knows holds.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from domain import documents, leads
from domain.continuity import HEADS, violations
from domain.jobs import open_jobs
from domain.leads import PENDING, VIEWS
from domain.notifications import Notification, inbox_of
from domain.store import Row, Store
from domain.timeline import FIRST_ENTRY, Entry, entry_from_row, verify
from tests.faults.cases import Request

_INDEXES = ("phones", "emails", "identities", "utrs", "expiries")
OFFICE = ("CP-1001", "KAM-1001", "ADMIN-1001", "ADMIN-1002")


@dataclass(frozen=True)
class Outcome:
    """What a request has led to: per table the actions entered on each timeline, and who was told what."""

    entered: tuple[tuple[str, tuple[str, ...]], ...]
    told: tuple[tuple[str, str], ...]


@dataclass
class Scene:
    """The aggregates that a request concerns, as they were before it."""

    store: Store
    request: Request
    made: str | None = None
    versions: dict[tuple[str, str], int] = field(default_factory=dict)
    notices: set[tuple[str, str]] = field(default_factory=set)

    async def remember(self) -> None:
        """Call it before the request."""
        self.versions = {place: len({e.version for e in await self._entries(place)}) for place in self._about()}
        self.notices = {(person, notice.id) for person, notice in await self._inboxes(await self._whose())}

    async def outcome(self) -> Outcome:
        """What has come since. Fails if a timeline isn't whole, or something was carried out twice."""
        entered = []
        for place in {*self._about(), *await self._customers()}:
            since = self.versions.get(place, 0)
            entered.append((place[0], tuple(e.action for e in await self._entries(place) if e.version > since)))
        inboxes = await self._inboxes(await self._whose())
        told = [(kind(p), n.notice.title) for p, n in inboxes if (p, n.id) not in self.notices]
        return Outcome(tuple(sorted(entered)), tuple(sorted(told)))

    async def check(self) -> None:
        """Fails if an invariant doesn't hold, or something is still to be done."""
        tables = self._tables([*await self._customers(), *await self._linked()])
        assert [v async for v in violations(tables, today=date.min)] == []
        for markers in (PENDING, "untold"):
            assert [r.key async for r in self.store.scan(table=VIEWS, partition=markers)] == []
        assert [job.id for job in await open_jobs(store=self.store)] == []

    def _about(self) -> tuple[tuple[str, str], ...]:
        made = ((self.request.makes, self.made),) if self.request.makes and self.made else ()
        return (*self.request.about, *made)

    async def _customers(self) -> list[tuple[str, str]]:
        """Whom the numbers belong to now: a request may have made them."""
        rows = [await self.store.get(table="phones", partition=p, key="customer") for p in self.request.phones]
        return [("customers", str(row.values["customerId"])) for row in rows if row]

    async def _linked(self) -> list[tuple[str, str]]:
        """The customers of the leads."""
        rows = [
            await self.store.get(table="leads", partition=lead_id, key="lead")
            for table, lead_id in self._about()
            if table == "leads"
        ]
        return [("customers", str(row.values["customerId"])) for row in rows if row]

    async def _whose(self) -> list[str]:
        """Whose inboxes may get something."""
        people = [key for table, key in self._about() if table in ("customers", "people")]
        customers = [key for _, key in await self._customers()]
        return list(dict.fromkeys([*OFFICE, *people, *self._given_to(), *customers]))

    def _given_to(self) -> list[str]:
        """The partner that the request gives a lead to."""
        return [str(self.request.body["cpId"])] if "cpId" in self.request.body else []

    async def _inboxes(self, people: Iterable[str]) -> list[tuple[str, Notification]]:
        found = []
        for person in people:
            inbox = await inbox_of(store=self.store, person=person)
            assert inbox.unread == sum(n.read_at is None for n in inbox.notifications)
            found += [(person, n) for n in inbox.notifications]
        return found

    async def _entries(self, place: tuple[str, str]) -> list[Entry]:
        """The timeline. Fails if it isn't whole, or something was carried out twice."""
        table, partition = place
        rows = [row async for row in self.store.scan(table=table, partition=partition, first=FIRST_ENTRY)]
        entries = [entry_from_row(row) for row in rows]
        head = await self.store.get(table=table, partition=partition, key=HEADS[table])
        if head is None:
            assert entries == []
            return []
        version = int(str(head.values["version"]))
        assert verify(entries, last_hash=str(head.values["lastHash"]), version=version) is None
        # Each version is one request's, so none was carried out twice.
        assert len({row.values["writeId"] for row in rows}) == len({e.version for e in entries})
        return entries

    def _tables(self, customers: list[tuple[str, str]]) -> Callable[[str], AsyncIterator[Row]]:
        """The rows of all tables that concern the request, for the invariants of `check_data`."""
        places = sorted({*self._about(), *customers})
        whose: dict[str, list[str | None]] = {table: [None] for table in _INDEXES}
        for table, partition in places:
            whose.setdefault(table, []).append(partition)

        async def rows(table: str) -> AsyncIterator[Row]:
            if table == VIEWS:
                async for row in self._views([key for name, key in places if name == "leads"]):
                    yield row
                return
            for partition in whose.get(table, []):
                async for row in self.store.scan(table=table, partition=partition):
                    yield row

        return rows

    async def _views(self, lead_ids: list[str]) -> AsyncIterator[Row]:
        readers = map(leads.of_partner, ("CP-1001", *self._given_to()))
        for place in sorted({*readers, *map(leads.shard_of, lead_ids)}):
            for lead_id in lead_ids:
                row = await self.store.get(table=VIEWS, partition=place, key=lead_id)
                if row:
                    yield row
        async for row in self.store.scan(table=VIEWS, partition=documents.UPLOADS):
            yield row


def kind(person: str) -> str:
    """Who it is, in words that are the same in each run."""
    return person if person in OFFICE else person.partition("-")[0]
