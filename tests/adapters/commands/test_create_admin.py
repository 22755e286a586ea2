"""The command that makes the first Admin, and no second one by mistake."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from adapters.commands.create_admin import AdminExists, create_admin, main
from adapters.schema import create_tables
from adapters.tables import AzureTableStore
from domain.identity import EmailAddress, ResetPage, people, person
from domain.values import Role
from local.settings import local_settings
from tests.domain.identity.setting import DEACTIVATED, PASSWORD, Setting, outcome

ROOT = Path(__file__).parents[3]
EMAIL = EmailAddress("first@example.com")


async def _make(s: Setting, **given: Any) -> str:
    facts: dict[str, Any] = {"email": EMAIL, "name": "First", "password": PASSWORD, "another": False} | given
    page = ResetPage("https://portal.example")
    return await create_admin(ports=s.ports, passwords=s.passwords, messages=s.messages, page=page, **facts)


class TestCreateAdmin:
    def test_makes_the_first_who_may_sign_in(self) -> None:
        async def story() -> None:
            s = Setting()
            made = await _make(s)
            assert made == "ADMIN-1"
            assert (await s.log_in(PASSWORD, EMAIL)).caller.actor.role is Role.ADMIN
            assert s.messages.emails == []

        asyncio.run(story())

    def test_makes_another_only_when_asked_for(self) -> None:
        async def story() -> None:
            s = Setting()
            await _make(s)
            second = EmailAddress("second@example.com")
            with pytest.raises(AdminExists):
                await _make(s, email=second)
            made = await _make(s, email=second, another=True)
            assert {p.id for p in await people(store=s.store, roles={Role.ADMIN})} == {"ADMIN-1", made}

        asyncio.run(story())

    def test_of_two_at_once_one_is_made(self) -> None:
        async def story() -> None:
            s = Setting()
            second = EmailAddress("second@example.com")
            done = await asyncio.gather(outcome(_make(s)), outcome(_make(s, email=second)))
            assert sorted(done) == ["PERSON_EXISTS", "ok"]

        asyncio.run(story())

    def test_who_is_shut_out_is_no_admin(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam(person_id="ADMIN-7", role=Role.ADMIN, status=DEACTIVATED)
            assert await _make(s) == "ADMIN-1"

        asyncio.run(story())

    def test_without_a_password_mails_a_link(self) -> None:
        async def story() -> None:
            s = Setting()
            made = await _make(s, password=None)
            [mail] = s.messages.emails
            assert "https://portal.example/reset-password?token=ADMIN-1." in mail.text
            assert (await person(store=s.store, person_id=made)).password_hash is None

        asyncio.run(story())

    def test_a_weak_password_makes_nobody(self) -> None:
        async def story() -> None:
            s = Setting()
            assert await outcome(_make(s, password="weak")) == "PASSWORD_TOO_WEAK"
            assert await people(store=s.store, roles={Role.ADMIN}) == ()

        asyncio.run(story())


class TestMain:
    def test_takes_no_password_as_an_argument(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit):
            main(["--email", EMAIL.text, "--name", "First", "--password", PASSWORD])
        assert "unrecognized arguments" in capsys.readouterr().err

    def test_names_the_settings_that_are_missing(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.delenv("STORAGE_CONNECTION", raising=False)
        assert main(["--email", EMAIL.text, "--name", "First", "--mail-link"]) == 1
        assert "STORAGE_CONNECTION" in capsys.readouterr().err

    def test_runs_as_a_command_on_real_storage(self, azurite_connection: str, tmp_path: Path) -> None:
        async def tables() -> None:
            store = AzureTableStore(azurite_connection)
            await create_tables(store)
            await store.close()

        asyncio.run(tables())
        settings = local_settings(tmp_path, storage_connection=azurite_connection)
        command = [sys.executable, "-m", "adapters.commands.create_admin", "--name", "First", "--email"]
        runs = [
            subprocess.run(
                [*command, email],
                input=text,
                env={**os.environ, **settings},
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
            for email, text in (
                (EMAIL.text, "weak\n"),
                (EMAIL.text, PASSWORD + "\n"),
                ("second@example.com", PASSWORD + "\n"),
            )
        ]
        assert [run.returncode for run in runs] == [1, 0, 1]
        assert "yours lacks: an upper-case letter" in runs[0].stderr
        assert runs[1].stdout == "ADMIN-1 can sign in.\n"
        assert "There is an Admin already" in runs[2].stderr
        assert PASSWORD not in "".join(run.stdout + run.stderr for run in runs)
