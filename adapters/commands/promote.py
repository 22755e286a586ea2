"""`python -m adapters.commands.promote`: let this instance be the one that writes (ADR 26).

Prints a checklist, and does nothing unless --confirm repeats the instance's name. Refuses while the primary
answers. Run it with the settings of the instance to be promoted (docs/runbooks/region-lost.md).
"""

from __future__ import annotations

import argparse
import secrets
import sys
from datetime import datetime

import aiohttp

from adapters.background import all_done, later, pause
from adapters.commands._command import fail, say, told
from adapters.commands._post import Place, home_of, run_on_place, tell
from adapters.continuity import patient_blobs
from adapters.ids import CounterIds
from adapters.tables import AzureEntities
from domain.continuity import Epoch, Standing, Target, begin_epoch, leave_gap_in_ids, mend_copy, read_epoch
from domain.errors import DomainError
from domain.ports import Ports
from domain.store import StorageUnavailable

_PATIENCE = aiohttp.ClientTimeout(total=5)

CHECKLIST = """
Before
  [ ] The primary is lost, or was demoted: two that write would each lose the other's work.
  [ ] Its function app is stopped, or can't be reached by clients.
  [ ] In Azure: the account's failover has ended (az storage account failover), so that its name leads here.
  [ ] Whoever decides knows the expected loss above.
After
  [ ] Set READ_ONLY=0 on this instance and restart it.
  [ ] Lead clients here.
  [ ] Run check_data; register a lead. Lists, indexes and claims are put right by this command.
"""


async def _work(place: Place, arguments: argparse.Namespace) -> int:
    standing = await _tell_standing(place)
    answers = await _answers(arguments.primary)
    say(f"primary         {arguments.primary} {'answers' if answers else 'does not answer'}")
    say(CHECKLIST)
    refusal = await _refusal(place, arguments, answers=answers)
    if refusal:
        return fail(refusal)
    for series, number in (await leave_gap_in_ids(store=place.home, write_id=secrets.token_hex(16))).items():
        say(f"next {series:<14} {number:,}")
    epoch = await _begin(place)
    say(f"Epoch {epoch.number}: {epoch.holder} writes now. Set READ_ONLY=0 on it and restart it.")
    return await _mend(place, standing.last_sync if standing else None)


async def _mend(place: Place, since: datetime | None) -> int:
    """What follows from the rows of one partition in others, which the copy may have from before or after them. The
    restart needn't wait for it."""
    say("Putting right what is derived (lists, indexes, claims); this may go on while you restart …")
    home = home_of(place.settings)
    entities = AzureEntities(home.address("table"), credential=home.credential)
    ports = Ports(store=place.home, clock=place.post.clock, ids=CounterIds(place.home), pause=pause, later=later)
    try:
        mended = await mend_copy(target=Target(entities, patient_blobs(home), ports), since=since)
    except DomainError as error:
        return fail(
            f"What is derived couldn't all be put right: {error.message} Run rebuild_views. "
            f"{place.settings.instance} is promoted all the same."
        )
    finally:
        await all_done()
        await entities.close()
    say(f"Put right: {told(mended)}." if mended else "Nothing had to be put right.")
    return 0


async def _tell_standing(place: Place) -> Standing | None:
    try:
        standing = await place.post.standing()
    except StorageUnavailable:  # once a geo-redundant account has failed over, it has no second endpoint
        say("The copy doesn't answer at its own endpoint. That is so after the account's failover.")
        return None
    tell(standing)
    return standing


async def _refusal(place: Place, arguments: argparse.Namespace, *, answers: bool) -> str | None:
    instance = place.settings.instance
    present = await read_epoch(store=place.home)
    demoted = present is not None and present.holder == instance
    if demoted and not place.settings.read_only:
        return f"{instance} is the one that writes already."
    if arguments.confirm != instance:
        return f"Nothing was done. When every line above is true: --confirm {instance}"
    if answers and not arguments.force and not demoted:
        return "The primary still answers. Demote it first, or add --force if it must not count any more."
    return None


async def _begin(place: Place) -> Epoch:
    """The epoch in the account that is promoted: above every one that its copy has seen."""
    return await begin_epoch(
        store=place.home,
        holder=place.settings.instance,
        above=0,
        at=place.post.clock.now(),
        write_id=secrets.token_hex(16),
    )


async def _answers(url: str) -> bool:
    """Whether anything at all answers there: also a primary that isn't well may still be writing."""
    try:
        async with (
            aiohttp.ClientSession(timeout=_PATIENCE) as session,
            session.get(f"{url.rstrip('/')}/api/v1/health") as said,
        ):
            return said.status < 500
    except (aiohttp.ClientError, TimeoutError, OSError):
        return False


def main() -> int:
    """The exit status: 1 if nothing was done."""
    parser = argparse.ArgumentParser(
        prog="promote", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--primary", required=True, metavar="URL", help="where the present primary is to be asked")
    parser.add_argument("--confirm", default="", metavar="NAME", help="this instance's name, typed by you")
    parser.add_argument("--force", action="store_true", help="although the primary still answers")
    return run_on_place(parser, _work)


if __name__ == "__main__":
    sys.exit(main())
