"""`python -m adapters.commands.prune_backups`: which backups are kept and why; with --delete, the rest goes."""

from __future__ import annotations

import argparse
import sys

from adapters.commands._command import run_command, say
from domain.continuity import Engine, Policy, prune


async def _work(engine: Engine, arguments: argparse.Namespace) -> int:
    policy = Policy(arguments.daily, arguments.weekly, arguments.monthly, arguments.yearly)
    done = await prune(engine=engine, policy=policy, dry_run=not arguments.delete)
    for verdict in done.verdicts:
        say(f"{'keep  ' if verdict.keep else 'delete'} {verdict.id:<20} {', '.join(verdict.reasons)}")
    word = "would be deleted (add --delete)" if done.dry_run else "deleted"
    say(f"{done.deleted} objects of backups and {done.copies} copies of files {word}.")
    if done.protected:
        say(f"{len(done.protected)} are still under their retention period and stay: {done.protected[0]} …")
    return 0


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


def main() -> int:
    """The exit status."""
    usual = Policy()
    parser = argparse.ArgumentParser(prog="prune_backups", description=__doc__)
    parser.add_argument("--delete", action="store_true", help="do it; without, it is only said")
    for name in ("daily", "weekly", "monthly", "yearly"):
        count = getattr(usual, name)
        parser.add_argument(f"--{name}", type=_count, default=count, help=f"how many (default {count})")
    return run_command(parser, _work)


if __name__ == "__main__":
    sys.exit(main())
