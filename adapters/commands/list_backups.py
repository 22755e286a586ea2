"""`python -m adapters.commands.list_backups`: all backups, what each is worth, and whether all is well."""

from __future__ import annotations

import argparse
import sys

from adapters.commands._command import fail, in_india, run_command, say
from domain.continuity import Engine, backups, status


async def _work(engine: Engine, arguments: argparse.Namespace) -> int:
    for backup in await backups(engine=engine):
        rows = f"{backup.manifest.rows():>10,} rows" if backup.manifest else " " * 15
        problem = f"  ({backup.problem})" if backup.problem else ""
        say(f"{backup.id:<20} {in_india(backup.taken)} {rows}  {backup.condition}{problem}")
    warnings = (await status(engine=engine)).warnings
    for text in warnings:
        fail(text)
    return 1 if warnings else 0


def main() -> int:
    """The exit status: 1 if something needs attention."""
    return run_command(argparse.ArgumentParser(prog="list_backups", description=__doc__), _work)


if __name__ == "__main__":
    sys.exit(main())
