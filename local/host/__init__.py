"""A small stand-in for the Azure Functions host: it runs any `func.FunctionApp` from the app's own bindings.

What it covers: HTTP triggers, timers, `/admin/functions`. What it leaves out: every other binding, function keys,
the `context` parameter, scaling. Nothing of the app lives here, and the app does not know of it. Azure and Azure
Functions Core Tools run the same `function_app.py` without this package.
"""

from local.host._bindings import FaultyApp
from local.host._checks import problems_of
from local.host._foreground import CannotListen, end_process, run_until_stopped, set_up_logging
from local.host._host import Host, Options

__all__ = [
    "CannotListen",
    "FaultyApp",
    "Host",
    "Options",
    "end_process",
    "problems_of",
    "run_until_stopped",
    "set_up_logging",
]
