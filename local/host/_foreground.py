"""Runs an app until SIGINT or SIGTERM. The server lives in `_host`, command lines in `__main__` and `local.run`."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import NoReturn

import azure.functions as func

from local.host._bindings import FaultyApp
from local.host._checks import problems_of
from local.host._host import Host, Options

log = logging.getLogger("local.host")


class CannotListen(Exception):
    """Somebody else has the port."""


async def run_until_stopped(name: str, options: Options, once_up: Callable[[Host], Awaitable[None]]) -> None:
    """Serves the app called `module:name`; awaits `once_up` when it listens, and goes on until a signal.

    Raises:
        CannotListen, FaultyApp, and whatever importing the app or `once_up` raises.
    """
    stopped = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stopped.set)
    app = _load(name)  # inside the running loop, as the worker does
    for problem in problems_of(app):
        log.warning("Azure would refuse this: %s", problem)
    host = Host(app, options)
    try:
        await host.start()
    except OSError as fault:
        raise CannotListen(f"can't listen on {options.address}:{options.port}: {fault.strerror}") from fault
    try:
        await _first_of(once_up(host), stopped)
        await stopped.wait()
    finally:
        await host.stop()


def set_up_logging(*, verbose: bool) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    if not verbose:
        # One line per storage call, at INFO, says nothing about the app.
        logging.getLogger("azure").setLevel(logging.WARNING)
        logging.getLogger("solarium.timers").addFilter(_tells_something)


def _tells_something(record: logging.LogRecord) -> bool:
    """Whether a timer's line is worth showing: they run several times a minute, and would bury the sign-ins."""
    said = record.getMessage()
    return '"event": "start"' not in said and '"outcome": "done"' not in said


def end_process(status: int) -> NoReturn:
    """Ends at once. The worker is killed, never wound down: what the app left open must not clutter the end."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _load(name: str) -> func.FunctionApp:
    module, _, attribute = name.partition(":")
    app = getattr(import_module(module), attribute or "app", None)
    if not isinstance(app, func.FunctionApp):
        raise FaultyApp(f"{name} is not a FunctionApp")
    return app


async def _first_of(work: Awaitable[None], stopped: asyncio.Event) -> None:
    tasks = [asyncio.ensure_future(work), asyncio.ensure_future(stopped.wait())]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    for task in done:
        task.result()
