"""Starts and stops one Azurite process. Installing it lives in `_install`; what it stores is not known here."""

import base64
import os
import re
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from local.azurite._install import FOLDER, Installed, installed_azurite
from local.azurite.errors import AzuriteNotStarted
from local.service import RunningService, spawned

HOST = "127.0.0.1"
ACCOUNT = "devstoreaccount1"
# The emulator's account key, the same on every machine and printed in Microsoft's manual: not a secret.
# The second account is the backups': Azurite serves whichever are named in AZURITE_ACCOUNTS. Its key is as public.
BACKUP_ACCOUNT = "devstorebackup1"
BACKUP_KEY = base64.b64encode(BACKUP_ACCOUNT.encode() * 4).decode()
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
LISTENING = re.compile(r"Azurite (Blob|Queue|Table) service is successfully listening at http://[\d.]+:(\d+)")
SERVICES = 3
START_WITHIN = 20.0
LOG = "azurite.log"


@dataclass(frozen=True)
class Ports:
    """The ports of the three services; 0 lets the system choose a free one."""

    blob: int = 0
    queue: int = 0
    table: int = 0


@dataclass
class RunningAzurite(RunningService):
    """One Azurite process."""

    ports: Ports
    _process: subprocess.Popen[Any]
    _folder: tempfile.TemporaryDirectory[str] | None = field(default=None, repr=False)

    @property
    def connection_string(self) -> str:
        return self._connection_to(ACCOUNT, KEY)

    @property
    def backup_connection_string(self) -> str:
        """The account that backups go to, with a key of its own."""
        return self._connection_to(BACKUP_ACCOUNT, BACKUP_KEY)

    def _connection_to(self, account: str, key: str) -> str:
        services = {"Blob": self.ports.blob, "Queue": self.ports.queue, "Table": self.ports.table}
        endpoints = "".join(f"{name}Endpoint=http://{HOST}:{port}/{account};" for name, port in services.items())
        return f"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={key};{endpoints}"

    def is_running(self) -> bool:
        return self._process.poll() is None

    def stop(self, *, within: float = 5.0) -> None:
        """Ends it gracefully, so everything is on disk; kills it after `within` seconds."""
        self._process.terminate()
        try:
            self._process.wait(within)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._clear()

    def kill(self) -> None:
        """Ends it at once, as a power cut would: what Azurite has not written to disk yet is lost."""
        self._process.kill()
        self._clear()

    def _clear(self) -> None:
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
        if self._folder:
            self._folder.cleanup()


def start(
    data: Path | None = None,
    *,
    in_memory: bool = False,
    ports: Ports | None = None,
    keep_open: tuple[int, ...] = (),
) -> RunningAzurite:
    """Starts Azurite (installing it first if need be) and returns once its three services answer.

    Args:
        data: the folder that keeps what is stored; made if missing. One Azurite at a time may run on it.
        in_memory: keep nothing on disk. Give exactly one of `data` and `in_memory`.
        ports: where to listen on 127.0.0.1; free ports if left out.
        keep_open: file descriptors that stay open until the process has ended, such as that of a lock on `data`.

    Raises:
        AzuriteNotInstalled: Node or Azurite could not be installed.
        AzuriteNotStarted: it ended or did not answer in time; the text holds its own last lines.
    """
    if (data is None) != in_memory:
        raise ValueError("give either a data folder or in_memory=True")
    installed = installed_azurite()
    folder = tempfile.TemporaryDirectory(prefix="azurite-") if data is None else None
    home = Path(folder.name) if folder else Path(data or "").resolve()
    home.mkdir(parents=True, exist_ok=True)
    with (home / LOG).open("wb") as log:
        command = _command(installed, None if in_memory else home, ports or Ports())
        process = _spawn(command, home, log, keep_open)
    running = RunningAzurite(Ports(), process, folder)
    try:
        running.ports = _ports_when_ready(process, home / LOG)
    except BaseException:
        running.kill()
        raise
    return running


def _command(installed: Installed, location: Path | None, ports: Ports) -> list[str]:
    where = ["--inMemoryPersistence"] if location is None else ["--location", str(location)]
    listen = [f"--{name}{part}" for name in ("blob", "queue", "table") for part in ("Host", "Port")]
    values = [str(value) for port in (ports.blob, ports.queue, ports.table) for value in (HOST, port)]
    addresses = [part for pair in zip(listen, values, strict=True) for part in pair]
    # The SDKs may speak a newer protocol version than Azurite knows; telemetry would leave the machine.
    flags = ["--silent", "--skipApiVersionCheck", "--disableTelemetry"]
    preload = ["--require", str(FOLDER / "_end_with_parent.cjs")]
    return [str(installed.node.executable), *preload, str(installed.script), *where, *addresses, *flags]


def _spawn(command: list[str], home: Path, log: IO[bytes], keep_open: tuple[int, ...]) -> subprocess.Popen[bytes]:
    accounts = {"AZURITE_ACCOUNTS": f"{ACCOUNT}:{KEY};{BACKUP_ACCOUNT}:{BACKUP_KEY}"}
    output = {"stdout": log, "stderr": subprocess.STDOUT}
    return spawned(command, keep_open=keep_open, cwd=home, env={**os.environ, **accounts}, **output)


def _ports_when_ready(process: subprocess.Popen[bytes], log: Path) -> Ports:
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until:
        ended = process.poll() is not None
        text = log.read_text(errors="replace")
        found = {name.lower(): int(port) for name, port in LISTENING.findall(text)}
        if len(found) == SERVICES and not ended:
            for port in found.values():
                socket.create_connection((HOST, port), timeout=2).close()
            return Ports(**found)
        if ended:
            raise AzuriteNotStarted(
                f"Azurite ended at once with status {process.returncode}. Its last lines: {_tail(text)}"
            )
        time.sleep(0.02)
    raise AzuriteNotStarted(f"Azurite did not answer within {START_WITHIN:.0f} s. Its last lines: {_tail(text)}")


def _tail(text: str) -> str:
    return " | ".join(text.strip().splitlines()[-5:]) or "none"
