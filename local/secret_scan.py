"""`make secrets`: looks for keys, tokens and passwords in the files, or with `--history` in all their versions.

What is harmless stands in harmless.toml with its reason. Only hashes of what was found are printed.
"""

import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.tools import ROOT, checking_tools

HARMLESS, KINDS = (Path(__file__).with_name(name) for name in ("harmless.toml", "secret_kinds.py"))

NOT_LOOKED_AT = rf"{HARMLESS.name}|\.ttf$"
"""The list itself is full of hashes, and fonts aren't text."""

Found = Mapping[str, list[dict[str, Any]]]
"""Per file: type, hash and line of each thing that looks like a secret, in detect-secrets' words."""


def main() -> int:
    """1 if there is something that looks like a secret and isn't known to be harmless."""
    if "--history" not in sys.argv[1:]:
        return report(_found(ROOT), harmless(HARMLESS))
    with tempfile.TemporaryDirectory() as folder:
        _all_versions(Path(folder))
        return report(found_in(Path(folder)), harmless(HARMLESS))


def harmless(file: Path) -> dict[str, str]:
    """By hash, why it is harmless. Raises ValueError if one has no reason."""
    entries = tomllib.loads(file.read_text(encoding="utf-8"))["harmless"]
    if unreasoned := [entry["hash"] for entry in entries if len(entry["reason"]) < 10]:
        raise ValueError(f"{file.name}: no reason for {', '.join(unreasoned)}")
    return {entry["hash"]: entry["reason"] for entry in entries}


def report(found: Found, reasons: Mapping[str, str]) -> int:
    """Print what isn't known; 1 if there is any."""
    seen = {one["hashed_secret"] for ones in found.values() for one in ones}
    new = [(file, one) for file, ones in found.items() for one in ones if one["hashed_secret"] not in reasons]
    for file, one in new:
        print(f"secrets: {file}:{one['line_number']}: {one['type']}, hash {one['hashed_secret']}")
    if new:
        print(f"secrets: take them out and revoke them, or give their reason in local/{HARMLESS.name}.")
    print(f"secrets: {len(new)} found, {len(seen & reasons.keys())} known to be harmless")
    return 1 if new else 0


def found_in(folder: Path) -> Found:
    """What looks like a secret in all files of a folder."""
    return _found(folder, "--all-files")


def _found(folder: Path, *options: str) -> Found:
    """In the files that git knows, unless an option says otherwise."""
    scan = [str(checking_tools() / "detect-secrets"), "scan", "--no-verify", "--exclude-files", NOT_LOOKED_AT]
    scan += ["--plugin", str(KINDS)]
    done = subprocess.run([*scan, *options, "."], cwd=folder, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout)["results"])


def _all_versions(folder: Path) -> None:
    """Every version of every file of every branch, as files."""
    git = ["git", "-C", str(ROOT)]
    listed = subprocess.run([*git, "rev-list", "--objects", "--all"], capture_output=True, text=True, check=True)
    named = [line.split(" ", 1) for line in listed.stdout.splitlines() if " " in line]
    asked = "".join(f"{name}\n" for name, _ in named).encode()
    with subprocess.Popen([*git, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        answers = reader.communicate(asked)[0]
    at = 0
    for name, path in named:
        end = answers.index(b"\n", at)
        kind, size = answers[at:end].split()[1:]
        content, at = answers[end + 1 : end + 1 + int(size)], end + int(size) + 2
        if kind == b"blob":
            target = folder / name / Path(path).name  # the name counts: lock files are full of hashes
            target.parent.mkdir()
            target.write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
