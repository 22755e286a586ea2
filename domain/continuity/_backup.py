"""Making a backup: claim the slot, let `_making` do the work, and say how the run ended.

After each part the run row keeps what is finished, so a kill or the time limit of a function costs at most
one part. Nothing counts before `verified.json` stands (see `_objects`).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from domain.continuity._making import Making, TimeIsUp
from domain.continuity._manifest import Manifest
from domain.continuity._ports import Engine
from domain.continuity._slots import MOST_TRIES, RunRow, State, claim, due_slot, read_run
from domain.continuity._vault import read_manifest
from domain.continuity.errors import BackupDamaged, BackupRunning, BackupTakenOver
from domain.errors import DomainError


@dataclass(frozen=True)
class Outcome:
    """How far a call of `back_up` came. `manifest` is there once the backup is verified."""

    run: RunRow
    manifest: Manifest | None = None


async def back_up(*, engine: Engine, slot: str | None = None, within: timedelta | None = None) -> Outcome:
    """Begin the backup of a slot (the one that is due), or go on with it, for at most `within`.

    Calling it again goes on where the last call stopped; one that is done is answered as done. Raises
    BackupRunning, BackupTakenOver, BackupFailed and BackupDamaged (both name the table or object).
    """
    slot = slot or due_slot(engine.now())
    run = await claim(ports=engine.ports, slot=slot)
    if run is None:
        done = await read_run(ports=engine.ports, slot=slot)
        if done is None:
            raise BackupRunning(f"The backup {slot} has only just been changed.")
        return Outcome(done, (await read_manifest(engine=engine, backup_id=done.backup_id))[0])
    try:
        manifest = await Making(engine, run, within).make()
    except TimeIsUp:
        await run.end(State.PAUSED)
        return Outcome(run.row)
    except BackupTakenOver:
        raise
    except asyncio.CancelledError:  # the request's time is up: the next call needn't wait for the lease to end
        await run.end(State.PAUSED)
        raise
    except BackupDamaged as damage:
        # What was written can't be trusted: the next attempt begins from nothing, in a folder of its own.
        generation = run.row.generation + 1
        await run.end(State.FAILED, fault=damage.message, generation=generation, rows=0, size=0)
        raise
    except DomainError as error:
        await run.end(State.FAILED, fault=error.message)
        raise
    except Exception as error:
        await run.end(State.FAILED, fault=f"unexpected: {type(error).__name__}")
        raise
    return Outcome(run.row, manifest)


async def back_up_if_due(*, engine: Engine, within: timedelta) -> Outcome | None:
    """What the timer does: begin or go on unless it is done, at work elsewhere, or given up for this slot."""
    known = await read_run(ports=engine.ports, slot=due_slot(engine.now()))
    if known and (known.state is State.DONE or known.tries >= MOST_TRIES):
        return None
    try:
        return await back_up(engine=engine, within=within)
    except (BackupRunning, BackupTakenOver):
        return None
