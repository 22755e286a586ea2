"""What all commands share: settings, the engine, progress in the terminal, and the exit status."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import datetime

from adapters.background import all_done, later, pause
from adapters.clock import SystemClock
from adapters.continuity import engine_on_azure, patient_blobs
from adapters.ids import CounterIds
from adapters.messages import messages_for
from adapters.settings import Settings, SettingsMissing
from adapters.tables import AzureTableStore
from domain.continuity import Engine, Mended, Progress
from domain.errors import DomainError
from domain.ports import Ports
from domain.values import INDIA

Work = Callable[[Engine, argparse.Namespace], Awaitable[int]]
_EVERY = 0.5
_EVERY_LINE = 10.0


def run_command(parser: argparse.ArgumentParser, work: Work) -> int:
    """Parse, connect, work; the exit status."""
    arguments = parser.parse_args()
    try:
        settings = Settings.from_environment()
        return asyncio.run(_connected(settings, work, arguments))
    except SettingsMissing as fault:
        return fail(str(fault))
    except DomainError as refusal:
        return fail(refusal.message)
    except KeyboardInterrupt:
        return fail("Stopped. Run the same command again to go on.")


async def _connected(settings: Settings, work: Work, arguments: argparse.Namespace) -> int:
    clock = SystemClock()
    store = AzureTableStore(settings.data.address("table"), credential=settings.data.credential)
    files = patient_blobs(settings.data)
    ports = Ports(store=store, clock=clock, ids=CounterIds(store), pause=pause, later=later)
    mail = messages_for(settings, clock=clock, pause=pause)
    engine = engine_on_azure(settings, ports=ports, files=files, mail=mail, tell=shown())
    try:
        return await work(engine, arguments)
    finally:
        await all_done()
        for part in (store, files, engine.vault, engine.entities):
            await part.close()  # type: ignore[union-attr]  # the ports have no close; these adapters do


def shown() -> Callable[[Progress], None]:
    """Tells the terminal: one line that moves, or a line every ten seconds if nobody is looking."""
    live, last = sys.stderr.isatty(), [0.0]

    def tell(progress: Progress) -> None:
        if time.monotonic() - last[0] >= (_EVERY if live else _EVERY_LINE):
            last[0] = time.monotonic()
            sys.stderr.write(f"\r\033[K{progress}" if live else f"{progress}\n")
            sys.stderr.flush()

    return tell


def say(text: str = "") -> None:
    """One line of the result."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def fail(text: str) -> int:
    """One line about what went wrong, and the exit status for it."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
    sys.stderr.write(text + "\n")
    return 1


def told(mended: Mended) -> str:
    """What was put right, in one line."""
    return ", ".join(f"{kind} ({number:,})" for kind, number in sorted(mended.items()))


def in_india(at: datetime) -> str:
    """A moment as operators read it."""
    return f"{at.astimezone(INDIA):%Y-%m-%d %H:%M} IST"
