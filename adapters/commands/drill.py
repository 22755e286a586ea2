"""`python -m adapters.commands.drill`: restore the newest backup into scratch tables and compare every row."""

from __future__ import annotations

import argparse
import json
import sys

from adapters.commands._command import fail, run_command, say
from domain.continuity import Engine, drill, read_drill


async def _work(engine: Engine, arguments: argparse.Namespace) -> int:
    if arguments.read:
        say(json.dumps(await read_drill(engine=engine, name=arguments.read), indent=2))
        return 0
    report = await drill(engine=engine, backup_id=arguments.backup)
    say(f"  {'':<14} {'in backup':>9} {'equal':>9} {'different':>9} {'missing':>9} {'extra':>9} {'live now':>9}")
    for t in report.tables:
        counts = (t.kept, t.equal, t.different, t.missing, t.extra, t.live)
        say(f"  {t.name:<14} " + " ".join(f"{count:>9,}" for count in counts))
    say(f"{report.files_read:,} copies of files read. Report: {report.name}")
    for text in report.faults:
        fail(text)
    if not report.passed:
        return fail(f"The drill of {report.backup_id} failed.")
    say(f"The drill of {report.backup_id} passed: {report.rows:,} rows in {report.seconds:,.1f} s.")
    return 0


def main() -> int:
    """The exit status: 1 if anything differs."""
    parser = argparse.ArgumentParser(prog="drill", description=__doc__)
    parser.add_argument("--backup", metavar="ID", help="the newest verified one if left out")
    parser.add_argument("--read", metavar="NAME", help="print a report, if its signature holds")
    return run_command(parser, _work)


if __name__ == "__main__":
    sys.exit(main())
