"""`python -m local.host`: runs an app in the foreground until Ctrl-C. How it runs lives in `_foreground`."""

import argparse
import asyncio
import logging
import sys
from pathlib import Path

from local.host import CannotListen, FaultyApp, Host, Options, end_process, run_until_stopped, set_up_logging


def main() -> int:
    arguments = _arguments()
    set_up_logging(verbose=arguments.verbose)
    prefix = Options.prefix_of(Path.cwd())
    options = Options(arguments.host, arguments.port, prefix, verbose=arguments.verbose)

    async def once_up(host: Host) -> None:
        logging.getLogger("local.host").info("The local Functions host runs %s on %s", arguments.app, host.base)

    try:
        asyncio.run(run_until_stopped(arguments.app, options, once_up))
    except FaultyApp as fault:
        print(f"The app can't run: {fault}", file=sys.stderr)
        return 1
    except CannotListen as fault:
        print(f"The host {fault}. Choose another port with --port.", file=sys.stderr)
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.host", description="Runs a function app without Azure.")
    parser.add_argument("--app", default="function_app:app", help="module:name of the FunctionApp")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=7071)
    parser.add_argument("--verbose", action="store_true", help="log each request and each storage call")
    return parser.parse_args()


if __name__ == "__main__":
    end_process(main())
