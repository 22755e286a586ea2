"""What one local run holds: its data folder, locked while it runs, and its port. Starting things lives in `run`."""

import fcntl
import json
import os
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MADE_HERE = ("azurite", "outbox", "secrets", "tables")
"""What FRESH=1 removes: nothing that somebody else put into the folder."""

ENDING_WITHIN = 10.0


class CannotRun(Exception):
    """This run can't start; the text tells a developer what to do about it."""


def port_from(text: str) -> int:
    """A port from the environment; 0 lets the system choose a free one."""
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise CannotRun(f"PORT has to be a number up to 65535, not {text!r}.")
    return int(text)


def check_port_is_free(port: int) -> None:
    """Raises CannotRun if somebody listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port that was just closed is free
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as fault:
            raise CannotRun(
                f"Port {port} can't be used ({fault.strerror}). Stop what listens there, or choose another: "
                f"make run PORT={port + 1 if port < 65535 else 7071}"
            ) from fault


@contextmanager
def locked(data: Path) -> Iterator[int]:
    """Holds the folder for this process and gives the lock's file descriptor.

    Azurite gets the descriptor too, so that the folder stays locked until the last byte is written, even when this
    process is killed.

    Raises:
        CannotRun: another run holds it.
    """
    data.mkdir(parents=True, exist_ok=True)
    with (data / "lock").open("a+") as file:
        _acquire(file.fileno(), data)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield file.fileno()


def make_fresh(data: Path) -> None:
    """Removes what earlier runs made in the folder. Call it with the folder locked."""
    for name in MADE_HERE:
        shutil.rmtree(data / name, ignore_errors=True)


@contextmanager
def announced(path: Path | None, *, base: str, data: Path, storage: str) -> Iterator[None]:
    """Keeps a file that says where this run is to be found, for as long as it is up; `storage` is the connection
    string of its storage."""
    if path is None:
        yield
        return
    unfinished = path.with_name(f"{path.name}.new")
    said = {"base": base, "data": str(data.resolve()), "storage": storage, "pid": os.getpid()}
    unfinished.write_text(json.dumps(said))
    unfinished.replace(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _acquire(lock: int, data: Path) -> None:
    until = time.monotonic() + ENDING_WITHIN
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        holder = (data / "lock").read_text()
        # A holder that is gone has left an Azurite that is still writing to disk: that ends by itself.
        if (holder and _is_alive(int(holder))) or time.monotonic() > until:
            raise CannotRun(
                f"Another run (process {holder}) uses the data in {data}. Stop it, or choose another folder and "
                "port: make run DATA=.local2 PORT=7072"
            )
        time.sleep(0.1)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
