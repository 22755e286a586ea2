"""Environments beside `.venv`, for tools that bring more packages than the product: made once per lock file."""

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def prepared(venv: str, requirements: str) -> Path:
    """The folder of the programs of the environment `venv`, with exactly what the file `requirements` pins."""
    folder, pins = ROOT / venv, ROOT / requirements
    stamp, fingerprint = folder / ".requirements", hashlib.sha256(pins.read_bytes()).hexdigest()
    if not (stamp.is_file() and stamp.read_text() == fingerprint):
        print(f"Installing {requirements} into {venv} (once) ...", file=sys.stderr)
        uv, python = [sys.executable, "-m", "uv"], str(folder / "bin" / "python")
        subprocess.run([*uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)], check=True)
        subprocess.run([*uv, "pip", "install", "--quiet", "--python", python, "-r", str(pins)], check=True)
        stamp.write_text(fingerprint)
    return folder / "bin"


def checking_tools() -> Path:
    """Where the programs are that look for known faults, secrets and wrong replies (requirements-tools.in)."""
    return prepared(".venv-tools", "requirements-tools.txt")
