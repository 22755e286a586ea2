"""`make audit`: known vulnerabilities of the pinned packages, as PyPI publishes them for each release.

What can't be looked up is said, and is no failure: a build must not depend on somebody else's server. With
STRICT=1, as before a deployment, it is one.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from local.tools import ROOT, checking_tools

PINS = ROOT / "requirements-dev.txt"
"""All that is installed anywhere: the dev file contains what the app imports."""

ACCEPTED: dict[str, str] = {}
"""Advisories that don't concern us, each with why: `{"GHSA-…": "we never parse …"}`."""

Finding = dict[str, Any]


def main() -> int:
    """Print what was found; 1 if there is a known vulnerability that isn't accepted."""
    pip_audit = checking_tools() / "pip-audit"
    first = next(line for line in PINS.read_text().splitlines() if "==" in line)
    strict = os.environ.get("STRICT", "") not in ("", "0")
    if not looked_up(_ask(pip_audit, first)):
        return not_checked("the advisories of PyPI can't be reached from here", strict=strict)
    return report(_ask(pip_audit, PINS.read_text()), accepted=ACCEPTED, strict=strict)


def not_checked(why: str, *, strict: bool) -> int:
    """Say so where a person sees it, in a delivery among its annotations; 1 if it has to be known."""
    print(f"dependencies: NOT CHECKED: {why}.")
    if os.environ.get("GITHUB_ACTIONS"):
        print(f"::{'error' if strict else 'warning'} title=Dependencies not checked::{why}")
    return int(strict)


def looked_up(found: list[Finding]) -> list[Finding]:
    """Those packages that the source could say something about."""
    return [package for package in found if "vulns" in package]


def report(found: list[Finding], *, accepted: dict[str, str], strict: bool = False) -> int:
    """Print each vulnerability and each package that nothing is known of; 1 if a vulnerability isn't accepted, or
    in strict mode if a package is unknown."""
    open_ones = 0
    for package in looked_up(found):
        for fault in package["vulns"]:
            why = next((accepted[name] for name in (fault["id"], *fault["aliases"]) if name in accepted), None)
            open_ones += why is None
            said = f"accepted: {why}" if why else f"fixed in {', '.join(fault['fix_versions']) or 'no release yet'}"
            print(f"dependencies: {package['name']} {package['version']}: {fault['id']}, {said}")
    unknown = [package["name"] for package in found if "vulns" not in package]
    missing = not_checked(f"unknown to the source: {', '.join(unknown)}", strict=strict) if unknown else 0
    print(f"dependencies: {len(looked_up(found))} of {len(found)} looked up, {open_ones} open vulnerabilities")
    return 1 if open_ones or missing else 0


def _ask(pip_audit: Path, pins: str) -> list[Finding]:
    """What pip-audit says of each pinned package; nothing if it got no answer at all."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(pins)
        file.flush()
        options = ["--no-deps", "--disable-pip", "--progress-spinner=off", "--format=json", "--timeout=10"]
        command = [str(pip_audit), "-r", file.name, *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return list(json.loads(done.stdout)["dependencies"])
    except (ValueError, KeyError):
        return []


if __name__ == "__main__":
    sys.exit(main())
