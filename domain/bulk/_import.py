"""Leads from a sheet, all or none (docs/adr/0024): accepted once every row is sound and kept; then nothing can be
refused any more, and a kill at any point is made good by carrying on.

Two steps: first every lead is stored, where nobody finds it; when the last one is, they are brought into the lists.
A sign hides them there until the last one has arrived, so each reader sees all of them at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta

from domain import leads
from domain.bulk._parts import (
    Part,
    decide,
    divided,
    done_with,
    drop_parts,
    keep_part,
    note_done,
    read_part,
    verdict_of,
)
from domain.bulk._signs import hide, name_of, reveal, reveal_forgotten
from domain.bulk.errors import ImportNotFound, ImportNotTaken, ImportRejected
from domain.errors import DomainError, Fault, Invalid
from domain.identity import Person, assignable_partner
from domain.jobs import SHOWN, STORED, Job, JobState, close_job, find_job, open_job, open_jobs
from domain.leads import NewLead, Origin
from domain.ports import Ports
from domain.timeline import Act

KIND = "import-leads"
QUIET = timedelta(minutes=1)
"""An import that nothing was heard of for so long isn't being carried out by anybody."""
_AT_ONCE = 16


@dataclass(frozen=True)
class ImportRow:
    """A row with its number in the sheet, and the lead that it says; None if it isn't sound in itself.

    Channel partner and follow-up date aren't checked yet, which is done whatever else is wrong with the row.
    """

    number: int
    lead: NewLead | None
    assigned_to: str | None = None
    follow_up_date: date | None = None

    @classmethod
    def of(cls, number: int, lead: NewLead) -> ImportRow:
        """A row that is sound in itself."""
        return cls(number, lead, lead.assigned_to, lead.follow_up_date)


@dataclass(frozen=True)
class RowFault:
    """What is wrong in one cell; `row` is the number that a spreadsheet shows, where the header is 1."""

    row: int
    field: str
    value: str
    message: str


