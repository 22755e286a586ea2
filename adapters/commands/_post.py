"""What the commands about who writes share: the account concerned, where it stands, and how that is told."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from adapters.clock import SystemClock
from adapters.commands._command import fail, say
from adapters.settings import Settings, SettingsMissing
from adapters.standby import Post, post_of
from adapters.storage import Account
from adapters.tables import AzureTableStore
from domain.continuity import Standing
from domain.errors import DomainError
from domain.values import iso


@dataclass(frozen=True)
class Place:
    """The settings' instance; `home` is the account that it writes to, or would after a promotion."""

    settings: Settings
    post: Post
    home: AzureTableStore


Work = Callable[[Place, argparse.Namespace], Awaitable[int]]


def run_on_place(parser: argparse.ArgumentParser, work: Work) -> int:
    """Parse, connect, work; the exit status."""
    arguments = parser.parse_args()
    try:
        return asyncio.run(_connected(Settings.from_environment(), work, arguments))
    except SettingsMissing as fault:
        return fail(str(fault))
    except DomainError as refusal:
        return fail(refusal.message)


def home_of(settings: Settings) -> Account:
    """A copy in another account becomes its own primary; a geo-redundant account stays what it is called."""
    copy = settings.secondary
    return copy if settings.read_only and copy and copy.connection else settings.primary


async def _connected(settings: Settings, work: Work, arguments: argparse.Namespace) -> int:
    reading, home = settings.data, home_of(settings)
    store = AzureTableStore(reading.address("table"), credential=reading.credential)
    writing = AzureTableStore(home.address("table"), credential=home.credential)
    post = post_of(settings, store=store, clock=SystemClock())
    try:
        return await work(Place(settings, post, writing), arguments)
    finally:
        for each in (store, writing):
            await each.close()
        await post.close()


def tell(standing: Standing) -> None:
    """The standing, line by line."""
    epoch, loss = standing.epoch, standing.expected_loss
    said = f"{epoch.number}, {epoch.holder} writes since {iso(epoch.at)}" if epoch else "none yet"
    say(f"instance        {standing.instance}")
    say(f"mode            {standing.mode}")
    say(f"epoch           {said}")
    if standing.has_copy:
        say(f"last sync       {iso(standing.last_sync) if standing.last_sync else 'unknown'}")
        say(f"expected loss   {f'{loss.total_seconds():,.0f} s of writes' if loss is not None else 'unknown'}")
    else:
        say("last sync       there is no copy")
