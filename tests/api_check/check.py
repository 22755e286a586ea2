"""Runs schemathesis as each role in turn, within a time box, and counts what is answered. No tests here."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.demo import CONFIGURATION
from local.tools import checking_tools
from tests.api_check.progress import Progress
from tests.api_check.records import ROLES, made_at, people_at
from tests.api_check.summary import Checked, answers_in, documented
from tests.conftest import ROOT, Backend

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
"""What an answer has to be. Left out: that valid data is accepted (rules of the business refuse much of it), that
other data is refused (an empty query parameter counts as absent), and 405 for other methods (tests/journeys/test_methods.py)."""


EVERYBODY = "everybody"
"""Not a role: each request is made by who may make it, one after the other on the same records."""

MAIN_JOB = (
    *(
        "RegisterLead",
        "EditLead",
        "ReadLead",
        "ReadLeadTimeline",
        "ChangeLeadStatus",
        "ReassignLead",
        "AddLeadDocument",
    ),
    *("CreateQuotation", "EditQuotation", "ShareQuotation", "ReadQuotation", "ReadQuotationPdf", "AcceptQuotation"),
    *("RejectQuotation", "WithdrawQuotation"),
    *("ListCommissions", "ReadCommission", "ApproveCommission", "MarkCommissionPaid"),
)
"""From a lead to its commission, and what comes in between."""

OVERTIME = 30
"""Seconds that a request under way and the last answers' checks may take after the time box."""


@dataclass(frozen=True)
class Plan:
    """What is asked: `phases` and `mode` are schemathesis' own, and so is `examples` (generated requests per operation).

    Within `seconds` each operation has its share, and what is left goes on generated requests, round after round.
    0 is no box: what follows from the document, and `examples` once.
    """

    seed: int = 1
    examples: int = 40
    seconds: int = 0
    phases: str = "examples,coverage,fuzzing"
    mode: str = "all"
    only: tuple[str, ...] = ()

    @property
    def options(self) -> list[str]:
        """Of schemathesis."""
        wanted = ["--seed", str(self.seed), "--max-examples", str(self.examples)]
        wanted += ["--phases", self.phases, "--mode", self.mode]
        wanted += ["--max-time", str(self.seconds)] if self.seconds else []
        return wanted + [part for name in self.only for part in ("--include-operation-id", name)]


def check(
    backend: Backend,
    folder: Path,
    plan: Plan,
    *,
    roles: Sequence[str] = ROLES,
    copies: int = 6,
    quiet: bool = False,
) -> Iterator[Checked]:
    """The outcome of each role; `copies` of each record are made. An interrupted one is the last."""
    made = made_at(backend.base, backend.outbox, copies=copies)
    records = folder / "records.json"
    records.write_text(json.dumps({**made, "base": backend.base, "configuration": CONFIGURATION}))
    for role in roles:
        done = _as_role(role, backend, records, plan, quiet)
        yield done
        if done.interrupted:
            return


def walk(backend: Backend, folder: Path, *, seed: int, seconds: int) -> Checked:
    """For so many seconds, walks through the main job in whatever order: what one step has made, the next ones work on."""
    made = people_at(backend.base, backend.outbox, phone="9600000001")
    records = folder / "records.json"
    records.write_text(json.dumps({**made, "base": backend.base, "configuration": CONFIGURATION}))
    plan = Plan(seed=seed, seconds=seconds, phases="stateful", mode="positive", only=MAIN_JOB)
    return _as_role(EVERYBODY, backend, records, plan, quiet=False)


def _as_role(role: str, backend: Backend, records: Path, plan: Plan, quiet: bool) -> Checked:
    counts, said = records.with_name(f"answers-{role}.json"), records.with_name(f"said-{role}.txt")
    command = [str(checking_tools() / "schemathesis"), "--config-file", os.devnull, "run"]
    command += [f"{backend.base}/api/openapi.json", "--checks", ",".join(CHECKS), "--continue-on-failure"]
    command += ["--generation-with-security-parameters", "false", "--no-shrink", "--no-color", "--warnings", "off"]
    # How long something takes to be made up says more about the machine than about the backend.
    command += ["--suppress-health-check", "all", "--generation-database", "none", *plan.options]
    told = {"ROLE": role, "RECORDS": str(records), "COUNTS": str(counts)}
    hooks = str(Path(__file__).with_name("hooks.py"))
    environment = {**os.environ, **told, "SCHEMATHESIS_HOOKS": hooks}
    progress = Progress(role, counts, operations=len(plan.only) or len(documented(backend)), quiet=quiet)
    started = time.monotonic()
    with said.open("w") as output:
        # In a group of its own: Ctrl-C comes to us, and we pass it on.
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, process_group=0
        )
        ended = _wait(process, progress, plan.seconds)
    progress.end()
    text = said.read_text()
    wrong = any(f"= {title} =" in text for title in ("FAILURES", "ERRORS"))
    return Checked(
        role=role,
        failed=wrong or (ended == END and process.returncode != 0),
        said=text,
        answers=answers_in(counts),
        seconds=time.monotonic() - started,
        interrupted=ended == INTERRUPTED,
    )


END, LATE, INTERRUPTED = "it ended", "it was stopped some time after its box", "Ctrl-C"


def _wait(process: subprocess.Popen[bytes], progress: Progress, seconds: int) -> str:
    """Until it has ended, saying how far it is. What ended it."""
    latest = time.monotonic() + seconds + OVERTIME if seconds else float("inf")
    try:
        while process.poll() is None:
            progress.tell()
            time.sleep(0.5)
            if time.monotonic() > latest:
                _stop(process)
                return LATE
    except KeyboardInterrupt:
        _stop(process)
        return INTERRUPTED
    return END


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask it to finish, with what it has found."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=20)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        process.kill()
        process.wait()
