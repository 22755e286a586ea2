"""What a load run came to: a table beside the budgets, and the same as JSON for docs/capacity.md."""

from __future__ import annotations

import csv
import json
import platform
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.load._cores import Moment, Use, used, why
from tests.load._stages import SCALE, THINK, Stage, planned

FEWEST = 0.6
"""Of the requests that were to be expected. Fewer mean that people were missing, or stood in a queue."""

Sample = tuple[float, str, str, float, str]
"""Start (epoch seconds), stage (empty while people come and go), what was asked, ms, error."""


@dataclass(frozen=True)
class Row:
    """Of one stage: how many requests, how many a second, ms, and how many failed."""

    stage: str
    users: int
    requests: int
    per_second: float
    p50: float
    p95: float
    p99: float
    budget: float
    errors: int
    expected: float = 0.0

    @property
    def held(self) -> bool:
        """Whether the budget was held, by about as many requests as so many people make."""
        enough = self.requests > 0 and self.requests >= self.expected * FEWEST
        return self.errors == 0 and enough and self.p95 <= self.budget


def read_samples(file: Path) -> list[Sample]:
    """All requests of the run."""
    return [tuple(json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


def rows_of(samples: list[Sample], stages: list[Stage]) -> list[Row]:
    """A row for each stage, and one for the times between them, in which nothing may fail either."""
    by_stage: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        by_stage[sample[1]].append(sample)
    between = Stage("between the stages", 0, 0, 0, float("inf"), "")
    named = [(stage, by_stage.get(stage.name, [])) for stage in stages]
    return [
        _row(stage, found) for stage, found in [*named, (between, by_stage.get("", []))] if found or stage.users
    ]


def _row(stage: Stage, found: list[Sample]) -> Row:
    took = sorted(sample[3] for sample in found)
    seconds = stage.hold or max((max(s[0] for s in found) - min(s[0] for s in found)) if found else 1, 1)
    failed = sum(bool(sample[4]) for sample in found)
    p50, p95, p99 = (quantile(took, part) for part in (0.5, 0.95, 0.99))
    expected = stage.users / THINK * stage.hold
    return Row(
        stage.name, stage.users, len(found), len(found) / seconds, p50, p95, p99, stage.p95, failed, expected
    )


def quantile(took: list[float], part: float) -> float:
    """Of sorted values; 0 if there are none."""
    return took[min(int(len(took) * part), len(took) - 1)] if took else 0.0


def by_use_case(samples: list[Sample]) -> list[dict[str, Any]]:
    """What each kind of request came to over the whole run."""
    kinds: dict[str, list[float]] = defaultdict(list)
    for sample in samples:
        kinds[sample[2]].append(sample[3])
    return [
        {"name": name, "requests": len(took), "share": len(took) / len(samples), "p50": statistics.median(took)}
        | {"p95": quantile(sorted(took), 0.95)}
        for name, took in sorted(kinds.items(), key=lambda kind: -len(kind[1]))
    ]


def uses_of(samples: list[Sample], moments: Sequence[Moment]) -> dict[str, Use | None]:
    """Who had the processors in each stage, between its first request and its last."""
    begun: dict[str, list[float]] = defaultdict(list)
    for at, stage, *_ in samples:
        begun[stage].append(at)
    return {stage: used(moments, min(at), max(at)) for stage, at in begun.items() if stage}


def told(
    rows: list[Row], kinds: list[dict[str, Any]], cpu: dict[str, float], uses: Mapping[str, Use | None]
) -> str:
    """The tables as text."""
    head = f"{'':<22}{'users':>6}{'requests':>10}{'/s':>7}{'p50':>8}{'p95':>8}{'p99':>8}{'budget':>8}{'errors':>8}"
    lines = [head]
    for row in rows:
        budget = "" if row.budget == float("inf") else f"{row.budget:.0f}"
        verdict = "held" if row.held else "NOT HELD"
        lines.append(
            f"{row.stage:<22}{row.users or '':>6}{row.requests:>10}{row.per_second:>7.1f}{row.p50:>8.1f}{row.p95:>8.1f}"
            f"{row.p99:>8.1f}{budget:>8}{row.errors:>8}  {verdict}"
        )
    lines += ["", f"{'what was asked':<28}{'requests':>9}{'share':>8}{'p50':>8}{'p95':>8}"]
    for kind in kinds:
        share = f"{kind['share']:.1%}"
        lines.append(f"{kind['name']:<28}{kind['requests']:>9}{share:>8}{kind['p50']:>8.1f}{kind['p95']:>8.1f}")
    spent = ", ".join(f"{name} {ms:.1f} ms" for name, ms in cpu.items())
    return "\n".join([*lines, "", f"CPU per request: {spent}", *_cores(uses), *_reasons(rows, uses)])


def _cores(uses: Mapping[str, Use | None]) -> list[str]:
    """How many cores each process had, stage by stage."""
    found = {stage: use for stage, use in uses.items() if use}
    names = list(dict.fromkeys(name for use in found.values() for name in use.by))
    lines = ["", f"{'cores used':<22}" + "".join(f"{name:>10}" for name in [*names, "others", "idle"])] * bool(
        found
    )
    for stage, use in found.items():
        cores = [*(use.by.get(name, 0.0) for name in names), use.others, use.idle]
        lines.append(f"{stage:<22}" + "".join(f"{each:>10.2f}" for each in cores))
    return lines


def _reasons(rows: list[Row], uses: Mapping[str, Use | None]) -> list[str]:
    missed = [row for row in rows if row.users and not row.held]
    return ["", *(f"{row.stage}: not held, {why(uses.get(row.stage))}" for row in missed)] if missed else []


def as_json(
    rows: list[Row], kinds: list[dict[str, Any]], cpu: dict[str, float], uses: Mapping[str, Use | None]
) -> dict[str, Any]:
    """The same for docs/capacity.md and tests/bench/capacity.py."""
    said = [
        {**asdict(row), "budget": None if row.budget == float("inf") else row.budget, "held": row.held}
        for row in rows
    ]
    machine = f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    cores = {stage: {**use.by, "others": use.others, "idle": use.idle} for stage, use in uses.items() if use}
    return {"machine": machine, "scale": SCALE, "stages": said, "useCases": kinds, "cpuMs": cpu, "cores": cores}


def errors_of(samples: list[Sample]) -> list[str]:
    """The different errors, the commonest first."""
    found: dict[str, int] = defaultdict(int)
    for sample in samples:
        if sample[4]:
            found[f"{sample[2]}: {sample[4]}"] += 1
    return [f"{count:>6} × {text}" for text, count in sorted(found.items(), key=lambda e: -e[1])]


def report(out: Path, cpu: dict[str, float], moments: Sequence[Moment], **about: str) -> bool:
    """Write the report of a run; whether all budgets were held. `about` is said of it besides: when, on what storage."""
    samples = read_samples(out / "samples.jsonl")
    rows, kinds, uses = rows_of(samples, planned()), by_use_case(samples), uses_of(samples, moments)
    text = told(rows, kinds, cpu, uses)
    (out / "report.txt").write_text(text + "\n", encoding="utf-8")
    said = json.dumps({**about, **as_json(rows, kinds, cpu, uses)}, indent=1)
    (out / "results.json").write_text(said + "\n", encoding="utf-8")
    print(text)
    for line in errors_of(samples)[:20]:
        print(line)
    crashes = crashes_of(out / "locust_exceptions.csv")
    print("\n".join(crashes))
    return all(row.held for row in rows) and not crashes


def crashes_of(file: Path) -> list[str]:
    """What went wrong in the people themselves: a reply in which something was missing that they need. Locust counts
    that as no failed request. A file that isn't there is no proof that nothing went wrong."""
    if not file.exists():
        return [f"{file.name} is missing"]
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return [f"{row['Count']} × a client crashed: {row['Message']}" for row in rows]
