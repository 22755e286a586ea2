"""Makes `.venv` with what requirements-dev.txt pins, once, and runs a module in it. Standard library only.

Usage: python3 local/bootstrap.py [MODULE [ARGUMENT ...]]
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent


class NotPrepared(Exception):
    """The environment can't be made; the text tells a developer what to do about it."""


def main() -> None:
    """Prepares the environment, then becomes the module named on the command line."""
    os.chdir(ROOT)
    try:
        python = prepared_python(ROOT)
    except NotPrepared as fault:
        sys.exit(str(fault))
    except KeyboardInterrupt:
        sys.exit(130)
    if len(sys.argv) > 1:
        _become([str(python), "-m", *sys.argv[1:]])


def prepared_python(root: Path) -> Path:
    """The interpreter of `.venv`, holding exactly what requirements-dev.txt pins; made or repaired if need be.

    Raises:
        NotPrepared: Python lacks a part, or pip could not install.
    """
    venv, requirements = root / ".venv", root / "requirements-dev.txt"
    python, stamp = venv / "bin" / "python", venv / ".requirements"
    fingerprint = hashlib.sha256(requirements.read_bytes()).hexdigest()
    with _one_at_a_time(requirements):
        if not (python.exists() and stamp.is_file() and stamp.read_text() == fingerprint):
            _make(venv, python)
            _install(venv, python, requirements)
            stamp.write_text(fingerprint)
    return python


def _make(venv: Path, python: Path) -> None:
    usable = python.exists() and not _unfinished(venv).exists() and _runs([str(python), "-m", "pip", "--version"])
    if usable:
        return
    if not _runs([sys.executable, "-c", "import ensurepip, venv"]):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise NotPrepared(
            f"This Python ({sys.executable}) comes without venv. Install it (Debian and Ubuntu: "
            f"apt install python{version}-venv) and run this again."
        )
    print("Making .venv (once) ...", file=sys.stderr)
    done = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", venv], capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["nothing"]
        raise NotPrepared(f"The virtual environment could not be made. venv said: {said[0]}")


def _install(venv: Path, python: Path, requirements: Path) -> None:
    print(f"Installing {requirements.name} into .venv (once; half a minute) ...", file=sys.stderr)
    # While this mark is there an install was cut off, maybe within a package: the next run starts afresh.
    _unfinished(venv).touch()
    command = [
        str(python),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-r",
        str(requirements),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    _unfinished(venv).unlink()
    if done.returncode:
        raise NotPrepared(
            "The requirements could not be installed. Check the network and run this again. "
            f"pip said: {_reason(done.stderr) or f'nothing, with exit status {done.returncode}'}"
        )


def _reason(stderr: str) -> str:
    """pip's own reason: its error line, and the connection problem behind it, which pip only warns of."""
    lines = stderr.strip().splitlines()
    errors = [line for line in lines if line.startswith("ERROR:")]
    retries = [line for line in lines if "after connection broken by" in line]
    return " | ".join([*errors[:1], *retries[-1:]]) or " ".join(lines[-1:])


def _unfinished(venv: Path) -> Path:
    return venv / ".installing"


def _runs(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    """Lets one process prepare while others wait. The kernel frees the lock when its holder dies."""
    with path.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


ALLOCATOR = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "131072"}
"""As in infra/modules/app.bicep, which says why."""


def _become(command: list[str]) -> NoReturn:
    for name, value in ALLOCATOR.items():
        os.environ.setdefault(name, value)
    # In place of this process, so that signals and the exit status are the module's own.
    os.execv(command[0], command)  # noqa: S606  # the command is ours and no shell is wanted
