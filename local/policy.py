"""`python -m local.policy`: checks infra/ against known security policies, offline.

checkov brings more packages than all the rest together, so it has an environment of its own, `.venv-policy`.
"""

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv-policy"
REQUIREMENTS = ROOT / "requirements-policy.txt"


def main() -> int:
    """Install what is missing, then check; the exit status is checkov's."""
    _prepare()
    command = [str(VENV / "bin" / "checkov"), "--directory", str(ROOT / "infra"), "--framework", "bicep"]
    return subprocess.run([*command, "--quiet", "--compact", "--skip-download"], check=False).returncode


def _prepare() -> None:
    stamp = VENV / ".requirements"
    fingerprint = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == fingerprint:
        return
    print(f"Installing {REQUIREMENTS.name} into {VENV.name} (once) ...", file=sys.stderr)
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--clear", str(VENV)], check=True)
    install = [*uv, "pip", "install", "--quiet", "--python", str(VENV / "bin" / "python"), "-r", str(REQUIREMENTS)]
    subprocess.run(install, check=True)
    stamp.write_text(fingerprint)


if __name__ == "__main__":
    sys.exit(main())
