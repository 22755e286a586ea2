"""Refuses a Python that is too old, then hands over to `environment`. Written so that any Python can read it."""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036  # this file is the one that an older Python gets to read
    sys.exit(
        "Python 3.11 or newer is needed; this is "
        + sys.version.split()[0]
        + " ("
        + sys.executable
        + "). Install a newer one, or name it: make run PYTHON=python3.12"
    )

sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120  # any Python

from local.environment import main  # noqa: E402  # its syntax is newer than what may be running above

if __name__ == "__main__":
    main()
