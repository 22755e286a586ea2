"""Runs the service of `_service` in a process of its own."""

import asyncio
import signal
import sys
from pathlib import Path

from local.tables._service import serve

signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C mustn't reach it before those who still use it
asyncio.run(serve(Path(sys.argv[1])))
