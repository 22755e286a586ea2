"""The faults that a storage request can meet, by the names that the report has. No tests here."""

from __future__ import annotations

from typing import Any

from tests.adapters.tables import faults
from tests.faults.backend import Killed, Send, Wire, WireFault


async def killed_before(wire: Wire, request: Any, send: Send) -> Any:
    """The process dies before the request is on the wire."""
    wire.dead = True
    raise Killed


async def killed_after(wire: Wire, request: Any, send: Send) -> Any:
    """Storage has done it, and the process dies before it learns so."""
    await (await send()).read()
    wire.dead = True
    raise Killed


def _plain(fault: faults.Fault) -> WireFault:
    async def meet(wire: Wire, request: Any, send: Send) -> Any:
        return await fault(request, send)

    return meet


KINDS: dict[str, WireFault] = {
    "killed before": killed_before,
    "killed after": killed_after,
    "request lost": _plain(faults.lost_request),
    "reply lost": _plain(faults.lost_reply),
    "reply too late": _plain(faults.late_reply),
    "503, not done": _plain(faults.answered(503, landed=False)),
    "500, but done": _plain(faults.answered(500, landed=True)),
}
