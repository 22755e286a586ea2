"""`make bench-compare BASE_COMMIT=…`: the benches of this commit and of another in turn, and the ratios of the two.

Each commit is checked out into a folder of its own, with data of its own; both use these benches and this
environment. A part that the other commit can't run is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[2]
FIGURES = ("requests", "hops", "first_ms", "p50_ms", "p95_ms", "cpu_ms", "seconds", "mb")
Lines = dict[tuple[str, str, str], list[float]]


def checked_out(commit: str, folder: Path) -> Path:
    """The commit in a folder, with these benches and the installed emulator."""
    subprocess.run(["git", "worktree", "add", "--detach", "--quiet", str(folder), commit], cwd=HERE, check=True)
    shutil.copytree(HERE / "tests" / "bench", folder / "tests" / "bench", dirs_exist_ok=True)
    modules = HERE / "local" / "azurite" / "node_modules"
    if modules.exists():
        (folder / "local" / "azurite" / "node_modules").symlink_to(modules)
    return folder


def measured(folder: Path, arguments: list[str], into: Lines) -> None:
    """Run the benches there, and take over what they say."""
    path = folder / "bench.json"
    command = [sys.executable, "-m", "tests.bench", "--json", str(path), *arguments]
    subprocess.run(command, cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)}, check=True)
    lines: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["lines"]
    for line in lines:
        for figure in FIGURES:
            if figure in line:
                into[line["part"], line["name"], figure].append(line[figure])


def show(base: Lines, ours: Lines) -> None:
    """The medians of both, and ours as a multiple of the base's."""
    print(f"\n{'':<58} {'figure':<9} {'base':>10} {'ours':>10} {'ratio':>7}")
    for place in base:
        if place in ours:
            one, other = statistics.median(base[place]), statistics.median(ours[place])
            ratio = f"{other / one:7.2f}" if one else "      –"
            part, name, figure = place
            print(f"{part:<12} {name:<45} {figure:<9} {one:10.2f} {other:10.2f} {ratio}")


def main() -> int:
    """Both in turn, so that what else the machine does falls on both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base")
    parser.add_argument("--rounds", type=int, default=2)
    given, arguments = parser.parse_known_args()
    sides: dict[str, Lines] = {"base": defaultdict(list), "ours": defaultdict(list)}
    with tempfile.TemporaryDirectory(prefix="bench-") as where:
        folders = {side: Path(where) / side for side in sides}
        try:
            checked_out(given.base, folders["base"])
            checked_out("HEAD", folders["ours"])
            for turn in range(given.rounds):
                for side in sides if turn % 2 == 0 else reversed(list(sides)):
                    measured(folders[side], arguments, sides[side])
        finally:
            for folder in folders.values():
                subprocess.run(["git", "worktree", "remove", "--force", str(folder)], cwd=HERE, check=False)
    show(sides["base"], sides["ours"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
