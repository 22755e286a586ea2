"""Backups over HTTP, as an operator uses them on a running backend, and the commands beside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any

import pytest

from tests.conftest import ROOT, Backend
from tests.journeys.conftest import Client


def command(backend: Backend, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "local.command", name, *arguments],
        cwd=ROOT,
        env={**os.environ, "DATA": str(backend.data)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def settings_of(backend: Backend) -> dict[str, str]:
    return json.loads((backend.data / "secrets" / "settings.json").read_text())  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def made(admin: Client) -> dict[str, Any]:
    """The day's backup, made by an admin."""
    until = time.monotonic() + 60
    while True:
        said = admin("POST", "/continuity/backups")
        if said.status_code == 202 and said.json()["data"]["verified"]:
            return said.json()["data"]  # type: ignore[no-any-return]
        assert said.status_code in (202, 409), said.text  # 409: the timer is at it
        assert time.monotonic() < until
        time.sleep(0.2)


class TestBackups:
    def test_are_for_admins_only(self, partner: Client, kam: Client, nobody: Client) -> None:
        for method, path in (
            ("GET", "/continuity/status"),
            ("GET", "/continuity/backups"),
            ("POST", "/continuity/backups"),
            ("POST", "/continuity/backups/2026-11-25/verify"),
        ):
            assert partner(method, path).status_code == 403
            assert kam(method, path).status_code == 403
            assert nobody(method, path).status_code == 401

    def test_are_made_listed_and_checked(self, admin: Client, made: dict[str, Any]) -> None:
        status = admin("GET", "/continuity/status").json()["data"]
        assert status["healthy"] and status["warnings"] == []
        assert status["newestVerified"]["id"] == made["id"]
        assert status["ageHours"] < 1
        assert status["run"]["state"] == "done"
        listed = admin("GET", "/continuity/backups").json()["data"]["items"]
        assert [(b["id"], b["condition"]) for b in listed][:1] == [(made["id"], "verified")]
        assert listed[0]["tables"]["leads"] > 10 and listed[0]["rows"] == sum(listed[0]["tables"].values())
        for depth in ("quick", "full"):
            said = admin("POST", f"/continuity/backups/{made['id']}/verify", json={"depth": depth})
            assert said.status_code == 200, said.text
            assert said.json()["data"]["rows"] == listed[0]["rows"]
            assert said.json()["data"]["faults"] == []
        assert admin("POST", "/continuity/backups/2001-01-01/verify").status_code == 404
        assert admin("POST", f"/continuity/backups/{made['id']}/verify", json={"depth": "?"}).status_code == 422

    def test_are_in_an_account_of_their_own(self, backend: Backend, made: dict[str, Any]) -> None:
        settings = settings_of(backend)
        accounts = {
            part.partition("=")[2]
            for name in ("STORAGE_CONNECTION", "BACKUP_CONNECTION")
            for part in settings[name].split(";")
            if part.startswith(("AccountName", "AccountKey"))
        }
        assert len(accounts) == 4  # two names, two keys


class TestCommands:
    def test_list_verify_and_prune(self, backend: Backend, made: dict[str, Any]) -> None:
        listed = command(backend, "list_backups")
        assert (listed.returncode, listed.stderr) == (0, "")
        assert listed.stdout.startswith(made["id"]) and "verified" in listed.stdout
        checked = command(backend, "verify_backup", "--full")
        assert checked.returncode == 0 and f"{made['id']}: every object is as it was written" in checked.stdout
        pruned = command(backend, "prune_backups")
        assert pruned.returncode == 0 and f"keep   {made['id']}" in pruned.stdout
        assert command(backend, "verify_backup", "2001-01-01").returncode == 1
        assert command(backend, "verify_backup", "--huge").returncode == 2

    def test_make_one_beside_the_daily_ones(self, backend: Backend, made: dict[str, Any]) -> None:
        done = command(backend, "backup", "--extra")
        assert done.returncode == 0, done.stderr
        assert "verified, in" in done.stdout and "leads" in done.stdout
