"""What the exceptions need of a customer's partition: locks, the verdict on a job, and people without a login."""

from __future__ import annotations

from contextlib import suppress

from domain.customers._change import creation
from domain.customers._model import Profile
from domain.customers._rows import PROOF, TABLE
from domain.jobs import job_is_open
from domain.ports import Ports
from domain.store import Create, Delete, Replace, RowChanged, RowExists
from domain.timeline import Act
from domain.values import PhoneNumber, iso

LOCK_ROW = "busy"


async def lock(*, ports: Ports, customer_id: str, job: str) -> bool:
    """Keep other jobs away from this customer until the job unlocks it; False if another one is at it.

    Ordinary edits and the core flows go on. The lock of a job that is closed is nobody's, and is taken over.
    """
    store = ports.store
    with suppress(RowExists):
        writes = [Create(LOCK_ROW, {"job": job})]
        await store.commit(table=TABLE, partition=customer_id, writes=writes, write_id=f"{job}:locked")
        return True
    row = await store.get(table=TABLE, partition=customer_id, key=LOCK_ROW)
    if row is None:
        return False
    if row.values["job"] == job:
        return True
    if await job_is_open(store=store, job_id=str(row.values["job"])):
        return False
    with suppress(RowChanged):
        taken = [Replace(LOCK_ROW, {"job": job}, row.etag)]
        await store.commit(table=TABLE, partition=customer_id, writes=taken, write_id=f"{job}:lock-taken")
        return True
    return False


async def unlock(*, ports: Ports, customer_id: str, job: str) -> None:
    """Let other jobs at the customer again, if the lock is this job's."""
    row = await ports.store.get(table=TABLE, partition=customer_id, key=LOCK_ROW)
    if row and row.values["job"] == job:
        with suppress(RowChanged):
            writes = [Delete(LOCK_ROW, row.etag)]
            await ports.store.commit(table=TABLE, partition=customer_id, writes=writes, write_id=f"{job}:unlocked")


async def verdict(*, ports: Ports, customer_id: str, proof: str) -> bool | None:
    """Whether the job's change of this customer has landed (True) or was refused (False); None if neither yet."""
    row = await ports.store.get(table=TABLE, partition=customer_id, key=PROOF + proof)
    return None if row is None else not row.values.get("refused", False)


async def refuse(*, ports: Ports, customer_id: str, proof: str) -> bool:
    """Settle that the job's change of this customer will never land; False if it has landed already."""
    with suppress(RowExists):
        writes = [Create(PROOF + proof, {"at": iso(ports.clock.now()), "refused": True})]
        await ports.store.commit(table=TABLE, partition=customer_id, writes=writes, write_id=f"{proof}:refused")
        return True
    return await verdict(ports=ports, customer_id=customer_id, proof=proof) is False


async def make_reachable(
    *, ports: Ports, customer_id: str, profile: Profile, phone: PhoneNumber, through: str, act: Act
) -> None:
    """Make a customer without a login, who is reachable at another one's phone. Once, however often it is done."""
    _, writes = creation(
        customer_id=customer_id,
        phone=None,
        profile=profile,
        act=act,
        reachable_at=phone,
        reachable_through=through,
    )
    with suppress(RowExists):
        await ports.store.commit(table=TABLE, partition=customer_id, writes=list(writes), write_id=act.write_id)