@dataclass(frozen=True)
class Progress:
    """How far an import is: how many leads are stored, and then shown in lists. `lead_ids` is empty until it is
    finished."""

    job: Job
    stored: int
    shown: int
    lead_ids: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many leads it makes."""
        return int(str(self.job.facts["leads"]))


async def begin_import(
    *, ports: Ports, job_id: str, rows: Sequence[ImportRow], faults: Sequence[RowFault], act: Act
) -> Job:
    """Take an import on: check what the rows alone don't tell, then keep them. `faults` are those found so far.

    With the same reserved `job_id` it is taken on once. Raises ImportRejected with all faults, ImportNotTaken,
    StorageUnavailable.
    """
    known = await find_job(store=ports.store, job_id=job_id)
    taken = await verdict_of(store=ports.store, job=known) if known else None
    if known is None or taken is None:
        sound, more = await _checked(ports, rows, act)
        if faults or more:
            raise _rejected(sorted([*faults, *more], key=lambda fault: fault.row), total=len(rows))
        parts = divided(sound)
        facts = {"leads": len(sound), "parts": len(parts)}
        known = await open_job(store=ports.store, job=Job(job_id, KIND, act.actor, act.at, facts))
        await asyncio.gather(*(_keep(ports, known, number, part) for number, part in enumerate(parts)))
        taken = await decide(store=ports.store, job=known, taken=True)
    if not taken:
        raise _not_taken()
    return known


async def carry_on(*, ports: Ports, job: Job) -> None:
    """Bring an import to its end from wherever it stands; two at once do no harm.

    Raises ImportNotTaken (it was interrupted before all rows were kept: nothing was imported), StorageUnavailable.
    """
    store, numbers = ports.store, range(int(str(job.facts["parts"])))
    if not await decide(store=store, job=job, taken=False):
        await drop_parts(store=store, job=job)
        await close_job(store=store, job=job, state=JobState.REFUSED)
        raise _not_taken()
    views = await hide(ports=ports, job=job)
    for step in (STORED, SHOWN):
        done = await done_with(store=store, job=job, step=step)
        for number in numbers:
            if number not in done:
                await _do(ports, job, step, number)
    await reveal(ports=ports, job=job, views=views)
    await drop_parts(store=store, job=job)
    await close_job(store=store, job=job, state=JobState.FINISHED)


async def import_progress(*, ports: Ports, job_id: str) -> Progress:
    """How far an import is. Raises ImportNotFound."""
    job = await find_job(store=ports.store, job_id=job_id) if job_id.startswith("JOB-") else None
    if job is None or job.kind != KIND:
        raise ImportNotFound(f"There is no import {job_id[:40]}.")
    stored, shown = await asyncio.gather(
        *(done_with(store=ports.store, job=job, step=step) for step in (STORED, SHOWN))
    )
    ids = [lead_id for number in sorted(stored) for lead_id in stored[number][1]]
    seen = sum(len(part) for _, part in shown.values())
    return Progress(job, len(ids), seen, tuple(ids) if job.state is JobState.FINISHED else ())


async def finish_imports(*, ports: Ports) -> int:
    """Carry on with imports that a kill left behind, for a timer; how many were brought to an end.

    One that can't be brought to its end doesn't keep the others waiting; what it raised is raised at the end.
    """
    ended = 0
    failed: list[DomainError] = []
    for job in await open_jobs(store=ports.store):
        if job.kind != KIND or await _is_alive(ports, job):
            continue
        try:
            await carry_on(ports=ports, job=job)
        except ImportNotTaken:
            pass
        except DomainError as error:  # storage is down, or a phone is being changed: the next run
            failed.append(error)
            continue
        ended += 1
    await reveal_forgotten(ports=ports)
    if failed:
        raise failed[0]
    return ended


async def _is_alive(ports: Ports, job: Job) -> bool:
    steps = await asyncio.gather(*(done_with(store=ports.store, job=job, step=s) for s in (STORED, SHOWN)))
    heard = max([job.at, *(at for step in steps for at, _ in step.values())])
    return ports.clock.now() - heard < QUIET


async def _keep(ports: Ports, job: Job, number: int, new: tuple[NewLead, ...]) -> None:
    ids = [await leads.reserve_lead_id(ports) for _ in new]
    await keep_part(store=ports.store, job=job, number=number, part=Part(tuple(ids), new))


async def _do(ports: Ports, job: Job, step: str, number: int) -> None:
    part = await read_part(store=ports.store, job=job, number=number)
    if part is None:
        return  # somebody else has just finished the import
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(lead_id: str, new: NewLead) -> None:
        act = Act(actor=job.actor, at=job.at, write_id=f"{job.id}:{step}:{lead_id}")
        async with gate:
            if step == STORED:
                await leads.store_lead(ports=ports, lead_id=lead_id, new=new, imported=name_of(job), act=act)
            else:
                await leads.show_lead(ports=ports, lead_id=lead_id, act=act)

    await asyncio.gather(*(one(lead_id, new) for lead_id, new in zip(part.ids, part.leads, strict=True)))
    await note_done(store=ports.store, job=job, step=step, number=number, ids=part.ids, at=ports.clock.now())


async def _checked(ports: Ports, rows: Sequence[ImportRow], act: Act) -> tuple[list[NewLead], list[RowFault]]:
    """The leads with their channel partners' names, and what is wrong with partners and dates."""
    partners = await _partners(ports, {row.assigned_to for row in rows if row.assigned_to}, act)
    first, last = leads.follow_up_range(act.at)
    sound: list[NewLead] = []
    faults: list[RowFault] = []
    for row in rows:
        wanted, on = row.assigned_to, row.follow_up_date
        partner = partners.get(wanted) if wanted else None
        if wanted and partner is None:
            message = "There is no active channel partner with this id."
            faults.append(RowFault(row.number, "assignedTo", wanted, message))
        if on and not first <= on <= last:
            message = f"The follow-up date must be from {first} to {last} (India)."
            faults.append(RowFault(row.number, "followUpDate", on.isoformat(), message))
        named = partner.name if partner else None
        if row.lead:
            sound.append(replace(row.lead, assigned_name=named, origin=Origin.IMPORT))
    return sound, faults


async def _partners(ports: Ports, ids: set[str], act: Act) -> dict[str, Person]:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(partner_id: str) -> Person | None:
        async with gate:
            try:
                return await assignable_partner(store=ports.store, partner_id=partner_id, actor=act.actor)
            except Invalid:
                return None

    found = await asyncio.gather(*(one(partner_id) for partner_id in sorted(ids)))
    return {person.id: person for person in found if person}


def _rejected(faults: Sequence[RowFault], *, total: int) -> ImportRejected:
    said = [{**asdict(fault), "reason": fault.message} for fault in faults]
    failed = len({fault.row for fault in faults})
    results = {"total": total, "successful": 0, "failed": total, "errors": said}
    return ImportRejected(
        f"Nothing was imported. Faults: {len(faults)}; rows with faults: {failed}.",
        faults=[Fault(f"rows.{fault.row}.{fault.field}", fault.message) for fault in faults],
        details={"total": total, "imported": 0, "errors": said, "importResults": results},
    )


def _not_taken() -> ImportNotTaken:
    return ImportNotTaken(
        "The import was interrupted before all of it had arrived. Nothing was imported; send it again, with a new "
        "Idempotency-Key.",
        retry_after=5,
    )
