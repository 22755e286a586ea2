"""A few worker processes that draw PDFs, so that drawing (pure Python, 0.1 s) doesn't hold up other requests.

They are started on first use and kept. One that fails or takes too long is ended, and the sheet is tried once more
in a new one.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from adapters.pdf._sheet import sheet_of
from adapters.pdf._worker import DRAWN, LENGTH
from domain.quotations import Paper, PdfNotMade

_log = logging.getLogger("solarium.pdf")
_COMMAND = (sys.executable, "-m", "adapters.pdf._worker")
_FAULTS = (OSError, EOFError, asyncio.IncompleteReadError, TimeoutError)


@dataclass
class _Workers:
    """Those of one event loop: pipes can't be used from another one."""

    free: asyncio.Semaphore
    idle: list[asyncio.subprocess.Process] = field(default_factory=list)


class WorkerPdf:
    """The port `domain.quotations.QuotationPdf`. `seconds` is how long one drawing may take, start included."""

    def __init__(self, *, workers: int | None = None, seconds: float = 8.0) -> None:
        self._count = workers or min(2, os.cpu_count() or 1)
        self._seconds = seconds
        self._by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, _Workers] = WeakKeyDictionary()

    async def render(self, *, paper: Paper) -> bytes:
        """The PDF of a paper. Raises PdfNotMade."""
        sheet = json.dumps(sheet_of(paper), ensure_ascii=False).encode()
        mine = self._by_loop.setdefault(asyncio.get_running_loop(), _Workers(asyncio.Semaphore(self._count)))
        async with mine.free:
            for attempt in range(2):
                try:
                    return await self._drawn(mine, sheet)
                except _FAULTS as fault:
                    _log.warning("a PDF worker failed (%s), attempt %d", type(fault).__name__, attempt + 1)
        raise PdfNotMade("The quotation's PDF couldn't be made, so nothing was changed. Try again.", retry_after=2)

    async def _drawn(self, mine: _Workers, sheet: bytes) -> bytes:
        worker: asyncio.subprocess.Process | None = None
        try:
            async with asyncio.timeout(self._seconds):
                worker = mine.idle.pop() if mine.idle else await _started()
                status, content = await _asked(worker, sheet)
        except BaseException:  # a caller that gave up too: what this worker would answer next is unknown
            if worker:
                _end(worker)
            raise
        mine.idle.append(worker)
        if status != DRAWN:
            _log.error("a PDF couldn't be drawn: %s", content.decode())
            raise PdfNotMade("This quotation's PDF can't be drawn. Tell us the instance.", retry_after=60)
        return content

    def idle(self) -> list[asyncio.subprocess.Process]:
        """The workers of this event loop that wait for work."""
        mine = self._by_loop.get(asyncio.get_running_loop())
        return list(mine.idle) if mine else []

    async def close(self) -> None:
        """End the workers of this event loop."""
        mine = self._by_loop.pop(asyncio.get_running_loop(), None)
        for worker in mine.idle if mine else ():
            _end(worker)
            await worker.wait()


async def _started() -> asyncio.subprocess.Process:
    # The worker gets the module path and nothing else of the environment: it needs no secrets. A session of its
    # own, so that Ctrl-C in a terminal ends the application, and with it the worker, in good order.
    return await asyncio.create_subprocess_exec(
        *_COMMAND,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"},
        start_new_session=True,
    )


async def _asked(worker: asyncio.subprocess.Process, sheet: bytes) -> tuple[bytes, bytes]:
    source, answers = worker.stdin, worker.stdout
    if source is None or answers is None:
        raise RuntimeError("a worker without pipes")
    source.write(LENGTH.pack(len(sheet)) + sheet)
    await source.drain()
    status = await answers.readexactly(1)
    length = LENGTH.unpack(await answers.readexactly(LENGTH.size))[0]
    return status, await answers.readexactly(length)


def _end(worker: asyncio.subprocess.Process) -> None:
    if worker.returncode is None:
        worker.kill()
