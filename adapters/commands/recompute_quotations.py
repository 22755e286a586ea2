"""`python -m adapters.commands.recompute_quotations`: prove every stored price with the master data of then.

Prints each quotation whose price can't be computed again to the paisa, and how many were looked at. Exit status
0: all are right; 1: some differ; 2: it couldn't be found out. It reads only, and streams: its memory grows with the
changes of the master data and not with the quotations.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from typing import TextIO

from adapters.storage import Account
from adapters.tables import AzureTableStore
from domain.errors import Unavailable
from domain.pricing import Rebuilder, differences, entries
from domain.quotations import Quotation, every_quotation
from domain.store import Store

Say = Callable[[str], None]


async def recompute(store: Store, say: Say) -> int:
    """Go through all quotations; how many differ. Raises StorageUnavailable."""
    rebuilder = Rebuilder([entry async for entry in entries(store)])
    looked_at = wrong = 0
    async for quotation in every_quotation(store):
        looked_at += 1
        found = faults_of(quotation, rebuilder)
        if found:
            wrong += 1
            say(f"{quotation.id} differs: {'; '.join(found)}")
    say(f"{looked_at} quotations computed again, {looked_at - wrong} the same to the paisa, {wrong} differ.")
    return wrong


def faults_of(quotation: Quotation, rebuilder: Rebuilder) -> list[str]:
    """Where a quotation isn't what its inputs and the master data of then give."""
    try:
        catalogue = rebuilder.catalogue(quotation.catalogue_version)
    except ValueError as unknown:
        return [str(unknown)]
    sums = (
        ("systemPricePaise", quotation.system_price),
        ("customerPaysPaise", quotation.customer_pays),
        ("addOnTotalPaise", quotation.add_on_total),
    )
    faults = [f"{name} isn't its price's" for name, kept in sums if quotation.price.get(name) != kept.paise]
    return [*faults, *differences(quotation.price, catalogue)]


async def _run(account: Account) -> int:
    store = AzureTableStore(account.address("table"), credential=account.credential)
    try:
        return 1 if await recompute(store, lambda text: _write(sys.stdout, text)) else 0
    finally:
        await store.close()


def _write(to: TextIO, text: str) -> None:
    to.write(text + "\n")


def main() -> int:
    """Run it on the account of the app settings."""
    account = Account.from_environment(os.environ, "STORAGE")
    if account is None:
        _write(sys.stderr, "Set STORAGE_CONNECTION or STORAGE_ACCOUNT, as for the app.")
        return 2
    try:
        return asyncio.run(_run(account))
    except Unavailable as error:
        _write(sys.stderr, error.message)
        return 2


if __name__ == "__main__":
    sys.exit(main())
