"""`make load` and `make soak`: people play the platform for some minutes, then everything that was acknowledged is looked for.

Against a running `make run` (BASE, and DATA for its folder), or without BASE one of its own on a free port with data of
its own: tables on SQLite, which has an index as Azure's have; with AZURITE=1 on the emulator. QUICK=1 is a try of a minute
with a tenth of the people; SECONDS, SCALE, OUT override. MINUTES makes it a soak: a steady load, in which every timer
runs again and again, with the processes watched. Exit status 1 if a budget, a check or the verdict of the soak fails;
of a budget the report says whether the backend missed it or something else was full.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from local import azurite, tables
from local.demo import CONFIGURATION
from local.settings import commands_file
from tests.conftest import ROOT, started_backend
from tests.load._cores import Cores, cpu_of
from tests.load._processes import Watch, processes_of, verdict
from tests.load._report import report
from tests.load._sign_in import sign_in_all
from tests.load._stages import people, planned
from tests.load._timers import PERIODS, Rounds, runs_told

VENV = ROOT / ".venv-load"
REQUIREMENTS = ROOT / "requirements-load.txt"
SOAK = bool(os.environ.get("MINUTES"))
AZURITE = os.environ.get("AZURITE", "") not in ("", "0")
"""Tables on Azurite too, as `make run` has them. It looks through a whole table for each query (docs/capacity.md)."""

_CHECKS = (["check_data"], ["verify_timeline", "--all"])


@dataclass(frozen=True)
class Target:
    """The backend under load: where it answers and its data folder."""

    base: str
    data: Path
    processes: Mapping[str, int]
    storage: str = "whatever the backend runs on"
    log: Path | None = None

    @property
    def settings(self) -> dict[str, str]:
        """Its app settings, for commands on its storage."""
        found: dict[str, str] = json.loads(commands_file(self.data).read_text(encoding="utf-8"))
        return {**os.environ, **found}


def main() -> int:
    """Prepare, play, check."""
    out = Path(os.environ.get("OUT") or ".local/load").resolve()
    out.mkdir(parents=True, exist_ok=True)
    for old in ("acknowledged.jsonl", "samples.jsonl"):
        (out / old).unlink(missing_ok=True)
    _prepare_venv()
    with ExitStack() as stack:
        target = _target(stack)
        _people(target, out)
        before, began = cpu_of(target.processes), datetime.now(UTC).isoformat(timespec="seconds")
        with ExitStack() as beside:
            watch = beside.enter_context(Watch(target.processes, out / "processes.jsonl", target.base))
            rounds = beside.enter_context(_rounds(target)) if SOAK else None
            cores = beside.enter_context(Cores(target.processes))
            _play(target, out, cores)
        asked = sum(1 for _ in (out / "samples.jsonl").open(encoding="utf-8")) or 1
        spent = {n: (s - before.get(n, 0.0)) * 1000 / asked for n, s in cpu_of(target.processes).items()}
        held = report(out, spent, cores.moments, at=began, storage=target.storage)
        right = _check(target, out)
        steady = _steady(target, watch, rounds) if rounds else True
    print(f"\nReport with charts: {out / 'report.html'}; figures: {out / 'results.json'}")
    return 0 if held and steady and right else 1


def _target(stack: ExitStack) -> Target:
    base = os.environ.get("BASE")
    if base:
        httpx.get(f"{base}/api/v1/health", timeout=30).raise_for_status()
        data = Path(os.environ.get("DATA") or ".local").resolve()
        return Target(base, data, processes_of(int((data / "lock").read_text(encoding="ascii"))))
    # In memory: else Azurite writes all of its tables to disk every five seconds, half a second in the end, and
    # answers nobody meanwhile. A storage service doesn't do that.
    emulator = stack.enter_context(azurite.start(in_memory=True))
    folder = Path(stack.enter_context(TemporaryDirectory()))
    connection, processes, storage = emulator.connection_string, {"storage": emulator.pid}, "Azurite"
    if not AZURITE:
        served = stack.enter_context(tables.start(folder / "tables"))
        connection, storage = served.in_place_of(connection), "SQLite (local/tables), blobs on Azurite"
        processes = {"storage": served.pid, "blobs": emulator.pid}
    started = stack.enter_context(started_backend(folder, storage=connection))
    return Target(started.base, started.data, {"worker": started.pid, **processes}, storage, folder / "log")


def _rounds(target: Target) -> Rounds:
    seconds = sum(stage.ramp + stage.hold for stage in planned())
    return Rounds(target.base, target.settings["STORAGE_CONNECTION"], seconds / PERIODS)


def _steady(target: Target, watch: Watch, rounds: Rounds) -> bool:
    """Whether the worker stayed as it was, and every timer did its work in every period."""
    steady = verdict(watch.samples, rounds.starts)
    if target.log is None:
        print("the timers' log is the backend's own: look there")
        return steady
    done, failed = runs_told(target.log)
    print("timers that came to their end: " + ", ".join(f"{name} {count}" for name, count in sorted(done.items())))
    print("\n".join(failed[:20]) if failed else "none failed")
    return steady and not failed and min(done.values(), default=0) >= len(rounds.starts)


def _people(target: Target, out: Path) -> None:
    """The people of this run, with their leads, and signed in."""
    file = out / "people.json"
    file.touch(mode=0o600)
    counts = [f"{kind}={count}" for kind, count in people().items()]
    making = [sys.executable, "-m", "tests.load._people", str(file), *counts]
    subprocess.run(making, cwd=ROOT, env=target.settings, check=True)
    made = json.loads(file.read_text(encoding="utf-8"))
    began = time.monotonic()
    asyncio.run(sign_in_all(target.base, target.data / "outbox" / "sms.jsonl", made))
    print(f"{len(made)} people signed in, in {time.monotonic() - began:.0f} s", flush=True)
    file.write_text(json.dumps(made), encoding="utf-8")
    (out / "configuration.json").write_text(json.dumps(CONFIGURATION), encoding="utf-8")


def _play(target: Target, out: Path, cores: Cores) -> None:
    for stage in planned():
        print(f"  {stage.name:<18} {stage.users:>5} users, {stage.ramp + stage.hold:4.0f} s", flush=True)
    locust = [
        str(VENV / "bin" / "python"),
        "-m",
        "locust",
        "-f",
        str(ROOT / "tests/load/locustfile.py"),
        "--headless",
    ]
    reports = [
        "--html",
        str(out / "report.html"),
        "--csv",
        str(out / "locust"),
        "--only-summary",
        "--exit-code-on-error",
        "0",
    ]
    environment = {**os.environ, "LOAD_OUT": str(out), "PYTHONPATH": str(ROOT)}
    command = [*locust, "--host", target.base, *reports]
    with (
        (out / "locust.log").open("wb") as log,
        subprocess.Popen(command, cwd=out, env=environment, stdout=log, stderr=log) as playing,
    ):
        cores.follow("clients", playing.pid)
    if playing.returncode:
        raise SystemExit((out / "locust.log").read_text(encoding="utf-8")[-2000:])


def _check(target: Target, out: Path) -> bool:
    """Everything that was acknowledged is there, and every rule holds, once what runs after answers has ended."""
    time.sleep(15)
    commands = [[sys.executable, "-m", f"adapters.commands.{name}", *more] for name, *more in _CHECKS]
    commands.append([sys.executable, "-m", "tests.load._ledger", str(out / "acknowledged.jsonl")])
    right = True
    for command in commands:
        print(f"\n$ {' '.join(command[1:])}", flush=True)
        right &= subprocess.run(command, cwd=ROOT, env=target.settings, check=False).returncode == 0
    return right


def _prepare_venv() -> None:
    stamp, fingerprint = VENV / ".requirements", hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == fingerprint:
        return
    print(f"Installing {REQUIREMENTS.name} into {VENV.name} (once) ...", file=sys.stderr)
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--clear", str(VENV)], check=True)
    install = [*uv, "pip", "install", "--quiet", "--python", str(VENV / "bin" / "python"), "-r", str(REQUIREMENTS)]
    subprocess.run(install, check=True)
    stamp.write_text(fingerprint, encoding="ascii")


if __name__ == "__main__":
    sys.exit(main())
