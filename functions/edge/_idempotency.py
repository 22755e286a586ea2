"""Idempotency-Key: the first answer again for 24 hours (api.md; the semantics of the RFC draft).

A record of the key is created before the request is carried out and holds its answer afterwards. If the
process dies between, the record's lease ends and a repetition takes over with the same write id and the
same reserved id: the change's own transaction contains a proof row of that name, so it lands once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import azure.functions as func

from domain.ports import Ports
from domain.store import Create, Delete, Replace, Row, RowChanged, RowExists, StorageUnavailable, Value
from domain.values import iso, moment
from functions.edge._reply import response
from functions.edge.errors import IdempotencyKeyReused, RequestInProgress

TABLE = "idempotency"
REPLAYED = "Idempotent-Replayed"
_LIFE = timedelta(hours=24)
_CHUNK = 16_000  # characters per column: at most 32,000 UTF-16 units
_MOST = 768_000  # bytes of UTF-16; a row may have 1 MiB


@dataclass(frozen=True)
class Ticket:
    """The right to carry out a keyed request: its write id, its proof's name and the id reserved for it."""

    write_id: str
    proof: str
    reserved: str | None


Perform = Callable[[Ticket], Awaitable[func.HttpResponse]]


async def once(
    *,
    ports: Ports,
    person: str,
    key: str,
    fingerprint: str,
    reserve: Callable[[], Awaitable[str]] | None,
    lease: timedelta,
    perform: Perform,
) -> func.HttpResponse:
    """Carry a keyed request out once, or answer as the first time. `lease` is longer than it can take.

    Raises IdempotencyKeyReused (422), RequestInProgress (409), StorageUnavailable.
    """
    name = hashlib.sha256(key.encode()).hexdigest()
    fresh = await _record(ports=ports, fingerprint=fingerprint, reserve=reserve, lease=lease)
    row, ticket = await _claim(ports, person, name, fresh, lease)
    if ticket is None:
        return _first_answer(row)
    try:
        answer = await perform(ticket)
    except Exception:  # not when the time is up: what was begun may still be going on then
        await _finish(ports, row, {"until": iso(ports.clock.now())})
        raise
    if answer.status_code < 500:
        await _finish(ports, row, {"state": "done", **_kept(answer)})
    else:
        await _finish(ports, row, {"until": iso(ports.clock.now())})
    return answer


async def _record(
    *, ports: Ports, fingerprint: str, reserve: Callable[[], Awaitable[str]] | None, lease: timedelta
) -> dict[str, Value]:
    """What is kept of a request that is about to be carried out."""
    now = ports.clock.now()
    record: dict[str, Value] = {
        "fingerprint": fingerprint,
        "state": "running",
        "at": iso(now),
        "until": iso(now + lease),
        "request": ports.ids.unique(),
    }
    return {**record, "reserved": await reserve()} if reserve else record


async def _claim(
    ports: Ports, person: str, name: str, fresh: dict[str, Value], lease: timedelta
) -> tuple[Row, Ticket | None]:
    """The key's record, and a ticket if the request is to be carried out by us."""
    writes = [Create(name, fresh)]
    try:
        await ports.store.commit(table=TABLE, partition=person, writes=writes, write_id=str(fresh["request"]))
    except RowExists:
        pass
    else:
        return Row(person, name, fresh, etag=""), _ticket(fresh, name)
    row = await ports.store.get(table=TABLE, partition=person, key=name)
    if row is None:
        raise RequestInProgress("The Idempotency-Key is being cleared. Try again.", retry_after=1)
    return await _take_over(ports, row, fresh, lease)


async def _take_over(
    ports: Ports, row: Row, fresh: dict[str, Value], lease: timedelta
) -> tuple[Row, Ticket | None]:
    now, values = ports.clock.now(), row.values
    if moment(str(values["at"])) + _LIFE <= now:
        values = fresh
    else:
        if values["fingerprint"] != fresh["fingerprint"]:
            raise IdempotencyKeyReused("This Idempotency-Key was used for another request. Use a new one.")
        if values["state"] == "done":
            return row, None
        if moment(str(values["until"])) > now:
            raise RequestInProgress("The first request with this key is still running.", retry_after=2)
        values = {**values, "until": iso(now + lease)}
        values.pop("writeId", None)
    try:
        await ports.store.commit(
            table=TABLE,
            partition=row.partition,
            writes=[Replace(row.key, values, row.etag)],
            write_id=ports.ids.unique(),
        )
    except RowChanged:
        raise RequestInProgress("The first request with this key is still running.", retry_after=2) from None
    return Row(row.partition, row.key, values, etag=""), _ticket(values, row.key)


def _ticket(values: Mapping[str, Value], name: str) -> Ticket:
    reserved = values.get("reserved")
    return Ticket(str(values["request"]), name, str(reserved) if reserved else None)


async def _finish(ports: Ports, row: Row, values: dict[str, Value]) -> None:
    """Keep the answer, or give the key free; if storage fails now, the lease's end does the latter."""
    try:
        current = await ports.store.get(table=TABLE, partition=row.partition, key=row.key)
        if current is None or current.values["request"] != row.values["request"]:
            return
        kept = {n: v for n, v in current.values.items() if n != "writeId"} | values
        write = Replace(row.key, kept, current.etag)
        await ports.store.commit(table=TABLE, partition=row.partition, writes=[write], write_id=ports.ids.unique())
    except (RowChanged, StorageUnavailable):
        return


def _kept(answer: func.HttpResponse) -> dict[str, Value]:
    text = answer.get_body().decode()
    if len(text.encode("utf-16-le")) > _MOST:
        text = _in_brief(answer.status_code, text)
    chunks = [text[i : i + _CHUNK] for i in range(0, len(text), _CHUNK)]
    headers = {n: v for n, v in answer.headers.items() if n.lower() in ("etag", "location", "retry-after")}
    return {
        "status": answer.status_code,
        "mediaType": str(answer.mimetype),
        "headers": json.dumps(headers),
        **{f"body{i:02d}": chunk for i, chunk in enumerate(chunks)},
    }


def _in_brief(status: int, text: str) -> str:
    """Of an answer that is too long to keep: that it was done, or the refusal without the list of all faults."""
    if status < 400:
        return '{"success":true,"data":null,"message":"Done before; the answer was too long to keep."}'
    problem = json.loads(text)
    problem.pop("validationErrors", None)
    problem["error"].pop("details", None)
    return json.dumps(problem, ensure_ascii=False)


def _first_answer(row: Row) -> func.HttpResponse:
    values = row.values
    body = "".join(str(values[n]) for n in sorted(values) if n.startswith("body"))
    headers = {**json.loads(str(values["headers"])), REPLAYED: "true"}
    return response(int(str(values["status"])), body, headers, str(values["mediaType"]))


async def clear_old_answers(*, ports: Ports) -> int:
    """Remove the records of keys that are older than 24 hours, for a daily timer; how many there were.

    They count no more without it. One walk through the table `idempotency`.
    """
    at, cleared = ports.clock.now(), 0
    async for row in ports.store.scan(table=TABLE):
        if moment(str(row.values["at"])) + _LIFE > at:
            continue
        write, partition = Delete(row.key, row.etag), row.partition
        with suppress(RowChanged):  # the key is being used anew at this moment
            await ports.store.commit(table=TABLE, partition=partition, writes=[write], write_id=ports.ids.unique())
            cleared += 1
    return cleared
