"""`python -m adapters.commands.demote`: hand writing over to another instance; this one stops (ADR 26).

Prints a checklist, and does nothing unless --confirm repeats this instance's name. Run it with the settings of the
instance that writes now. Its processes stop within ten seconds, and one storage call.
"""

from __future__ import annotations

import argparse
import secrets
import sys

from adapters.commands._command import fail, say
from adapters.commands._post import Place, run_on_place, tell
from domain.continuity import Mode, begin_epoch

CHECKLIST = """
Before
  [ ] Whoever takes over is up, in READ_ONLY=1, and its last sync is young.
  [ ] Clients may be refused changes (503) until the promotion.
After
  [ ] Wait 40 seconds, then copy once more (or wait until Last Sync Time is later than this).
  [ ] Promote the other instance.
  [ ] Set READ_ONLY=1 here and restart, if this is to be the standby.
"""


async def _work(place: Place, arguments: argparse.Namespace) -> int:
    standing = await place.post.standing()
    tell(standing)
    say(CHECKLIST)
    instance = place.settings.instance
    if standing.mode is not Mode.PRIMARY:
        return fail(f"{instance} doesn't write: there is nothing to hand over.")
    if arguments.to == instance:
        return fail("--to has to name another instance.")
    if arguments.confirm != instance:
        return fail(f"Nothing was done. When every line above is true: --confirm {instance}")
    epoch = await begin_epoch(
        store=place.home,
        holder=arguments.to,
        above=0,
        at=place.post.clock.now(),
        write_id=secrets.token_hex(16),
    )
    say(f"Epoch {epoch.number}: {epoch.holder} is to write. {instance} stops within seconds.")
    return 0


def main() -> int:
    """The exit status: 1 if nothing was done."""
    parser = argparse.ArgumentParser(
        prog="demote", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--to", required=True, metavar="NAME", help="the instance that is to write")
    parser.add_argument("--confirm", default="", metavar="NAME", help="this instance's name, typed by you")
    return run_on_place(parser, _work)


if __name__ == "__main__":
    sys.exit(main())
