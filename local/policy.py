"""`python -m local.policy`: checks infra/ against known security policies, offline.

checkov brings more packages than all the rest together, so it has an environment of its own, `.venv-policy`.
"""

import subprocess
import sys

from local.tools import ROOT, prepared


def main() -> int:
    """Install what is missing, then check; the exit status is checkov's."""
    checkov = prepared(".venv-policy", "requirements-policy.txt") / "checkov"
    command = [str(checkov), "--directory", str(ROOT / "infra"), "--framework", "bicep"]
    return subprocess.run([*command, "--quiet", "--compact", "--skip-download"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
