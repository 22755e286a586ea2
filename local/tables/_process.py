"""Starts and stops one table service, as `local.azurite` does with Azurite."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.azurite import ACCOUNT, KEY
from local.service import RunningService, spawned

FILE = "rows.sqlite"
_TABLE_ENDPOINT = re.compile(r"TableEndpoint=http://127\.0\.0\.1:\d+/")


class TablesNotStarted(Exception):
    """The service ended at once; its own words are on standard error."""


@dataclass
class RunningTables(RunningService):
    """One table service."""

    port: int
    _process: subprocess.Popen[Any]

    @property
    def connection_string(self) -> str:
        """Of an account that has only tables."""
        named = f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};"
        return f"{named}TableEndpoint=http://127.0.0.1:{self.port}/{ACCOUNT};"

    def in_place_of(self, connection: str) -> str:
        """The connection string with its tables here; what it says of blobs stays."""
        return _TABLE_ENDPOINT.sub(f"TableEndpoint=http://127.0.0.1:{self.port}/", connection)

    def stop(self) -> None:
        """End it. What was answered is on disk."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()


def start(folder: Path, *, keep_open: tuple[int, ...] = ()) -> RunningTables:
    """Start one on the rows in a folder, on a free port of this machine. Raises TablesNotStarted.

    `keep_open` are file descriptors that stay open until it has ended, such as that of a lock on the folder.
    """
    command = [sys.executable, "-m", "local.tables", str(folder / FILE)]
    process = spawned(command, keep_open=keep_open, stdout=subprocess.PIPE, text=True)
    said = process.stdout.readline() if process.stdout else ""
    if not said.strip().isdigit():
        process.wait()
        raise TablesNotStarted("The table service didn't start.")
    return RunningTables(int(said), process)
