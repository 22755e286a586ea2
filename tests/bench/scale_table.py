"""The lines of the benchmark at size as one table in Markdown, with the budgets. Measuring is in `scale`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.cases import CASES, Case

PAGE = Path(__file__).parents[2] / "docs" / "capacity.md"
BEGIN, END = "<!-- scale: begin -->", "<!-- scale: end -->"
WAIT_MS = 50
"""How long one request may keep the others of its instance waiting at a time."""

Lines = dict[tuple[str, str], dict[str, Any]]


def table(found: list[dict[str, Any]], *, sizes: list[str], machine: dict[str, Any]) -> str:
    """One row for each use case; figures of each size in the columns."""
    lines = {(line["name"], line["part"]): line for line in found}
    said = [_made(machine), _head(sizes)]
    for part, cases in CASES.items():
        for case in cases:
            rows = [lines[f"{part}|{case.who}|{case.name}", size] for size in sizes]
            faults = _faults(rows, case)
            figures = " | ".join(map(_figures, rows))
            met = "met" if not faults else f"**not met**: {', '.join(faults)}"
            what = f"report: {case.name}" if part == "reports" else case.name
            said.append(f"| {what} | {case.who} | {case.hops} | {figures} | {met} |")
    return "\n".join([*said, "", *_memory(lines, sizes)])


def written(text: str) -> None:
    """Put it into the page."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def _made(machine: dict[str, Any]) -> str:
    at = datetime.now(UTC).date()
    return (
        f"Measured {at} at commit {machine['commit']}, {machine['cores']} cores, Python {machine['python']}, with a load "
        f"of {machine['load']:.1f} on the machine at the end. Each size: storage hops / requests, median ms, CPU ms, and "
        "for how many ms at a time other requests had to wait."
    )


def _head(sizes: list[str]) -> str:
    figures = " | ".join(f"{size}: hops / requests, ms, CPU, wait" for size in sizes)
    return f"\n| what | who | hops, at most | {figures} | budget |\n|{'---|' * (len(sizes) + 4)}"


def _figures(line: dict[str, Any]) -> str:
    times = (f"{line[name]:.0f}" if line[name] >= 10 else f"{line[name]:.1f}" for name in ("p50_ms", "cpu_ms"))
    return f"{line['hops']} / {line['requests']}, {', '.join(times)}, {line['waits_ms']:.0f}"


def _faults(rows: list[dict[str, Any]], case: Case) -> list[str]:
    faults = []
    if any(row["hops"] > case.hops for row in rows):
        faults.append("hops")
    if any(row["p50_ms"] > case.ms for row in rows):
        faults.append(f"over {case.ms:,} ms")
    if any(row["waits_ms"] > WAIT_MS for row in rows):
        faults.append(f"others wait over {WAIT_MS} ms")
    return faults


def _memory(lines: Lines, sizes: list[str]) -> list[str]:
    names = [name for name, size in lines if size == sizes[0] and "|" not in name]
    said = [f"| | {' | '.join(sizes)} |", f"|{'---|' * (len(sizes) + 1)}"]
    for name in names:
        said.append(f"| {name} | {' | '.join(_other(lines[name, size]) for size in sizes)} |")
    return said


def _other(line: dict[str, Any]) -> str:
    if "mb" in line:
        return f"{line['mb']:.0f} MB"
    if "hops" in line:
        return f"{line['hops']} hops, {line['first_ms']:,.0f} ms, others wait {line['waits_ms']:.0f} ms"
    return f"{line['seconds']:.1f} s"
