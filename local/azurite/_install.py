"""Installs the pinned Azurite beside this file, once per checkout. Starting it lives in `_process`."""

import fcntl
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.azurite._node import Node, find_node, install_node
from local.azurite.errors import AzuriteNotInstalled

FOLDER = Path(__file__).parent
LOCK_FILE = FOLDER / "package-lock.json"
MODULES = FOLDER / "node_modules"
STAMP = MODULES / ".installed"  # `npm ci` starts by removing node_modules, so a stamp means a finished install
SCRIPT = MODULES / "azurite" / "dist" / "src" / "azurite.js"
NPM_CI = ("ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund")


@dataclass(frozen=True)
class Installed:
    """Azurite, ready to be started."""

    node: Node
    script: Path


def installed_azurite() -> Installed:
    """Azurite as pinned in package-lock.json, installed first (with Node) if missing or half done.

    Raises:
        AzuriteNotInstalled: pip or npm failed; the text holds the line that says why.
    """
    node = find_node()
    if node is None or not _is_installed():
        with _one_at_a_time():
            node = find_node() or install_node()
            if not _is_installed():
                _install(node)
    return Installed(node, SCRIPT)


def _is_installed() -> bool:
    return STAMP.is_file() and STAMP.read_text() == _fingerprint()


def _fingerprint() -> str:
    return hashlib.sha256(LOCK_FILE.read_bytes()).hexdigest()


def _install(node: Node) -> None:
    print("Installing Azurite (once; half a minute) ...", file=sys.stderr)
    command = [*node.npm, *NPM_CI]
    done = subprocess.run(command, cwd=FOLDER, env=node.environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("npm error")]
        said = (
            " | ".join(errors[:4]) or done.stderr.strip()[-300:] or f"nothing, with exit status {done.returncode}"
        )
        raise AzuriteNotInstalled(
            f"Azurite could not be installed. Check the network and run this again. npm said: {said}"
        )
    STAMP.write_text(_fingerprint())


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Lets one process install while others wait. The kernel frees the lock when its holder dies."""
    with LOCK_FILE.open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
