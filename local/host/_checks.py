"""Says where an app differs from what host and worker accept, before Azure says it. Nothing is run here."""

import inspect
import re
import typing
from collections import Counter
from collections.abc import Iterator

import azure.functions as func

from local.host._bindings import HTTP, TIMER, BoundFunction, FaultyApp, functions_of
from local.host._routes import BadTemplate, parse, shape
from local.host._schedule import fault_of

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,127}")  # the host's rule
BUILT_IN = ("admin", "runtime")
ARGUMENTS: dict[str, type] = {HTTP: func.HttpRequest, TIMER: func.TimerRequest}
RESULTS: dict[str, type] = {HTTP: func.HttpResponse, TIMER: type(None)}


def problems_of(app: func.FunctionApp) -> list[str]:
    """One sentence for each fault, naming the function; empty when Azure would index the app as it stands."""
    try:
        functions = functions_of(app)
    except FaultyApp as fault:
        return [str(fault)]
    own = [f"{each.name}: {problem}" for each in functions for problem in _problems(each)]
    return [*own, *_clashing_names(functions), *_clashing_routes(functions)]


def _problems(function: BoundFunction) -> Iterator[str]:
    if not NAME.fullmatch(function.name):
        yield "the name has to be a letter, then at most 127 letters, digits, '_' or '-'"
    kind = function.trigger["type"]
    if kind == HTTP:
        yield from _http_problems(function)
    elif kind == TIMER:
        if fault := fault_of(function.schedule):
            yield fault
    else:
        yield f"the local host has no {kind}"
        return
    yield from _signature_problems(function, ARGUMENTS[kind], RESULTS[kind])


def _http_problems(function: BoundFunction) -> Iterator[str]:
    try:
        parse(function.route)
    except BadTemplate as fault:
        yield str(fault)
    if function.route.lower().split("/")[0] in BUILT_IN:
        yield f"the route {function.route!r} collides with one of the host's own where the route prefix is empty"
    level = function.trigger.get("authLevel")
    if level is not func.AuthLevel.ANONYMOUS:
        yield f"Azure asks callers for a key (auth level {getattr(level, 'value', level)}), the local host does not"


def _signature_problems(function: BoundFunction, argument: type, result: type) -> Iterator[str]:
    # As the worker: the signature seen through `functools.wraps`, and its parameters by name.
    parameters = set(inspect.signature(function.handler).parameters)
    bound = {each["name"] for each in function.bindings if each["name"] != "$return"}
    if parameters != bound:
        yield f"takes ({', '.join(sorted(parameters))}) but its bindings are named ({', '.join(sorted(bound))})"
    try:
        hints = typing.get_type_hints(function.handler)
    except NameError as fault:
        yield f"its annotations can't be read: {fault}"
        return
    if hints.get(function.argument) is not argument:
        yield f"`{function.argument}` has to be annotated as func.{argument.__name__}"
    if hints.get("return") is not result:
        named = "None" if result is type(None) else f"func.{result.__name__}"
        yield f"has to be annotated as returning {named}"


def _clashing_names(functions: list[BoundFunction]) -> Iterator[str]:
    # The worker tells names apart by case; the host's addresses and the portal do not.
    for name, count in Counter(each.name.lower() for each in functions).items():
        if count > 1:
            yield f"{name}: {count} functions have this name"


def _clashing_routes(functions: list[BoundFunction]) -> Iterator[str]:
    seen: dict[tuple[str, str], str] = {}
    for each in functions:
        if each.trigger["type"] != HTTP:
            continue
        for method in each.methods:
            first = seen.setdefault((method, shape(each.route)), each.name)
            if first != each.name:
                yield f"{each.name}: {method} {each.route} is answered by {first} already"
