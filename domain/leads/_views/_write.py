"""Writing the views of one lead beside its transaction, and reading them back.

Before the answer: the view of the lead's channel partner, of one that it leaves, and the feed, by which the
lists of admins and KAMs keep up. After it: what nobody reads in that moment.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Mapping

from domain.leads._model import Lead
from domain.leads._views._feed import in_feed, put_change
from domain.leads._views._imports import LOGS, VIEWS, import_of, is_sign, may_be_seen
from domain.leads._views._summary import Summary, summary_from_columns, summary_of
from domain.ports import Ports
from domain.store import Create, Delete, Replace, Row, RowChanged, RowExists, StorageUnavailable, Store, Value

PENDING = "pending"
SHARDS = tuple(f"all|{number:02x}" for number in range(64))
"""All leads, spread over partitions that can be read at the same time."""

_ATTEMPTS = 100
_PAGE = 900  # a page has 1,000 rows at most; up to here a view was read in one moment

Seen = Mapping[str, Row | None]


def of_partner(partner: str) -> str:
    """The view of one channel partner."""
    return f"cp|{partner}"


def shard_of(lead_id: str) -> str:
    """The one of `SHARDS` in which a lead stands for good."""
    return SHARDS[zlib.crc32(lead_id.encode()) % len(SHARDS)]


def view_rows(lead: Lead, parts: Mapping[str, Row]) -> dict[str, dict[str, Value]]:
    """The lead's view rows as they have to be: partition to columns."""
    columns = summary_of(lead, parts).columns()
    readers = [shard_of(lead.id), *([of_partner(lead.assigned_to)] if lead.assigned_to else [])]
    return dict.fromkeys(readers, columns)


def shows_a_lead(row: Row) -> bool:
    """Whether this row of the table shows a lead to a reader; markers, signs, the feed and `gone` rows don't."""
    return row.partition.startswith(("all|", "cp|")) and "gone" not in row.values and not is_sign(row)


def lead_in(row: Row) -> str | None:
    """The lead that a row of the table tells of, in a view or in the feed; None for a
    marker, a sign and for the name of a log."""
    if in_feed(row):
        return row.key.split(":")[-2]
    return None if row.partition in (PENDING, LOGS) or is_sign(row) else row.key


async def mark(*, store: Store, lead_id: str, write_id: str, at: str) -> bool:
    """Say that the lead's views are about to be out of date; False if the same request has said so before, and may
    have died after its change."""
    marker = Create(f"{lead_id}:{write_id}", {"at": at})
    try:
        await store.commit(table=VIEWS, partition=PENDING, writes=[marker], write_id=write_id)
    except RowExists:
        return False
    return True


async def unmark(*, store: Store, lead_id: str, write_id: str) -> None:
    """The views are up to date again (or nothing was changed)."""
    key = f"{lead_id}:{write_id}"
    row = await store.get(table=VIEWS, partition=PENDING, key=key)
    if row:
        try:
            await store.commit(table=VIEWS, partition=PENDING, writes=[Delete(key, row.etag)], write_id=write_id)
        except RowChanged:
            return  # the sweep was faster


async def see(*, store: Store, lead_id: str, partner: str | None) -> Seen:
    """The view row of the partner who has the lead so far; read beside the transaction, so it costs no hop."""
    if partner is None:
        return {}
    place = of_partner(partner)
    return {place: await store.get(table=VIEWS, partition=place, key=lead_id)}


async def show(*, ports: Ports, summary: Summary, partner: str | None, seen: Seen, write_id: str) -> None:
    """What has to stand before the answer, so that everybody's next list shows the change: one hop.

    A partner that the lead leaves gets a `gone` row, since a deleted one could be brought back by a slower
    writer of an older version.
    """
    jobs: list[Awaitable[object]] = [put_change(ports=ports, summary=summary, write_id=write_id)]
    for place in {*seen, *([of_partner(partner)] if partner else [])}:
        mine = partner is not None and place == of_partner(partner)
        said = summary if mine else summary.left_to(place.removeprefix("cp|"))
        jobs.append(put(store=ports.store, place=place, said=said, row=seen.get(place), write_id=write_id))
    await asyncio.gather(*jobs)


async def finish(*, store: Store, summary: Summary, partner: str | None, write_id: str) -> None:
    """What can be written after the answer: the row among all leads, and the views of partners who had the
    lead before and have a commission of it."""
    place = shard_of(summary.lead_id)
    row = await store.get(table=VIEWS, partition=place, key=summary.lead_id)
    await put(store=store, place=place, said=summary, row=row, write_id=write_id)
    for owner in sorted(summary.owners() - {partner}):
        await put_left(store=store, summary=summary, partner=owner, write_id=write_id)


async def put_left(*, store: Store, summary: Summary, partner: str, write_id: str) -> None:
    """Bring the view of a partner who doesn't have the lead any more up to date, if it isn't."""
    place, said = of_partner(partner), summary.left_to(partner)
    row = await store.get(table=VIEWS, partition=place, key=summary.lead_id)
    if row is None or not said.same_as(summary_from_columns(row.key, row.values)):
        await put(store=store, place=place, said=said, row=row, write_id=write_id)


async def put(*, store: Store, place: str, said: Summary, row: Row | None, write_id: str) -> bool:
    """Store a view row unless a newer one is there, or the same; whether it was written."""
    for _ in range(_ATTEMPTS):
        stored = summary_from_columns(row.key, row.values) if row else None
        if stored and (stored.version > said.version or stored == said):
            return False
        values = said.columns()
        write = Replace(said.lead_id, values, row.etag) if row else Create(said.lead_id, values)
        try:
            await store.commit(
                table=VIEWS, partition=place, writes=[write], write_id=f"{write_id}:{said.version}:{place}"
            )
            return True
        except (RowExists, RowChanged):
            row = await store.get(table=VIEWS, partition=place, key=said.lead_id)
    raise StorageUnavailable("Too many people are changing this lead at this moment. Try again.", retry_after=1)


async def summaries(*, store: Store, place: str) -> list[Summary]:
    """All that its reader may see of a view, in key order: one request per 1,000 rows. A partner's leaves out what
    an import that isn't complete brought; among all leads there are no signs, and `lists.Follower` sees to that."""
    known: set[str] = set()
    while True:
        found, signs = await _read(store, place)
        new = {summary.imported for summary in found} - {""} - signs.keys() - known
        if not new or len(found) < _PAGE or place in SHARDS:
            break
        known |= new  # their sign may have been put behind us: it is there by now, or was lost
    hidden = {name for name, shown in signs.items() if not shown}
    return [s for s in found if s.imported not in hidden] if hidden else found


async def _read(store: Store, place: str) -> tuple[list[Summary], dict[str, bool]]:
    """What stands in a view, and what the signs in it say."""
    found: list[Summary] = []
    signs: dict[str, bool] = {}
    async for row in store.scan(table=VIEWS, partition=place):
        if is_sign(row):
            signs[import_of(row)] = may_be_seen(row)
        else:
            found.append(summary_from_columns(row.key, row.values))
    return found, signs
