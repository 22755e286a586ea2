"""Makes an Admin, the first one above all: `python -m adapters.commands.create_admin --email … --name …`.

The password is typed at a prompt, or read as one line from a pipe, and never an argument: arguments are seen by
everybody on the machine and kept in the shell's history. With `--mail-link` a link to set one is mailed instead.
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from collections.abc import Sequence

from adapters.background import later, pause
from adapters.clock import SystemClock
from adapters.ids import CounterIds
from adapters.messages import messages_for
from adapters.passwords import Argon2Passwords
from adapters.settings import Settings, SettingsMissing
from adapters.tables import AzureTableStore
from domain.errors import DomainError, Invalid
from domain.identity import (
    EmailAddress,
    Messages,
    Passwords,
    ResetPage,
    enroll,
    people,
    reserve_person_id,
    send_reset_link,
)
from domain.ports import Ports
from domain.timeline import Act
from domain.values import Role, system

FIRST = "ADMIN-1"
"""The id of the first Admin that this command makes: of two started at once, one is refused."""


class AdminExists(Exception):
    """There is an Admin who may sign in, and no other one was asked for."""


async def create_admin(
    *,
    ports: Ports,
    passwords: Passwords,
    messages: Messages,
    page: ResetPage,
    email: EmailAddress,
    name: str,
    password: str | None,
    another: bool,
) -> str:
    """The id of the Admin who was made; without a password a link to set one is mailed.

    Raises AdminExists, EmailTaken, PersonExists, PersonInvalid, PasswordTooWeak, MessageNotSent.
    """
    if not another and any(admin.is_active for admin in await people(store=ports.store, roles={Role.ADMIN})):
        raise AdminExists("There is an Admin already. Add --another to make one more.")
    act = Act(actor=system("create-admin"), at=ports.clock.now(), write_id=ports.ids.unique())
    made = await enroll(
        ports=ports,
        passwords=passwords,
        act=act,
        person_id=await reserve_person_id(ports, Role.ADMIN) if another else FIRST,
        name=name,
        role=Role.ADMIN,
        email=email,
        password=password,
        invited=password is None,
    )
    if password is None:
        await send_reset_link(ports=ports, messages=messages, page=page, person=made)
    return made.id


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0 if the Admin was made."""
    wanted = _parser().parse_args(arguments)
    try:
        settings = Settings.from_environment()
        made = asyncio.run(_with(settings, wanted, None if wanted.mail_link else _password()))
    except (AdminExists, SettingsMissing) as fault:
        return _failed(str(fault))
    except DomainError as refusal:
        faults = refusal.faults if isinstance(refusal, Invalid) else ()
        return _failed("\n".join(fault.message for fault in faults) or refusal.message)
    sys.stdout.write(f"{made} can sign in" + (" once the mailed link is used.\n" if wanted.mail_link else ".\n"))
    return 0


async def _with(settings: Settings, wanted: argparse.Namespace, password: str | None) -> str:
    clock = SystemClock()
    store = AzureTableStore(settings.data.address("table"), credential=settings.data.credential)
    try:
        return await create_admin(
            ports=Ports(store=store, clock=clock, ids=CounterIds(store), pause=pause, later=later),
            passwords=Argon2Passwords(),
            messages=messages_for(settings, clock=clock, pause=pause),
            page=ResetPage(settings.portal_url),
            email=EmailAddress.parse(wanted.email),
            name=wanted.name,
            password=password,
            another=wanted.another,
        )
    finally:
        await store.close()


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("The same again: ") != first:
        raise Invalid("The two passwords differ.")
    return first


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m adapters.commands.create_admin", description=__doc__)
    parser.add_argument("--email", required=True, help="what the Admin signs in with")
    parser.add_argument("--name", required=True)
    parser.add_argument("--another", action="store_true", help="even if there is an Admin already")
    parser.add_argument("--mail-link", action="store_true", help="mail a link to set the password")
    return parser


def _failed(text: str) -> int:
    sys.stderr.write(text + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
