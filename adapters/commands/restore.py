"""`python -m adapters.commands.restore`: bring rows back from a verified backup, or a lead from its own timeline.

Nothing is written without --yes: first look at what would happen. By default the rows go into scratch tables
(--prefix); --in-place writes to the tables themselves, --to-account to another account.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from datetime import datetime

from adapters.commands._command import fail, run_command, say, told
from adapters.continuity import patient_blobs
from adapters.ids import CounterIds
from adapters.schema import DERIVED, TABLES, create_containers, create_tables
from adapters.storage import Account
from adapters.tables import AzureEntities, AzureTableStore
from domain.continuity import Engine, Fate, Restored, Tally, Target, Wanted, check_reason, put_back_as_of, restore
from domain.continuity.errors import BackupDamaged, RestoreInvalid
from domain.errors import Unavailable
from domain.values import moment


async def _work(engine: Engine, arguments: argparse.Namespace) -> int:
    if arguments.discard is not None:
        return await _discard(engine, arguments.discard)
    if arguments.as_of:
        return await _put_back(engine, arguments)
    in_place = arguments.in_place or arguments.to_account
    if arguments.force and in_place:
        check_reason(arguments.reason)
    wanted = Wanted(
        prefix=None if in_place else arguments.prefix or f"restored{engine.now():%y%m%d%H%M%S}",
        table=arguments.table,
        lead=arguments.lead,
        customer=arguments.customer,
        force=arguments.force,
        reason=arguments.reason,
    )
    restore_id = arguments.resume or f"R-{engine.now():%Y%m%d%H%M%S}"
    target = _other_account(engine, arguments.to_account)
    try:
        if arguments.yes:
            await _open(target or engine.itself(), scratch=wanted.prefix is not None)
            again = f"the same command and --resume {restore_id}"
            say(f"This is restore {restore_id}. Should it be interrupted: {again}")
        done = await restore(
            engine=engine,
            wanted=wanted,
            backup_id=arguments.backup,
            target=target,
            restore_id=restore_id,
            resume=bool(arguments.resume),
            dry_run=not arguments.yes,
        )
    except (Unavailable, BackupDamaged):
        if arguments.yes:
            fail("It isn't finished.")
        raise
    finally:
        for part in (target.entities, target.files, target.ports.store) if target else ():
            await part.close()  # type: ignore[union-attr]  # the ports have no close; these adapters do
    return _tell(done, wanted, began=engine.now())


async def _open(target: Target, *, scratch: bool) -> None:
    """Make what a backup doesn't have and the app needs, or the restore itself: everything may have been lost."""
    await create_tables(target.ports.store)
    if not scratch:
        await create_containers(target.files)


def _tell(done: Restored, wanted: Wanted, *, began: datetime) -> int:
    where = "in place" if wanted.prefix is None else f"in tables {wanted.prefix}…"
    say(f"{'Restored' if done.restore_id else 'Would restore'} from {done.backup_id}, {where}")
    say(f"  {'':<14} {'rows':>9} {'created':>9} {'overwritten':>12} {'skipped':>9} {'conflict':>9}")
    for name, tally in {**done.tables, "all tables": done.total(), **done.files}.items():
        say(f"  {name:<14} {tally.rows:>9,} " + _counts(tally))
    if done.leads:
        say(f"Its leads aren't restored with it: {', '.join(done.leads)}. Each by --lead.")
    conflicts = [c for tally in (*done.tables.values(), *done.files.values()) for c in tally.conflicts]
    for conflict in conflicts[:50]:
        fail(f"conflict: {conflict}")
    if conflicts and wanted.prefix is None and not wanted.force:
        say("Rows in conflict stay as they are. --force --reason '…' takes the backup's values for them.")
    if done.restore_id and wanted.prefix is not None:
        say(f"Look at them, then remove them: restore --discard {wanted.prefix}")
    for series, number in done.next_ids.items():
        say(f"  next {series + ' id':<15} {number:,}")
    if done.mended:
        say(f"Put right elsewhere: {told(done.mended)}.")
    if done.restore_id and wanted.prefix is None and wanted.table in DERIVED:
        say(f"What {wanted.table} lacks since the backup: rebuild_views puts it right, check_data says if it did.")
    if done.restore_id is None:
        say("Nothing was written. Add --yes to do it.")
    return 1 if conflicts else 0


