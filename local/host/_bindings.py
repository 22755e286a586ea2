"""Reads which function an app declares for which trigger. How each trigger is served lives in its own module."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import azure.functions as func

HTTP = "httpTrigger"
TIMER = "timerTrigger"
# HttpTrigger: "if not specified, the function responds to all HTTP methods".
ALL_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE")


class FaultyApp(Exception):
    """The app declares something that neither the real host nor this one can run."""


@dataclass(frozen=True)
class BoundFunction:
    """A function with its trigger, and the bindings as the worker tells the host about them."""

    name: str
    handler: Callable[..., Any]
    bindings: tuple[dict[str, Any], ...]

    @property
    def trigger(self) -> dict[str, Any]:
        return next(each for each in self.bindings if each["type"].lower().endswith("trigger"))

    @property
    def argument(self) -> str:
        """The name of the parameter that takes what the trigger brings."""
        return str(self.trigger["name"])

    @property
    def route(self) -> str:
        return str(self.trigger["route"])

    @property
    def methods(self) -> tuple[str, ...]:
        declared = self.trigger.get("methods") or ()
        return tuple(str(getattr(each, "value", each)).upper() for each in declared) or ALL_METHODS

    @property
    def schedule(self) -> str:
        """The NCRONTAB expression; `%NAME%` stands for an app setting, as in the real host."""
        return re.sub(r"%(\w+)%", lambda found: os.environ.get(found[1], ""), str(self.trigger["schedule"]))


def functions_of(app: func.FunctionApp) -> list[BoundFunction]:
    """What the app declares.

    Raises:
        FaultyApp: the declarations contradict each other (two functions of one name, a function without a trigger).
    """
    app.functions_bindings = None  # else the second call on the same app takes each name for a duplicate
    try:
        declared = app.get_functions()
    except ValueError as fault:
        raise FaultyApp(str(fault)) from fault
    return [
        BoundFunction(
            name=str(each.get_function_name()),
            handler=each.get_user_function(),
            bindings=tuple(binding.get_dict_repr() for binding in each.get_bindings()),
        )
        for each in declared
    ]
