"""Azurite, Microsoft's emulator of Azure Storage, for local runs and tests: installed once, started and stopped.

Nothing of the app lives here: it only ever sees a connection string.
"""

from local.azurite._process import ACCOUNT, KEY, Ports, RunningAzurite, start
from local.azurite.errors import AzuriteFailed, AzuriteNotInstalled, AzuriteNotStarted

__all__ = [
    "ACCOUNT",
    "KEY",
    "AzuriteFailed",
    "AzuriteNotInstalled",
    "AzuriteNotStarted",
    "Ports",
    "RunningAzurite",
    "start",
]
