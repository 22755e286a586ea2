"""`python -m adapters.commands.verify_backup`: read a backup again and name every object that is damaged.

With --full every row and file is read, and all invariants of `check_data` are tried on the data in the copy; each
that doesn't hold is named with the ids that it concerns. Exit status: 0 all is well, 1 something isn't.
"""

from __future__ import annotations

import argparse
import sys

from adapters.commands._command import fail, run_command, say
from domain.continuity import Depth, Engine, newest_verified, verify_backup


async def _work(engine: Engine, arguments: argparse.Namespace) -> int:
    backup_id = arguments.id
    if backup_id is None:
        newest = await newest_verified(engine=engine)
        if newest is None:
            return fail("There is no verified backup. Name one: list_backups shows them.")
        backup_id = newest.id
    depth = Depth.FULL if arguments.full else Depth.QUICK
    report = await verify_backup(engine=engine, backup_id=backup_id, depth=depth)
    say(
        f"{report.id}: every object is as it was written ({depth}: {report.parts} parts, {report.rows:,} rows, "
        f"{report.files:,} files)."
    )
    if not arguments.full:
        return 0
    found = report.contradictions
    for violation in found.named:
        say(f"{violation.rule.name} {' '.join(violation.ids)}: {violation.text} (rule: {violation.rule})")
    if found.count > len(found.named):
        say(f"… and {found.count - len(found.named):,} more of the kind.")
    if found.count:
        return fail(
            f"The copy is faithful, but the data in it contradicts itself in {found.count:,} places. check_data "
            "says whether the live data does too; list_backups shows older backups."
        )
    say("The data in it holds every invariant that check_data knows.")
    return 0


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(
        prog="verify_backup", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("id", nargs="?", help="the newest verified one if left out")
    depth = parser.add_mutually_exclusive_group()
    depth.add_argument("--quick", action="store_true", help="the manifest and all hashes (default)")
    depth.add_argument("--full", action="store_true", help="every row, file and invariant")
    return run_command(parser, _work)


if __name__ == "__main__":
    sys.exit(main())
