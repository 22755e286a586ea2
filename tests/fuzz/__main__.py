"""`make fuzz`: each parser of `parsers` for SECONDS, in rounds of ever more examples with seeds that begin at SEED.

The first round of a parser always ends; what is under way when its time is over is dropped. ONLY="phone csv" names
parsers. A failure is shown as pytest shows it, with the example that was found, and the next parser is tried.

Exit: 0 nothing found, 1 something was, 130 interrupted before that. Ctrl-C gives the summary of what was done.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field

from tests.conftest import ROOT
from tests.fuzz.parsers import PARSERS, Parser

FIRST = 100
"""Examples of each test in the first round; each further one has twice as many."""
_PASSING = re.compile(r"(\d+) passing")


@dataclass
class Tried:
    """What came of one parser."""

    parser: Parser
    rounds: int = 0
    examples: int = 0
    seconds: float = 0.0
    found: list[str] = field(default_factory=list)

    def line(self) -> str:
        """Its figures."""
        verdict = f"FOUND {len(self.found)}" if self.found else "nothing found"
        return (
            f"{self.parser.name:<16} {self.seconds:5.0f} s {self.rounds:>3} rounds "
            f"{self.examples:>9,} examples  {verdict}"
        )


def main() -> int:
    """The exit code."""
    only = (os.environ.get("ONLY") or "").split()
    unknown = set(only) - {parser.name for parser in PARSERS}
    if unknown:
        print(f"no parser {', '.join(sorted(unknown))}; there are {', '.join(p.name for p in PARSERS)}")
        return 2
    seconds, seed = int(os.environ.get("SECONDS") or 60), int(os.environ.get("SEED") or 1)
    tried = [Tried(parser) for parser in PARSERS if not only or parser.name in only]
    interrupted = False
    try:
        for one in tried:
            attempt(one, seconds, seed)
    except KeyboardInterrupt:
        interrupted = True
    begun = [one for one in tried if one.rounds]
    print("\n".join(["", *(text for one in begun for text in one.found), *(one.line() for one in begun)]))
    if any(one.found for one in begun):
        return 1
    return 130 if interrupted else 0


def attempt(one: Tried, seconds: int, seed: int) -> None:
    """Rounds until its time is over, or something was found."""
    started = time.monotonic()
    while not one.found and (one.rounds == 0 or one.seconds < seconds):
        left = seconds - one.seconds if one.rounds else None
        said, failed = _round(one.parser, FIRST * 2**one.rounds, seed + one.rounds, left)
        one.rounds += 1
        one.examples += sum(int(number) for number in _PASSING.findall(said))
        one.seconds = time.monotonic() - started
        one.found += [said] if failed else []
        print(one.line(), flush=True)


def _round(parser: Parser, examples: int, seed: int, seconds: float | None) -> tuple[str, bool]:
    """What pytest said, and whether anything failed."""
    command = [sys.executable, "-m", "pytest", "-n", "0", "--hypothesis-show-statistics", "-p", "no:cacheprovider"]
    command += [f"--hypothesis-seed={seed}", *parser.tests]
    environment = {**os.environ, "HYPOTHESIS_PROFILE": "deep", "HYPOTHESIS_EXAMPLES": str(examples)}
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )
    try:
        said, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate()
        return said, "\nFAILED " in said  # whatever else it says or exits with comes from being interrupted
    except KeyboardInterrupt:
        process.kill()
        process.wait()
        raise
    return said, process.returncode != 0


if __name__ == "__main__":
    sys.exit(main())
