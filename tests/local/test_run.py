"""`make run` with a sample app: it comes up, says where it is, refuses to share, and leaves nothing running."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from local.instance import CannotRun, check_port_is_free, locked, make_fresh, port_from

ROOT = Path(__file__).parents[2]
SAMPLE = ("--app", "tests.local.sample_app:app")


def start(
    data: Path, *arguments: str, port: int = 0, demo_data: str = "tests.local.no_demo_data"
) -> subprocess.Popen[str]:
    return subprocess.Popen(  # our own command
        [sys.executable, "-m", "local.run", *SAMPLE, "--demo-data", demo_data, *arguments],
        cwd=ROOT,
        env={**os.environ, "PORT": str(port), "DATA": str(data), "FRESH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def up(data: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    ready = data.with_name(f"{data.name}.ready")
    process = start(data, "--ready-file", str(ready))
    try:
        until = time.monotonic() + 20
        while not ready.exists() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        yield process, json.loads(ready.read_text())["base"]
    finally:
        process.terminate()
        process.communicate(timeout=20)


class TestRun:
    @pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
    def test_comes_up_and_stops_cleanly(self, end: signal.Signals, tmp_path: Path) -> None:
        data = tmp_path / "data"
        with up(data) as (process, base):
            assert httpx.get(f"{base}/api/v1/health").status_code == 200
            process.send_signal(end)
            out, err = process.communicate(timeout=20)
        assert process.returncode == 0
        assert f"curl -s {base}/api/v1/health" in out
        assert "Traceback" not in err
        assert not (tmp_path / "data.ready").exists()
        with locked(data):  # which Azurite holds too for as long as it runs
            pass

    def test_refuses_data_or_a_port_that_another_run_uses(self, tmp_path: Path) -> None:
        with up(tmp_path / "data") as (process, base):
            port = int(base.rpartition(":")[2])
            same_data, same_port = start(tmp_path / "data"), start(tmp_path / "other", port=port)
            said = [each.communicate(timeout=20)[1].strip() for each in (same_data, same_port)]
        assert (same_data.returncode, same_port.returncode) == (1, 1)
        assert said[0].startswith(f"Another run (process {process.pid}) uses the data in {tmp_path / 'data'}.")
        assert said[1].startswith(f"Port {port} can't be used")
        assert [len(each.splitlines()) for each in said] == [1, 1]

    def test_runs_beside_another_one(self, tmp_path: Path) -> None:
        with up(tmp_path / "one") as (_, one), up(tmp_path / "two") as (_, two):
            assert one != two
            assert [httpx.get(f"{base}/api/v1/health").status_code for base in (one, two)] == [200, 200]

    def test_serves_the_tables_of_a_filled_folder_itself(self, tmp_path: Path) -> None:
        data = tmp_path / "data"
        (data / "tables").mkdir(parents=True)
        with up(data) as (_, base):
            said = json.loads((tmp_path / "data.ready").read_text())["storage"]
            port = said.partition("TableEndpoint=http://127.0.0.1:")[2].partition("/")[0]
            assert httpx.get(f"http://127.0.0.1:{port}/devstoreaccount1/Tables").json() == {"value": []}
            assert httpx.get(f"{base}/api/v1/health").status_code == 200
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"http://127.0.0.1:{port}/devstoreaccount1/Tables")

    def test_says_why_the_demo_data_could_not_be_loaded(self, tmp_path: Path) -> None:
        process = start(tmp_path / "data", demo_data="local.not_there")
        _, err = process.communicate(timeout=20)
        assert process.returncode == 1
        assert "The demo data could not be loaded." in err
        assert "No module named local.not_there" in err


class TestFresh:
    def test_removes_only_what_a_run_made(self, tmp_path: Path) -> None:
        for name in ("azurite", "outbox", "secrets", "tables", "mine"):
            (tmp_path / name).mkdir()
        make_fresh(tmp_path)
        assert [each.name for each in tmp_path.iterdir()] == ["mine"]


class TestPort:
    def test_has_to_be_a_number(self) -> None:
        assert port_from("8080") == 8080
        for text in ("", "http", "-1", "70000", "٣"):
            with pytest.raises(CannotRun, match="PORT has to be a number"):
                port_from(text)

    def test_has_to_be_free(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            with pytest.raises(CannotRun, match=f"Port {port} can't be used"):
                check_port_is_free(port)
        check_port_is_free(port)
