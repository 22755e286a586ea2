"""`python -m adapters.commands.rebuild_views`: writes anew what is derived from leads, customers and people.

That is the summaries for lists, and what else stands in other tables because of them and is missing there: the
index of what may expire, links, markers of uploads, claims of phones, sign-ins and UTRs. Needs STORAGE_CONNECTION
or STORAGE_ACCOUNT. It may run while people work, be stopped and be run again: no view goes back to an older
version, a claim that points to somebody else stays, what is right isn't written. Exit status 0: all was looked at.
"""

from __future__ import annotations

import asyncio
import os
import sys

from adapters.background import later, pause
from adapters.clock import SystemClock
from adapters.commands._command import told
from adapters.ids import CounterIds
from adapters.storage import Account
from adapters.tables import AzureTableStore
from domain.continuity import Mended, mend_all
from domain.errors import DomainError
from domain.lists import forget_packs
from domain.ports import Ports

_EVERY = 1_000


def _tell(leads: int, wrong: int, lead_id: str) -> None:
    if leads % _EVERY == 0:
        _say(f"{leads} leads looked at, {wrong} had views out of date; now at {lead_id}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


async def rebuild(account: Account) -> tuple[int, int, Mended]:
    """Rebuild in this account; how many leads there are, how many had views out of date, what else was missing."""
    store = AzureTableStore(account.address("table"), credential=account.credential)
    ports = Ports(store=store, clock=SystemClock(), ids=CounterIds(store), pause=pause, later=later)
    try:
        done = await mend_all(ports=ports, told=_tell)
        await forget_packs(ports=ports)
        return done
    finally:
        await store.close()


def main() -> int:
    """Run it."""
    account = Account.from_environment(os.environ, "STORAGE")
    if account is None:
        sys.stderr.write("Set STORAGE_CONNECTION or STORAGE_ACCOUNT: the storage account with the leads.\n")
        return 2
    try:
        leads, wrong, mended = asyncio.run(rebuild(account))
    except DomainError as error:
        sys.stderr.write(f"Stopped: {error.message} Run it again; it goes over the leads anew.\n")
        return 1
    _say(f"Done: {leads} leads, {wrong} had views out of date.")
    if mended:
        _say(f"Also put right: {told(mended)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
