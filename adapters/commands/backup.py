"""`python -m adapters.commands.backup`: make the backup that is due, or go on with it, and check it."""

from __future__ import annotations

import argparse
import sys

from adapters.commands._command import fail, run_command, say
from domain.continuity import Engine, back_up, extra_slot


async def _work(engine: Engine, arguments: argparse.Namespace) -> int:
    slot = arguments.go_on or (extra_slot(engine.now()) if arguments.extra else None)
    outcome = await back_up(engine=engine, slot=slot)
    if outcome.manifest is None:
        return fail(f"The backup {outcome.run.backup_id} is {outcome.run.state}.")
    manifest = outcome.manifest
    seconds = (outcome.run.at - outcome.run.started).total_seconds()
    for series in manifest.series:
        again = f", {series.reread} partitions read again" if series.reread else ""
        say(f"  {series.name:<14} {series.lines:>9,} {'rows' if series.kind == 'table' else 'files'}{again}")
    say(f"{manifest.id}: {manifest.rows():,} rows, verified, in {seconds:,.1f} s.")
    for text in manifest.suspects:
        fail(f"Suspicious: {text}.")
    return 0


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(prog="backup", description=__doc__)
    parser.add_argument("--extra", action="store_true", help="one beside the daily ones, named by this moment")
    parser.add_argument("--go-on", metavar="ID", help="go on with an extra one that was interrupted")
    return run_command(parser, _work)


if __name__ == "__main__":
    sys.exit(main())
