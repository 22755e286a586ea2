"""Runs one bench in a process of its own, and ends it with all that it started, whatever happens. What it found out is
read line by line, so nothing is lost when it fails."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tests.bench.results import LINES

TAKES_AT_MOST = 420
"""Seconds after which a part is given up."""

ENDS_WITHIN = 20


@dataclass(frozen=True)
class Outcome:
    """The lines of a bench, and why it failed; empty if it didn't."""

    lines: list[dict[str, Any]]
    why: str = ""


def run(
    module: str,
    *arguments: str,
    python: str = sys.executable,
    folder: Path | None = None,
    output: IO[str] | None = None,
    at_most: float = TAKES_AT_MOST,
) -> Outcome:
    """`python -m tests.bench.<module>` in a folder (ours unless said); what it prints goes to `output`."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "lines.jsonl"
        command = [python, "-m", f"tests.bench.{module}", *arguments]
        environment = {**os.environ, LINES: str(path)}
        with subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output) as process:
            try:
                status = process.wait(at_most)
                why = f"exit status {status}" if status else ""
            except subprocess.TimeoutExpired:
                why = f"not done after {at_most:.0f} s"
            finally:
                _ended(process)
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        lines = [json.loads(line) for line in text.splitlines() if line.endswith("}")]
        return Outcome(lines, why or ("" if lines else "it found nothing out"))


def _ended(process: subprocess.Popen[bytes]) -> None:
    """Like Ctrl-C first, so that it stops the storage and the backend that it runs."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()


def as_on_ctrl_c(clean: Callable[[], None]) -> None:
    """Clean up, and let nobody who presses Ctrl-C again cut that short."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        clean()
    finally:
        signal.signal(signal.SIGINT, before)
