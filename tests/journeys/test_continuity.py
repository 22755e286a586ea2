"""Backups over HTTP, as an operator uses them on a running backend, and the commands beside it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from azure.data.tables.aio import TableClient

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
    return json.loads((backend.data / "secrets" / "settings.json").read_text())


@pytest.fixture(scope="module")
def made(admin: Client) -> dict[str, Any]:
    """The day's backup, made by an admin."""
    until = time.monotonic() + 60
    while True:
        said = admin("POST", "/continuity/backups")
        if said.status_code == 202 and said.json()["data"]["verified"]:
            return said.json()["data"]
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


class TestRestoring:
    def test_a_lead_over_newer_values_only_by_force_and_on_its_timeline(
        self, backend: Backend, admin: Client, made: dict[str, Any], new_lead: Callable[..., dict[str, Any]]
    ) -> None:
        lead = new_lead(city="Surat")["id"]
        done = command(backend, "backup", "--extra")
        assert done.returncode == 0, done.stderr
        assert "verified, in" in done.stdout and "leads" in done.stdout
        seen = admin("PATCH", f"/leads/{lead}", json={"city": "Rajkot", "remarks": "Wrong"})
        assert seen.headers["ETag"] == '"2"'

        first = command(backend, "restore", "--lead", lead, "--in-place")
        assert first.returncode == 1  # there is a conflict
        assert "Nothing was written" in first.stdout and "was changed after the backup" in first.stderr
        assert admin("GET", f"/leads/{lead}").headers["ETag"] == '"2"'
        forced = command(
            backend, "restore", "--lead", lead, "--in-place", "--force", "--yes", "--reason", "Wrong data written"
        )
        assert forced.returncode == 0, forced.stdout + forced.stderr
        now = admin("GET", f"/leads/{lead}")
        assert (now.headers["ETag"], now.json()["data"]["city"], now.json()["data"]["remarks"]) == (
            '"3"',
            "Surat",
            None,
        )
        timeline = admin("GET", f"/leads/{lead}/timeline").json()["data"]["timeline"]
        entry = next(e for e in timeline if e["action"] == "RestoredFromBackup")
        assert (entry["actor"], entry["version"]) == ("system:restore", 3)
        assert entry["details"]["reason"] == "Wrong data written"
        assert [e["version"] for e in timeline if e["action"] == "Overwritten"] == [3, 3, 2]
        assert listed_city(admin, lead) == "Surat"

    def test_a_lead_that_is_gone_keeps_its_etag(
        self, backend: Backend, admin: Client, partner: Client, new_lead: Callable[..., dict[str, Any]]
    ) -> None:
        lead = new_lead(city="Surat")["id"]
        partner("PATCH", f"/leads/{lead}", json={"city": "Bhuj"})
        whole = admin("GET", f"/leads/{lead}")
        assert command(backend, "backup", "--extra").returncode == 0
        partner("PATCH", f"/leads/{lead}", json={"city": "Lost"})
        asyncio.run(wipe(settings_of(backend)["STORAGE_CONNECTION"], lead))
        assert admin("GET", f"/leads/{lead}").status_code == 404
        done = command(backend, "restore", "--lead", lead, "--in-place", "--yes")
        assert done.returncode == 0, done.stdout + done.stderr
        again = admin("GET", f"/leads/{lead}")
        assert (again.json(), again.headers["ETag"]) == (whole.json(), whole.headers["ETag"])
        assert listed_city(admin, lead) == "Bhuj"  # the summary of the lost version is gone with it
        edited = admin(
            "PATCH", f"/leads/{lead}", json={"city": "Surat"}, headers={"If-Match": whole.headers["ETag"]}
        )
        assert (edited.status_code, listed_city(admin, lead)) == (200, "Surat")

    def test_a_lead_as_of_a_moment_from_its_own_timeline(
        self, backend: Backend, admin: Client, new_lead: Callable[..., dict[str, Any]]
    ) -> None:
        lead = new_lead(city="Surat")
        admin("PATCH", f"/leads/{lead['id']}", json={"city": "Rajkot"})
        said = command(
            backend,
            *("restore", "--lead", lead["id"], "--as-of", lead["createdAt"], "--reason", "Typed wrongly", "--yes"),
        )
        assert said.returncode == 0, said.stdout + said.stderr
        assert "city: 'Rajkot' → 'Surat'" in said.stdout
        assert admin("GET", f"/leads/{lead['id']}").json()["data"]["city"] == "Surat"

    def test_everything_into_scratch_tables_and_a_drill(self, backend: Backend, made: dict[str, Any]) -> None:
        done = command(backend, "restore", "--prefix", "trial", "--yes")
        assert done.returncode == 0, done.stderr
        assert "all tables" in done.stdout
        drilled = command(backend, "drill")
        assert drilled.returncode == 0, drilled.stderr
        assert "passed" in drilled.stdout
        report = next(line for line in drilled.stdout.splitlines() if "Report:" in line).rpartition(" ")[2]
        assert '"passed": true' in command(backend, "drill", "--read", report).stdout


def listed_city(admin: Client, lead: str) -> str:
    """The lead's city as the admin's list shows it."""
    page = 1
    while True:
        data = admin("GET", "/leads", params={"page": page, "limit": 100}).json()["data"]
        found = [item["city"] for item in data["items"] if item["id"] == lead]
        if found:
            return str(found[0])
        assert page < data["totalPages"]
        page += 1


async def wipe(connection: str, lead: str) -> None:
    """Delete all rows of a lead, as no part of the product would."""
    async with TableClient.from_connection_string(connection, "leads") as table:
        rows = [row async for row in table.query_entities("PartitionKey eq @lead", parameters={"lead": lead})]
        for row in rows:
            await table.delete_entity(row)
