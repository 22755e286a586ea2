"""The faults that a storage request can meet, by the names that the report has. No tests here."""

from __future__ import annotations

from typing import Any

from domain.store import StorageUnavailable
from tests.adapters.tables import faults
from tests.faults.backend import Killed, Send, Wire, WireFault


async def killed_before(wire: Wire, request: Any, send: Send) -> Any:
    """The process dies before the request is on the wire."""
    wire.dead = True
    raise Killed


async def killed_after(wire: Wire, request: Any, send: Send) -> Any:
    """Storage has done it, and the process dies before it learns so."""
    reply = await send()
    if hasattr(reply, "read"):
        await reply.read()  # or its connection stays taken
    wire.dead = True
    raise Killed


async def killed_before_the_answer_is_kept(wire: Wire, request: Any, send: Send) -> Any:
    """All of a keyed request has landed, and the process dies. For every call; in memory only."""
    if request == "transaction idempotency":
        wire.dead = wire.told
        wire.told = True
    if wire.dead:
        raise Killed
    return await send()


async def down(wire: Wire, request: Any, send: Send) -> Any:
    """The client gave up: nothing was done."""
    raise StorageUnavailable("Storage doesn't answer.", retry_after=5)


async def not_known(wire: Wire, request: Any, send: Send) -> Any:
    """The client gave up, and it was done all the same."""
    await send()
    raise StorageUnavailable("Storage doesn't answer.", retry_after=5)


def _plain(fault: faults.Fault) -> WireFault:
    async def meet(wire: Wire, request: Any, send: Send) -> Any:
        return await fault(request, send)

    return meet


ON_THE_WIRE: dict[str, WireFault] = {
    "killed before": killed_before,
    "killed after": killed_after,
    "request lost": _plain(faults.lost_request),
    "reply lost": _plain(faults.lost_reply),
    "reply too late": _plain(faults.late_reply),
    "503, not done": _plain(faults.answered(503, landed=False)),
    "500, but done": _plain(faults.answered(500, landed=True)),
}
"""What a client's HTTP request may meet; the client itself makes most of it good."""

AT_THE_PORT: dict[str, WireFault] = {
    "killed before": killed_before,
    "killed after": killed_after,
    "down, not done": down,
    "down, but done": not_known,
}
"""What a use case may meet of a storage, however good its client is."""
