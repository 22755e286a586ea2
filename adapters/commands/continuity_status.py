"""`python -m adapters.commands.continuity_status`: who writes, what the primary's loss would cost, which backup."""

from __future__ import annotations

import argparse
import sys

from adapters.commands._command import fail, in_india, run_command, say
from adapters.commands._post import Place, run_on_place, tell
from domain.continuity import Engine, newest_verified


async def _standing(place: Place, arguments: argparse.Namespace) -> int:
    standing = await place.post.standing()
    tell(standing)
    for text in standing.warnings:
        fail(text)
    return 1 if standing.warnings else 0


async def _backup(engine: Engine, arguments: argparse.Namespace) -> int:
    newest = await newest_verified(engine=engine)
    if newest is None:
        return fail("There is no verified backup.")
    hours = (engine.now() - newest.taken).total_seconds() / 3600
    say(f"newest backup   {newest.id}, {in_india(newest.taken)}, {hours:.1f} hours old, verified")
    return 0


def main() -> int:
    """The exit status: 1 if something needs attention."""
    parser = argparse.ArgumentParser(prog="continuity_status", description=__doc__)
    return max(run_on_place(parser, _standing), run_command(parser, _backup))


if __name__ == "__main__":
    sys.exit(main())
