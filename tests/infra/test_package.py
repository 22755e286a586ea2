"""What is deployed: the files that .funcignore leaves are enough to start, and hold nothing else."""

from __future__ import annotations

import fnmatch
import json
import os
import shutil
import subprocess
import sys
from importlib.util import cache_from_source, source_hash
from pathlib import Path

import pytest

from local.access import NOWHERE
from local.settings import local_settings

ROOT = Path(__file__).parents[2]

_START = """
import asyncio, json, function_app
import azure.functions as func
served = {f.get_function_name(): f.get_user_function() for f in function_app.app.get_functions()}
def status(name, **route):
    request = func.HttpRequest(method="GET", url="http://app", headers={}, params={}, route_params=route, body=b"")
    return asyncio.run(served[name](request)).status_code
print(json.dumps([status("Docs"), status("DocsFile", file="start.js"), status("OpenApi"), status("ExplainProblem", slug="invalid")]))
"""


def left_out() -> list[str]:
    lines = (ROOT / ".funcignore").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def deployed() -> list[str]:
    """The checked-in files that .funcignore leaves: each of its patterns names a part of a path, or a path from the top."""
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True)

    def ignored(file: str) -> bool:
        parts = file.split("/")
        return any(
            file.startswith(f"{pattern}/")
            if "/" in pattern
            else any(fnmatch.fnmatch(part, pattern) for part in parts)
            for pattern in left_out()
        )

    return [file for file in files.stdout.splitlines() if not ignored(file)]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package")
    for file in deployed():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, folder / file)
    return folder


class TestPackage:
    def test_holds_the_app_and_nothing_of_the_workshop(self, package: Path) -> None:
        assert {path.name for path in package.iterdir()} == {
            "LICENSE",
            "adapters",
            "docs",
            "domain",
            "function_app.py",
            "functions",
            "host.json",
            "requirements.txt",
        }

    def test_has_its_bytecode_which_counts_for_these_sources_only(self, package: Path, tmp_path: Path) -> None:
        copy = shutil.copytree(package, tmp_path / "package")
        subprocess.run([ROOT / "infra" / "hooks" / "bytecode.sh", copy], check=True)
        sources = [copy / file for file in deployed() if file.endswith(".py")]
        compiled = [Path(cache_from_source(source)) for source in sources]
        # PEP 552: bit 0 says that a hash follows, bit 1 that it is compared with the source's.
        assert {path.read_bytes()[4:8] for path in compiled} == {bytes((0b11, 0, 0, 0))}
        hashes = [
            (path.read_bytes()[8:16], source_hash(source.read_bytes()))
            for path, source in zip(compiled, sources, strict=True)
        ]
        assert all(kept == now for kept, now in hashes)
        assert not any(fnmatch.fnmatch(part, pattern) for pattern in left_out() for part in compiled[0].parts[-2:])

    def test_starts_and_serves_what_it_reads_from_files(self, package: Path) -> None:
        settings = local_settings(package / "data", storage_connection=NOWHERE)
        started = subprocess.run(
            [sys.executable, "-c", _START],
            check=False,
            cwd=package,
            env={"PATH": os.environ["PATH"], **settings},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert started.returncode == 0, started.stderr[-2000:]
        assert json.loads(started.stdout.splitlines()[-1]) == [200, 200, 200, 200]
