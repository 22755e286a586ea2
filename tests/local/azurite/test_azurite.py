"""Starting, stopping and killing Azurite, what survives it, and finding a Node for it."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient

from local import azurite
from local.azurite import _install, _node


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat")
    return not (
        state.is_file() and state.read_text().split()[2] == "Z"
    )  # ended, but nobody has asked for its status


class TestStart:
    def test_keeps_what_is_stored_over_a_stop(self, tmp_path: Path) -> None:
        with azurite.start(tmp_path) as first:
            tables = TableServiceClient.from_connection_string(first.connection_string)
            tables.create_table("leads").create_entity({"PartitionKey": "L-1", "RowKey": "lead"})
            blobs = BlobServiceClient.from_connection_string(first.connection_string)
            blobs.create_container("documents").upload_blob("a.pdf", b"%PDF")
        assert not first.is_running()
        with azurite.start(tmp_path) as second:
            tables = TableServiceClient.from_connection_string(second.connection_string)
            rows = [dict(each) for each in tables.get_table_client("leads").list_entities()]
            blobs = BlobServiceClient.from_connection_string(second.connection_string)
            blob = blobs.get_blob_client("documents", "a.pdf").download_blob().readall()
        assert (rows, blob) == ([{"PartitionKey": "L-1", "RowKey": "lead"}], b"%PDF")

    def test_keeps_nothing_in_memory_and_can_be_killed(self) -> None:
        running = azurite.start(in_memory=True)
        TableServiceClient.from_connection_string(running.connection_string).create_table("leads")
        running.kill()
        assert not running.is_running()

    def test_says_why_it_did_not_start(self, tmp_path: Path) -> None:
        with azurite.start(in_memory=True) as other:
            taken = azurite.Ports(table=other.ports.table)
            with pytest.raises(azurite.AzuriteNotStarted, match="EADDRINUSE"):
                azurite.start(tmp_path, ports=taken)

    def test_wants_to_know_where_to_keep_things(self) -> None:
        with pytest.raises(ValueError, match="data folder"):
            azurite.start()

    def test_ends_when_its_parent_is_killed(self) -> None:
        start = "from local import azurite; import time; print(azurite.start(in_memory=True).pid, flush=True)"
        script = f"{start}; time.sleep(60)"
        parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)  # ours
        assert parent.stdout
        child = int(parent.stdout.readline())
        assert is_alive(child)
        parent.kill()
        parent.communicate()
        until = time.monotonic() + 10
        while is_alive(child) and time.monotonic() < until:
            time.sleep(0.02)
        assert not is_alive(child)


class TestInstall:
    def test_is_done_again_when_it_was_cut_off_or_the_lock_file_changed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lock, stamp = tmp_path / "package-lock.json", tmp_path / ".installed"
        monkeypatch.setattr(_install, "LOCK_FILE", lock)
        monkeypatch.setattr(_install, "STAMP", stamp)
        npm = tmp_path / "npm"
        npm.write_text("#!/bin/sh\necho $* >> npm.log\n")
        npm.chmod(0o755)
        monkeypatch.setattr(_install, "FOLDER", tmp_path)
        monkeypatch.setattr(_install, "find_node", lambda: _node.Node(Path("node"), (str(npm),)))
        lock.write_text("1")
        _install.installed_azurite()
        _install.installed_azurite()
        stamp.unlink()
        _install.installed_azurite()
        lock.write_text("2")
        _install.installed_azurite()
        assert (tmp_path / "npm.log").read_text().splitlines() == [" ".join(_install.NPM_CI)] * 3

    def test_says_what_npm_said(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        npm = tmp_path / "npm"
        npm.write_text("#!/bin/sh\necho 'npm error code ENOTFOUND' >&2\nexit 1\n")
        npm.chmod(0o755)
        monkeypatch.setattr(_install, "STAMP", tmp_path / ".installed")
        monkeypatch.setattr(_install, "find_node", lambda: _node.Node(Path("node"), (str(npm),)))
        with pytest.raises(azurite.AzuriteNotInstalled, match="npm said: npm error code ENOTFOUND"):
            _install.installed_azurite()


class TestFindNode:
    @pytest.mark.parametrize(
        ("version", "found"), [("v20.0.0", True), ("v24.19.0", True), ("v18.20.1", False), ("", False)]
    )
    def test_takes_the_one_on_path_if_it_is_new_enough(
        self, version: str, found: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("node", "npm"):
            (tmp_path / name).write_text(f"#!/bin/sh\necho {version}\n")
            (tmp_path / name).chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        expected = _node.Node(tmp_path / "node", (str(tmp_path / "npm"),)) if found else None
        assert _node._node_on_path() == expected

    def test_does_without_a_node_that_has_no_npm(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "node").write_text("#!/bin/sh\necho v22.0.0\n")
        (tmp_path / "node").chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        assert _node._node_on_path() is None
