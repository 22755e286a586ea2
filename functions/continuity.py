"""Backups over HTTP, for operators: how things stand, making one, checking one. Restoring is a command."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import azure.functions as func

from domain import continuity
from domain.values import Role
from functions.edge import Call, Edge, Endpoint, Reply
from functions.models.continuity import VerifyBody, backup_shape, outcome_shape, report_shape, status_shape
from functions.replies import BackupsReply, CheckReply, ContinuityReply, RunReply

_ADMIN = frozenset({Role.ADMIN})
_BOX = timedelta(seconds=60)
_PATIENCE = 24  # times REQUEST_SECONDS: below the 230 s after which the platform's front end hangs up


def blueprint(
    edge: Edge, engine: continuity.Engine, standing: Callable[[], Awaitable[continuity.Standing]]
) -> func.Blueprint:
    """The functions of the continuity endpoints."""
    bp = func.Blueprint()

    @edge.endpoint(
        bp,
        Endpoint(
            "ReadContinuityStatus",
            "GET",
            "api/v1/continuity/status",
            _ADMIN,
            "Mode, epoch, the age of the copy and of the newest verified backup, and what to look at",
            patience=4,
            reply=ContinuityReply,
        ),
    )
    async def read_status(call: Call) -> Reply:
        return Reply(status_shape(await continuity.status(engine=engine), await standing()))

    @edge.endpoint(
        bp,
        Endpoint(
            "MakeBackup",
            "POST",
            "api/v1/continuity/backups",
            _ADMIN,
            "Begin the backup that is due, or go on with it, for a minute",
            status=202,
            patience=_PATIENCE,
            reply=RunReply,
        ),
    )
    async def make_backup(call: Call) -> Reply:
        outcome = await continuity.back_up(engine=engine, within=_BOX)
        place = {"Location": "/api/v1/continuity/status"}
        return Reply(outcome_shape(outcome), status=202, headers=place)

    @edge.endpoint(
        bp,
        Endpoint(
            "ListBackups",
            "GET",
            "api/v1/continuity/backups",
            _ADMIN,
            "All backups, newest first, with what each is worth",
            patience=4,
            reply=BackupsReply,
        ),
    )
    async def list_backups(call: Call) -> Reply:
        found = [backup_shape(b) for b in await continuity.backups(engine=engine)]
        said: dict[str, Any] = {"items": found, "total": len(found)}
        return Reply(said)

    @edge.endpoint(
        bp,
        Endpoint(
            "VerifyBackup",
            "POST",
            "api/v1/continuity/backups/{backupId}/verify",
            _ADMIN,
            "Read a backup again: quick (hashes) or full (every row and file)",
            body=VerifyBody,
            patience=_PATIENCE,
            reply=CheckReply,
        ),
    )
    async def verify_backup(call: Call) -> Reply:
        report = await continuity.verify_backup(
            engine=engine, backup_id=call.path["backupId"], depth=continuity.Depth(call.body.depth)
        )
        return Reply(report_shape(report))

    return bp
