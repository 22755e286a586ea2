"""Runs one of the app's commands with the settings of the backend that `make run` has started here.

Usage: python -m local.command backup [ARGUMENT ...], with DATA=some/folder for another run's.
"""

import json
import os
import sys
from pathlib import Path

from local.settings import commands_file


def main() -> None:
    """Becomes the command."""
    file = commands_file(Path(os.environ.get("DATA") or ".local"))
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if not file.is_file():
        sys.exit("Nothing is running on this data. Start the backend with `make run` first.")
    command = [sys.executable, "-m", f"adapters.commands.{sys.argv[1]}", *sys.argv[2:]]
    os.execve(command[0], command, {**os.environ, **json.loads(file.read_text())})  # noqa: S606 - no shell wanted


if __name__ == "__main__":
    main()