def _counts(tally: Tally) -> str:
    widths = {Fate.CREATED: 9, Fate.OVERWRITTEN: 12, Fate.SKIPPED: 9, Fate.CONFLICT: 9}
    return " ".join(f"{tally.fates[fate]:>{width},}" for fate, width in widths.items())


async def _discard(engine: Engine, prefix: str) -> int:
    """Remove scratch tables: only such as a restore makes, so that no other table can be meant by mistake."""
    ours = {prefix + table for table in TABLES}
    there = [name for name in await engine.entities.tables(prefix=prefix) if name in ours]
    if not there or not prefix:
        return fail(f"There are no scratch tables that begin with {prefix!r}.")
    for name in there:
        await engine.entities.delete_table(table=name)
    say(f"Removed {len(there)} scratch tables: {', '.join(there)}.")
    return 0


async def _put_back(engine: Engine, arguments: argparse.Namespace) -> int:
    if not arguments.lead:
        raise RestoreInvalid.field("lead", "--as-of puts one lead back: name it with --lead.")
    done = await put_back_as_of(
        ports=engine.ports,
        lead_id=arguments.lead,
        at=moment(arguments.as_of),
        reason=arguments.reason,
        dry_run=not arguments.yes,
    )
    for change in done.changes:
        say(f"  {change.field}: {change.before!r} → {change.after!r}")
    word = "is put back" if arguments.yes else "would be put back (add --yes)"
    say(f"{done.lead_id} {word}: {len(done.changes)} fields, now version {done.version}.")
    return 0


def _other_account(engine: Engine, prefix: str | None) -> Target | None:
    if prefix is None:
        return None
    account = Account.from_environment(os.environ, prefix)
    if account is None:
        raise RestoreInvalid.field("to-account", f"Set {prefix}_CONNECTION or {prefix}_ACCOUNT in the environment.")
    store = AzureTableStore(account.address("table"), credential=account.credential)
    entities = AzureEntities(account.address("table"), credential=account.credential)
    return Target(entities, patient_blobs(account), replace(engine.ports, store=store, ids=CounterIds(store)))


def main() -> int:
    """The exit status: 1 if there are conflicts."""
    parser = argparse.ArgumentParser(
        prog="restore", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--backup", metavar="ID", help="the newest verified one if left out")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--table", help="only this table")
    what.add_argument("--lead", metavar="LEAD-ID", help="only this lead, with all its parts")
    what.add_argument("--customer", metavar="CUST-ID", help="only this customer, and whose phone is whose")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--prefix", help="begin of the scratch tables' names")
    where.add_argument("--in-place", action="store_true", help="write to the tables themselves")
    where.add_argument("--to-account", metavar="NAME", help="the account of NAME_CONNECTION or NAME_ACCOUNT")
    where.add_argument("--discard", metavar="PREFIX", help="remove the scratch tables of an earlier restore")
    parser.add_argument("--as-of", metavar="WHEN", help="a lead's own timeline instead of a backup: ISO 8601")
    parser.add_argument("--force", action="store_true", help="also over rows that were changed after the backup")
    parser.add_argument("--reason", default="", help="kept on the timeline of what is changed")
    parser.add_argument("--resume", metavar="R-ID", help="go on with a restore that was interrupted")
    parser.add_argument("--yes", action="store_true", help="do it; without, it is only said what would happen")
    return run_command(parser, _work)


if __name__ == "__main__":
    sys.exit(main())
