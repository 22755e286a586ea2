"""What tests of several folders share: a running Azurite, and the whole backend as `make run` starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from local import azurite as local_azurite

# How long an example takes says more about what else the machine does than about the code.
settings.register_profile("solarium", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "deep", settings.get_profile("solarium"), max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES") or 5_000)
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or "solarium")

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def azurite() -> Iterator[local_azurite.RunningAzurite]:
    """Table and blob storage in memory, one for each test process."""
    with local_azurite.start(None, in_memory=True) as running:
        yield running


@pytest.fixture(scope="session")
def azurite_connection(azurite: local_azurite.RunningAzurite) -> str:
    """Its connection string."""
    return azurite.connection_string


@dataclass(frozen=True)
class Backend:
    """Where the backend under test answers, the folder with its outbox, and its storage."""

    base: str
    data: Path
    pid: int
    storage: str

    @property
    def outbox(self) -> Path:
        """The SMS that would have been sent."""
        return self.data / "outbox" / "sms.jsonl"


@contextmanager
def started_backend(
    folder: Path, *, storage: str | None = None, apart: bool = False, **settings: str
) -> Iterator[Backend]:
    """What `make run` starts, on a free port with data of its own; `settings` are added to its environment.
    `storage` is the connection string of an Azurite that runs already. `apart`, a Ctrl-C at us doesn't stop it."""
    ready, data = folder / "ready.json", folder / "data"
    command = [
        sys.executable,
        "-m",
        "local.run",
        "--ready-file",
        str(ready),
        *(["--storage", storage] if storage else []),
    ]
    environment = {**os.environ, "PORT": "0", "DATA": str(data), **settings}
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
        process_group=0 if apart else None,
    )
    try:
        until = time.monotonic() + 120
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > until:
                pytest.fail("the backend didn't start:\n" + (folder / "log").read_text()[-3000:])
            time.sleep(0.05)
        said = json.loads(ready.read_text())
        yield Backend(said["base"], data, process.pid, said["storage"])
    finally:
        process.terminate()
        process.wait(timeout=90)
        log.close()


@pytest.fixture(scope="session")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """The backend that most journeys share. A machine busy with other tests is no reason to give up early, and
    all people of all journeys share one address."""
    with started_backend(
        tmp_path_factory.mktemp("backend"), REQUEST_SECONDS="60", SENSITIVE_PER_MINUTE="1000000"
    ) as running:
        yield running


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The steps of tests/domain/model, and the table of tests/faults."""
    passed = terminalreporter.stats.get("passed", [])
    steps = [value for report in passed for name, value in report.user_properties if name == "steps"]
    if steps:
        terminalreporter.section("random walks of all people beside the rules told again")
        terminalreporter.write_line(f"{sum(steps)} steps in {len(steps)} walks: same states, same refusals")
    _table_of_faults(terminalreporter, passed)


def _table_of_faults(terminalreporter: pytest.TerminalReporter, passed: list[pytest.TestReport]) -> None:
    """How many storage calls of each use case met each fault and were survived, in memory and on Azurite."""
    found = [value for report in passed for name, value in report.user_properties if name == "faults"]
    for where in dict.fromkeys(where for where, *_ in found):
        here = [said for place, *said in found if place == where]
        kinds = list(dict.fromkeys(kind for _, kind, _ in here))
        met = {(case, kind): count for case, kind, count in here}
        terminalreporter.section(f"{where}: storage calls that met a fault, and everything held")
        terminalreporter.write_line(f"{'':<32}" + "".join(f"{kind:>16}" for kind in kinds))
        for case in dict.fromkeys(case for case, *_ in here):
            counts = "".join(f"{met.get((case, kind), '-'):>16}" for kind in kinds)
            terminalreporter.write_line(f"{case:<32}{counts}")
