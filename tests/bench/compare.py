"""`make bench-compare BASE_COMMIT=…`: the benches of another commit and of this one in turn, and the ratios of the two.

Each commit is checked out into a folder of its own, with data of its own, and the packages that it pins; these benches
drive both. Part by part they take turns, first one, then the other, then the other way round, so that what else the
machine does falls on both. Rows that only one of them has are named. The working tree's changes don't count until
they are committed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from local.environment import prepared_python
from tests.bench.__main__ import PARTS, runs
from tests.bench.differences import AMOUNTS, COUNTS, Difference, Place, differences
from tests.bench.results import is_busy, machine
from tests.bench.running import as_on_ctrl_c, run

HERE = Path(__file__).resolve().parents[2]
EMULATOR = Path("local") / "azurite"
_RAISED = re.compile(r"[\w.]+(Error|Exception|Exit|Refused|Unavailable)\b")
DRIVERS = (Path("tests") / "bench", Path("tests") / "domain" / "documents" / "files.py")
"""What drives both: of this commit."""


@dataclass
class Side:
    """A commit in a folder of its own, and what was measured there."""

    name: str
    commit: str
    folder: Path
    python: str = ""
    turns: dict[Place, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: dict[str, str] = field(default_factory=dict)

    def check_out(self) -> None:
        """The commit with these benches; packages and emulator of ours where it pins the same."""
        _git("worktree", "add", "--detach", "--quiet", str(self.folder), self.commit)
        for driver in DRIVERS:
            _copied(HERE / driver, self.folder / driver)
        modules = EMULATOR / "node_modules"
        if self._same(EMULATOR / "package-lock.json") and (HERE / modules).exists():
            (self.folder / modules).symlink_to(HERE / modules)
        same = self._same(Path("requirements-dev.txt"))
        self.python = sys.executable if same else str(prepared_python(self.folder))

    def measure(self, module: str, arguments: list[str]) -> None:
        """One turn of one bench. Once it has failed here it isn't tried again."""
        name = " ".join((module, *arguments))
        if name in self.failed:
            return
        with tempfile.TemporaryFile("w+") as output:
            outcome = run(module, *arguments, python=self.python, folder=self.folder, output=output)
            output.seek(0)
            said = [line for line in output.read().splitlines() if _RAISED.match(line)]
        if outcome.why:
            self.failed[name] = ": ".join([outcome.why, *said[-1:]])
        for line in outcome.lines:
            for figure in (*COUNTS, *AMOUNTS):
                if figure in line:
                    self.turns[line["part"], line["name"], figure].append(line[figure])

    def remove(self) -> None:
        """The folder, as if it had never been."""
        if self.folder.exists():
            command = ["git", "worktree", "remove", "--force", "--force", str(self.folder)]
            subprocess.run(command, cwd=HERE, check=False)

    def _same(self, path: Path) -> bool:
        other = self.folder / path
        return other.exists() and other.read_bytes() == (HERE / path).read_bytes()


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=HERE, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"git {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout.strip()


def _copied(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


def take_turns(sides: list[Side], wanted: list[list[str]], turns: int) -> None:
    """Part by part."""
    for module, *arguments in wanted:
        for turn in range(turns):
            for side in sides if turn % 2 == 0 else reversed(sides):
                print(f"  {module} {' '.join(arguments)}, turn {turn + 1} of {turns}, {side.name}", flush=True)
                side.measure(module, arguments)


def show(found: list[Difference]) -> None:
    """Both medians, ours as a multiple of the base's, and how far that varies from turn to turn."""
    print(f"\n{'':<58} {'figure':<9} {'base':>10} {'ours':>10} {'ratio':>7}   turn by turn")
    for row in found:
        part, name, figure = row.place
        said = f"{part:<11} {name:<46} {figure:<9} {row.base:10.2f} {row.ours:10.2f} {row.ratio:7.2f}"
        print(f"{said}   {row.low:.2f} to {row.high:.2f}  {row.verdict}".rstrip())


def conclude(sides: list[Side], found: list[Difference]) -> None:
    """What differs beyond noise, and what couldn't be compared."""
    told = [row for row in found if row.told]
    print(f"\n{len(found)} figures compared; {len(told)} differ by more than noise")
    for row in told:
        print(f"  {row.verdict}: {', '.join(row.place)}: {row.base:.2f} → {row.ours:.2f} ({row.ratio:.2f})")
    for side, other in (sides, reversed(sides)):
        only = {place[:2] for place in side.turns} - {place[:2] for place in other.turns}
        if only:
            print(f"only in {side.name}: {'; '.join(sorted(f'{part}: {name}' for part, name in only))}")
        for name, why in side.failed.items():
            print(f"failed in {side.name}: {name}: {why}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", help="a commit")
    parser.add_argument("--turns", type=int, default=int(os.environ.get("TURNS") or 4))
    parser.add_argument("--parts", default=os.environ.get("PARTS", ""))
    parser.add_argument("--size", default="quick", choices=("tiny", "quick", "full"))
    parser.add_argument("--json", default=".local/bench-compare.json")
    given = parser.parse_args()
    given.parts = given.parts.replace(",", " ").split() or ["start", "use_cases", "contention", "price"]
    if set(given.parts) - set(PARTS):
        parser.error(f"parts are {' '.join(PARTS)}")
    return given


def main() -> int:
    """Both in turn; exit status 1 if a part of this commit fails."""
    given, about = arguments(), machine()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if is_busy(about):
        print(f"*** THE MACHINE IS BUSY (load {about['load']}): small differences won't show ***")
    with tempfile.TemporaryDirectory(prefix="bench-") as where:
        commits = {"base": given.base, "ours": "HEAD"}
        sides = [Side(name, _git("rev-parse", commit), Path(where) / name) for name, commit in commits.items()]
        try:
            for side in sides:
                side.check_out()
                print(f"{side.name}: {_git('log', '-1', '--format=%h %s', side.commit)}", flush=True)
            take_turns(sides, runs(given.parts, given.size), given.turns)
        except KeyboardInterrupt:
            print("stopped", file=sys.stderr)
            return 130
        finally:
            as_on_ctrl_c(lambda: [side.remove() for side in sides] and None)
    found = differences(sides[0].turns, sides[1].turns)
    show(found)
    conclude(sides, found)
    written = {"about": about, "commits": {side.name: side.commit for side in sides}}
    written |= {"rows": [vars(row) | {"verdict": row.verdict} for row in found]}
    Path(given.json).parent.mkdir(parents=True, exist_ok=True)
    Path(given.json).write_text(json.dumps(written, indent=1), encoding="utf-8")
    return 1 if sides[1].failed else 0


if __name__ == "__main__":
    sys.exit(main())
