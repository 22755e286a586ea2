"""Runs schemathesis as each role in turn, and counts what was answered. No tests here."""

from __future__ import annotations

import json
import os
import subprocess
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from local.demo import CONFIGURATION
from local.tools import checking_tools
from tests.api_check.records import ROLES, made_at, people_at
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


@dataclass(frozen=True)
class Checked:
    """What came of one role's requests: per operation and status how many."""

    role: str
    failed: bool
    said: str
    answers: dict[str, dict[int, int]]

    @property
    def requests(self) -> int:
        """How many there were."""
        return sum(sum(counts.values()) for counts in self.answers.values())

    def missing(self, names: Sequence[str]) -> list[str]:
        """Those of the operations that never were carried out."""
        return [name for name in names if not any(status < 400 for status in self.answers.get(name, {}))]


def check(
    backend: Backend,
    folder: Path,
    *,
    seed: int,
    examples: int,
    roles: Sequence[str] = ROLES,
    phases: str = "examples,coverage,fuzzing",
    mode: str = "all",
    copies: int = 6,
) -> list[Checked]:
    """The outcome of each role; `phases` and `mode` are schemathesis' own, `copies` of each record are made."""
    made = made_at(backend.base, backend.outbox, copies=copies)
    records = folder / "records.json"
    records.write_text(json.dumps({**made, "base": backend.base, "configuration": CONFIGURATION}))
    wanted = ["--seed", str(seed), "--max-examples", str(examples), "--phases", phases, "--mode", mode]
    return [_as_role(role, backend, records, wanted) for role in roles]


def walk(backend: Backend, folder: Path, *, seed: int, seconds: int) -> Checked:
    """For so many seconds, walks through the main job in whatever order: what one step has made, the next ones work on."""
    made = people_at(backend.base, backend.outbox, phone="9600000001")
    records = folder / "records.json"
    records.write_text(json.dumps({**made, "base": backend.base, "configuration": CONFIGURATION}))
    wanted = ["--seed", str(seed), "--max-time", str(seconds), "--phases", "stateful", "--mode", "positive"]
    wanted += [part for name in MAIN_JOB for part in ("--include-operation-id", name)]
    return _as_role(EVERYBODY, backend, records, wanted)


def _as_role(role: str, backend: Backend, records: Path, wanted: list[str]) -> Checked:
    counts = records.with_name(f"answers-{role}.json")
    command = [str(checking_tools() / "schemathesis"), "--config-file", os.devnull, "run"]
    command += [f"{backend.base}/api/openapi.json", "--checks", ",".join(CHECKS), "--continue-on-failure", *wanted]
    command += ["--generation-with-security-parameters", "false", "--no-shrink", "--no-color", "--warnings", "off"]
    told = {"ROLE": role, "RECORDS": str(records), "COUNTS": str(counts)}
    hooks = str(Path(__file__).with_name("hooks.py"))
    environment = {**os.environ, **told, "SCHEMATHESIS_HOOKS": hooks}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    answers: dict[str, dict[int, int]] = defaultdict(dict)
    for said, number in json.loads(counts.read_text()).items() if counts.exists() else ():
        operation, status = said.split()
        answers[operation][int(status)] = number
    return Checked(role, done.returncode != 0, done.stdout + done.stderr, dict(answers))


def table(done: Sequence[Checked]) -> str:
    """Per operation and role how many of the requests were carried out (2xx or 304), of how many."""
    names = sorted({name for one in done for name in one.answers})
    lines = [f"{'done/asked':<32}" + "".join(f"{one.role:>12}" for one in done)]
    for name in names:
        cells = [_carried_out(one.answers.get(name, {})) for one in done]
        lines.append(f"{name:<32}" + "".join(f"{cell:>12}" for cell in cells))
    return "\n".join(lines)


def _carried_out(counts: dict[int, int]) -> str:
    return f"{sum(n for status, n in counts.items() if status < 400)}/{sum(counts.values())}" if counts else "-"
