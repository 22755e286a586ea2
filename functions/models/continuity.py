"""Bodies and replies of the continuity endpoints."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

from domain.continuity import Backup, Outcome, Report, RunRow, Standing, Status
from domain.values import iso
from functions.models.fields import Body


class VerifyBody(Body):
    """How far to check: `quick` reads hashes, `full` decodes every row and reads every file."""

    depth: Literal["quick", "full"] = "quick"


def backup_shape(backup: Backup) -> dict[str, Any]:
    """One backup in a list."""
    manifest = backup.manifest
    return {
        "id": backup.id,
        "condition": str(backup.condition),
        "problem": backup.problem or None,
        "taken": iso(backup.taken),
        "verifiedAt": iso(backup.verified_at) if backup.verified_at else None,
        "rows": manifest.rows() if manifest else None,
        "tables": {s.name: s.lines for s in manifest.tables()} if manifest else None,
        "files": {s.name: s.lines for s in manifest.inventories()} if manifest else None,
        "suspects": list(manifest.suspects) if manifest else [],
    }


def run_shape(run: RunRow) -> dict[str, Any]:
    """A run: how far it is, and at what rate."""
    seconds = (run.at - run.started) / timedelta(seconds=1)
    return {
        "id": run.backup_id,
        "state": str(run.state),
        "startedAt": iso(run.started),
        "at": iso(run.at),
        "rows": run.rows,
        "bytes": run.size,
        "rowsPerSecond": round(run.rows / seconds) if seconds > 0 else None,
        "doing": run.doing,
        "tries": run.tries,
        "fault": run.fault or None,
    }


def outcome_shape(outcome: Outcome) -> dict[str, Any]:
    """What a call of the backup came to."""
    suspects = list(outcome.manifest.suspects) if outcome.manifest else []
    return {**run_shape(outcome.run), "verified": outcome.manifest is not None, "suspects": suspects}


def standing_shape(standing: Standing) -> dict[str, Any]:
    """Whether this instance writes, how old the copy is, and what the loss of the primary would cost now."""
    epoch, loss = standing.epoch, standing.expected_loss
    return {
        "mode": str(standing.mode),
        "instance": standing.instance,
        "epoch": {"number": epoch.number, "holder": epoch.holder, "since": iso(epoch.at)} if epoch else None,
        "lastSync": iso(standing.last_sync) if standing.last_sync else None,
        "expectedLossSeconds": round(loss / timedelta(seconds=1)) if loss is not None else None,
    }


def status_shape(status: Status, standing: Standing) -> dict[str, Any]:
    """How things stand; `healthy` if nobody needs to act."""
    warnings = [*status.warnings, *standing.warnings]
    run = run_shape(status.run) if status.run else None
    if run and status.newest and status.newest.manifest and run["rowsPerSecond"]:
        expected = status.newest.manifest.rows()
        run["expectedRows"] = expected
        run["secondsLeft"] = max(0, round((expected - run["rows"]) / run["rowsPerSecond"]))
    return {
        "at": iso(status.at),
        "healthy": not warnings,
        "warnings": warnings,
        **standing_shape(standing),
        "newestVerified": backup_shape(status.newest) if status.newest else None,
        "ageHours": round(status.age / timedelta(hours=1), 1) if status.age is not None else None,
        "run": run,
    }


def report_shape(report: Report) -> dict[str, Any]:
    """What a check read."""
    return {
        "id": report.id,
        "depth": str(report.depth),
        "parts": report.parts,
        "rows": report.rows,
        "bytes": report.size,
        "files": report.files,
        "faults": report.faults,
        "contradictions": {
            "count": report.contradictions.count,
            "items": [
                {"rule": v.rule.name, "ids": list(v.ids), "text": v.text} for v in report.contradictions.named[:100]
            ],
        },
    }
