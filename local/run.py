"""`make run`: the whole backend on this machine, until Ctrl-C. What it starts lives in `azurite` and `host`.

Environment: PORT (default 7071), DATA (default .local), FRESH=1 (start from nothing), STANDBY_OF=folder (a
standby of the primary that runs on that folder).
"""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from local import azurite, tables
from local.host import CannotListen, FaultyApp, Host, Options, end_process, run_until_stopped, set_up_logging
from local.instance import CannotRun, announced, check_port_is_free, locked, make_fresh, port_from
from local.settings import commands_file, kept_for_commands, local_settings, secrets_from

HEALTH = "/api/v1/health"
HEALTHY_WITHIN = 30.0
FLUSH_WITHIN = 60.0  # Azurite writes all its tables at the end; cutting that short would lose data


@dataclass(frozen=True)
class Wanted:
    """What was asked for, by environment and arguments."""

    port: int
    data: Path
    fresh: bool
    ready_file: Path | None
    app: str
    demo_data: str
    storage: str | None = None
    standby_of: Path | None = None


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # until the host takes over, both end the same way
    try:
        _run(_wanted())
    except KeyboardInterrupt:
        return 0
    except (CannotRun, CannotListen, FaultyApp, azurite.AzuriteFailed, tables.TablesNotStarted) as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


def _wanted() -> Wanted:
    parser = argparse.ArgumentParser(prog="python -m local.run", description=__doc__)
    parser.add_argument("--ready-file", type=Path, help="written when all is up, removed at the end (JSON)")
    parser.add_argument("--app", default="function_app:app", help="the app to run, for tests of this command")
    parser.add_argument("--demo-data", default="local.demo_data", help="the module that loads demo data")
    parser.add_argument("--storage", help="connection string of an Azurite that runs already and outlives this run")
    arguments = parser.parse_args()
    return Wanted(
        port=port_from(os.environ.get("PORT") or "7071"),
        data=Path(os.environ.get("DATA") or ".local"),
        fresh=os.environ.get("FRESH", "") not in ("", "0"),
        standby_of=Path(os.environ["STANDBY_OF"]) if os.environ.get("STANDBY_OF") else None,
        **vars(arguments),
    )


def _run(wanted: Wanted) -> None:
    with locked(wanted.data) as lock, ExitStack() as stack:
        check_port_is_free(wanted.port)
        if wanted.fresh:
            make_fresh(wanted.data)
        storage, backups = _storage(wanted, lock, stack)
        if wanted.standby_of:
            _become_standby(wanted, storage)
        settings = local_settings(wanted.data, storage_connection=storage, backup_connection=backups)
        os.environ.update(settings)
        stack.enter_context(kept_for_commands(wanted.data, settings))
        (wanted.data / "outbox").mkdir(exist_ok=True)
        if wanted.standby_of:
            _fill(wanted.standby_of, wanted.data)
        else:
            _load_demo_data(wanted.demo_data)
        set_up_logging(verbose=False)
        asyncio.run(_serve(wanted, stack))


def _storage(wanted: Wanted, lock: int, stack: ExitStack) -> tuple[str, str]:
    """The connection strings of the accounts with the data and with the backups."""
    if wanted.storage:
        return wanted.storage, wanted.storage
    running = azurite.start(wanted.data / "azurite", keep_open=(lock,))
    stack.callback(running.stop, within=FLUSH_WITHIN)
    if not (wanted.data / "tables").exists():
        return running.connection_string, running.backup_connection_string
    # `make fill` has made more rows than Azurite can serve.
    served = tables.start(wanted.data / "tables", keep_open=(lock,))
    stack.callback(served.stop)
    return served.in_place_of(running.connection_string), running.backup_connection_string


def _become_standby(wanted: Wanted, storage: str) -> None:
    """What makes a run a standby: its own storage is the copy, and its keys are the primary's."""
    if wanted.standby_of is None or not commands_file(wanted.standby_of).is_file():
        raise CannotRun(f"Nothing is running on {wanted.standby_of}. Start the primary with `make run` first.")
    secrets_from(wanted.standby_of, wanted.data)
    os.environ.update(READ_ONLY="1", STORAGE_SECONDARY_CONNECTION=storage)
    os.environ.setdefault("INSTANCE", "standby")


def _fill(primary: Path, data: Path) -> None:
    command = [sys.executable, "-m", "local.replica", str(primary), str(data)]
    done = subprocess.run(command, stdout=sys.stderr, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        raise CannotRun(f"The copy could not be made:\n{done.stderr.decode().strip()}")


def _load_demo_data(module: str) -> None:
    """In a process of its own: the app must find its settings and its event loop as untouched as in Azure."""
    done = subprocess.run([sys.executable, "-m", module], stdout=sys.stderr, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        raise CannotRun(f"The demo data could not be loaded. {module} said:\n{done.stderr.decode().strip()}")


async def _serve(wanted: Wanted, stack: ExitStack) -> None:
    async def once_up(host: Host) -> None:
        base = f"http://localhost:{host.base.rpartition(':')[2]}"
        await _until_healthy(host.base)
        storage = os.environ["STORAGE_CONNECTION"]
        stack.enter_context(announced(wanted.ready_file, base=base, data=wanted.data, storage=storage))
        print(_welcome(base, wanted.data), flush=True)

    options = Options(port=wanted.port, prefix=Options.prefix_of(Path.cwd()))
    await run_until_stopped(wanted.app, options, once_up)


async def _until_healthy(base: str) -> None:
    until = time.monotonic() + HEALTHY_WITHIN
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=HEALTHY_WITHIN)) as session:
        while True:
            async with session.get(base + HEALTH) as reply:
                if reply.status == 200:
                    return
                said = f"{reply.status} {(await reply.text())[:500]}"
            if time.monotonic() > until:
                raise CannotRun(f"The functions run but {HEALTH} is not well: {said}")
            await asyncio.sleep(0.2)


def _welcome(base: str, data: Path) -> str:
    outbox = data / "outbox"
    post = f"curl -s -X POST {base}/api/v1/auth/login -H 'Content-Type: application/json' -d"
    return f"""
The backend is up. Ctrl-C stops it.

  API        {base}/api/v1
  docs       {base}/api/docs
  OpenAPI    {base}/api/openapi.json
  outbox     {outbox}/sms.jsonl, {outbox}/email.jsonl (what would have been sent)

Demo sign-ins
  admin      admin@example.com / Admin-Demo-1!
  KAM        kam@example.com / Kam-Demo-1!
  partners   9000000001 (CP-1001, under the KAM), 9000000002 (CP-1002, under no KAM), with a one-time password
  customers  any Indian mobile number, with a one-time password

Try it
  curl -s {base}{HEALTH}
  {post} '{{"email":"admin@example.com","password":"Admin-Demo-1!"}}'
  {post} '{{"phone":"9000000001"}}'   # then: tail -n 1 {outbox}/sms.jsonl
"""


if __name__ == "__main__":
    end_process(main())
