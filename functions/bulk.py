"""Many leads at once over HTTP: bulk changes, import and export of a CSV; and the timer that finishes imports."""

from __future__ import annotations

import asyncio
import logging

import azure.functions as func

from domain import bulk
from domain.errors import DomainError
from domain.jobs import Job, JobState
from domain.ports import Ports
from domain.values import Role
from functions.clockwork import Clockwork
from functions.edge import CSV, Call, Edge, Endpoint, Reply
from functions.models import lead_sheets
from functions.models.bulk import BulkChangeBody, BulkReassignmentBody, import_shape, outcomes_shape
from functions.replies import ImportReply, OutcomesReply

ADMIN = frozenset({Role.ADMIN})
IMPORT = "api/v1/leads/import"
_log = logging.getLogger("solarium.imports")

_SMALL, _SMALL_SECONDS, _SECONDS = 200, 20.0, 2.0
"""An import of so few rows is waited for; a larger one is only if it happens to be done at once."""


def blueprint(edge: Edge) -> func.Blueprint:
    """The functions of bulk work."""
    bp = func.Blueprint()
    _changing(bp, edge)
    _importing(bp, edge)
    _following(bp, edge)
    return bp


def _changing(bp: func.Blueprint, edge: Edge) -> None:
    ports = edge.ports

    @edge.endpoint(
        bp,
        Endpoint(
            "ChangeLeads",
            "PATCH",
            "api/v1/leads/bulk",
            ADMIN,
            "Move or edit up to 50 leads; finalizing and overriding need their versions",
            body=BulkChangeBody,
            critical=True,
            patience=4,
            reply=OutcomesReply,
        ),
    )
    async def change_leads(call: Call) -> Reply:
        body: BulkChangeBody = call.body
        ids, versions, change = body.lead_ids, body.versions, body.updates.change()
        if change:
            done = await bulk.move_leads(ports=ports, lead_ids=ids, change=change, versions=versions, act=call.act)
        else:
            edits = body.updates.edits()
            done = await bulk.edit_leads(ports=ports, lead_ids=ids, edits=edits, versions=versions, act=call.act)
        return Reply(outcomes_shape(done))

    @edge.endpoint(
        bp,
        Endpoint(
            "ReassignLeads",
            "PATCH",
            "api/v1/leads/bulk-reassign",
            ADMIN,
            "Give up to 50 leads to a channel partner; needs their versions",
            body=BulkReassignmentBody,
            critical=True,
            patience=4,
            reply=OutcomesReply,
        ),
    )
    async def reassign_leads(call: Call) -> Reply:
        body: BulkReassignmentBody = call.body
        done = await bulk.reassign_leads(
            ports=ports,
            lead_ids=body.lead_ids,
            partner_id=body.cp_id,
            reason=body.reason,
            versions=body.versions,
            act=call.act,
        )
        return Reply(outcomes_shape(done))


def _importing(bp: func.Blueprint, edge: Edge) -> None:
    ports = edge.ports

    @edge.endpoint(
        bp,
        Endpoint(
            "ImportLeads",
            "POST",
            IMPORT,
            ADMIN,
            "Register the rows of a CSV as leads, all or none; 202 if it goes on after the answer",
            reserves="job",
            upload=lead_sheets.MAX_BYTES,
            patience=4,
            reply=ImportReply,
            also=(202,),
        ),
    )
    async def import_leads(call: Call) -> Reply:
        rows, faults = await asyncio.to_thread(lead_sheets.read_sheet, call.upload)
        job_id = call.reserved or await bulk.import_id_for(ports=ports, sheet=call.upload, act=call.act)
        job = await bulk.begin_import(ports=ports, job_id=job_id, rows=rows, faults=faults, act=call.act)
        await _wait_for(ports, job, _SMALL_SECONDS if len(rows) <= _SMALL else _SECONDS)
        return await _progress(ports, job.id, _REPEATED if job.at < call.act.at and not call.reserved else "")


def _following(bp: func.Blueprint, edge: Edge) -> None:
    ports = edge.ports

    @edge.endpoint(
        bp,
        Endpoint(
            "ReadImport", "GET", IMPORT + "/{jobId}", ADMIN, "How far an import of leads is", reply=ImportReply
        ),
    )
    async def read_import(call: Call) -> Reply:
        return Reply(import_shape(await bulk.import_progress(ports=ports, job_id=call.path["jobId"])))

    @edge.endpoint(
        bp,
        Endpoint(
            "ReadImportTemplate",
            "GET",
            IMPORT + "/template",
            ADMIN,
            "The columns of an import as CSV",
            media=(CSV,),
        ),
    )
    async def read_import_template(call: Call) -> Reply:
        named = {"Content-Disposition": 'attachment; filename="leads-template.csv"'}
        return Reply(raw=lead_sheets.template(), media_type="text/csv", headers=named)


def finishing(clockwork: Clockwork, ports: Ports) -> func.Blueprint:
    """The timer that brings interrupted imports to their end."""
    bp = func.Blueprint()

    @clockwork.timer(bp, "FinishImports", "15 * * * * *")
    async def finish_imports() -> None:
        done = await bulk.finish_imports(ports=ports)
        if done:
            _log.info("brought %d interrupted imports to their end", done)

    return bp


async def _wait_for(ports: Ports, job: Job, seconds: float) -> None:
    """Carry an import on, and wait so long for its end; after that it goes on beside the answer.

    It is taken on, so what fails now is no refusal: the timer carries on with it.
    """

    async def carry_on() -> None:
        try:
            await bulk.carry_on(ports=ports, job=job)
        except DomainError as error:
            _log.warning("import %s was interrupted: %s", job.id, error.code)

    running = asyncio.ensure_future(carry_on())
    done, _ = await asyncio.wait({running}, timeout=seconds)
    if done:
        running.result()
    else:
        ports.later(_end_of(running))


async def _end_of(running: asyncio.Future[None]) -> None:
    await running


async def _progress(ports: Ports, job_id: str, before: str) -> Reply:
    progress = await bulk.import_progress(ports=ports, job_id=job_id)
    if progress.job.state is JobState.FINISHED:
        return Reply(import_shape(progress), message=f"{before}{progress.total} leads were imported.")
    place = {"Location": f"/{IMPORT}/{job_id}", "Retry-After": "5"}
    return Reply(import_shape(progress), status=202, headers=place, message=f"{before}The import goes on.")


_REPEATED = (
    "You sent this very file before, so it isn't imported again; to import it twice, send an Idempotency-Key. "
)
