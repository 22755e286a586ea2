"""What makes an instance a primary or a standby: its fence, how old its data is, and where it stands (ADR 26)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from adapters.fencing import EpochFence, Fence, ReadOnly
from adapters.replication import LastSync, store_of
from adapters.settings import Settings
from adapters.tables import AzureTableStore
from domain.continuity import Epoch, Mode, Standing, read_epoch
from domain.store import Store
from domain.values import Clock


@dataclass(frozen=True)
class Post:
    """This instance's place beside others."""

    settings: Settings
    store: Store
    clock: Clock
    fence: Fence
    last_sync: LastSync
    asked: tuple[AzureTableStore, ...] = ()

    @property
    def read_only(self) -> bool:
        """Whether this is a standby."""
        return self.settings.read_only

    async def data_as_of(self) -> datetime | None:
        """How old a standby's data can be; None on a primary, whose data is the truth."""
        return await self.last_sync.current() if self.read_only else None

    async def refuse_writes(self) -> None:
        """Raises ReadOnlyStandby on a standby. A primary's writes are checked where they are stored."""
        if self.read_only:
            await self.fence.check()

    async def may_run(self) -> None:
        """What a timer asks before it begins. Raises ReadOnlyStandby, WritesFenced."""
        await self.fence.check()

    async def standing(self) -> Standing:
        """Where it stands now. Raises StorageUnavailable."""
        epoch = await self._epoch()
        here = Mode.PRIMARY if epoch is None or epoch.holder == self.settings.instance else Mode.FENCED
        return Standing(
            at=self.clock.now(),
            instance=self.settings.instance,
            mode=Mode.STANDBY if self.read_only else here,
            epoch=epoch,
            last_sync=await self.last_sync.current(),
            has_copy=self.last_sync.has_copy,
        )

    async def close(self) -> None:
        """Close what was opened for asking other accounts."""
        for store in self.asked:
            await store.close()

    async def _epoch(self) -> Epoch | None:
        if isinstance(self.fence, EpochFence):
            return await self.fence.current()
        return await read_epoch(store=self.store)


def post_of(settings: Settings, *, store: Store, clock: Clock) -> Post:
    """The post that the settings give; `store` is the account that this process works on, without a fence.

    The peer of a primary is looked at only if it is another account: a geo-redundant account's second endpoint has
    the same rows, later.
    """
    own_copy = settings.secondary if settings.secondary and settings.secondary.connection else None
    other = store_of(own_copy) if own_copy else None
    asked = (other,) if other else ()
    last_sync = LastSync(clock=clock, account=settings.primary if settings.primary.name else None, copy=other)
    if settings.read_only:
        return Post(settings, store, clock, ReadOnly(), last_sync, asked)
    fence = EpochFence(
        store=store,
        peer=other,
        instance=settings.instance,
        clock=clock,
        unique=lambda: secrets.token_hex(16),
    )
    return Post(settings, store, clock, fence, last_sync, asked)
