"""`python -m local.host`: runs an app in the foreground until Ctrl-C. The server itself lives in `_host`."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from importlib import import_module
from pathlib import Path

import azure.functions as func

from local.host import FaultyApp, Host, Options, problems_of

log = logging.getLogger("local.host")


def main() -> int:
    arguments = _arguments()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    if not arguments.verbose:
        # One line per storage call, at INFO, says nothing about the app.
        logging.getLogger("azure").setLevel(logging.WARNING)
    try:
        return asyncio.run(_serve(arguments))
    except FaultyApp as fault:
        print(f"The app can't run: {fault}", file=sys.stderr)
    except OSError as fault:
        where = f"{arguments.host}:{arguments.port}"
        print(f"Can't listen on {where}: {fault.strerror}. Choose another port with --port.", file=sys.stderr)
    return 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.host", description="Runs a function app without Azure.")
    parser.add_argument("--app", default="function_app:app", help="module:name of the FunctionApp")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=7071)
    parser.add_argument("--verbose", action="store_true", help="log each request and each storage call")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> int:
    stop = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    app = _load(arguments.app)  # inside the running loop, as the worker does
    for problem in problems_of(app):
        log.warning("Azure would refuse this: %s", problem)
    options = Options(arguments.host, arguments.port, Options.prefix_of(Path.cwd()), verbose=arguments.verbose)
    async with Host(app, options) as host:
        log.info("The local Functions host runs %s on %s", arguments.app, host.base)
        await stop.wait()
    return 0


def _load(name: str) -> func.FunctionApp:
    module, _, attribute = name.partition(":")
    app = getattr(import_module(module), attribute or "app", None)
    if not isinstance(app, func.FunctionApp):
        raise FaultyApp(f"{name} is not a FunctionApp")
    return app


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # The worker is killed, never wound down: what the app left open must not hold up or clutter the end here either.
    os._exit(status)
