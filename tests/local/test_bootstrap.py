"""What a developer is told before anything runs: an old Python, a missing venv, a failed download, a repair."""

import ast
import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from local import environment

BOOTSTRAP = Path(environment.__file__).with_name("bootstrap.py")


class TestOldPython:
    def test_can_read_the_file(self) -> None:
        ast.parse(BOOTSTRAP.read_text(), feature_version=(3, 4))

    def test_is_told_what_is_needed(self) -> None:
        pretend = "import runpy, sys; sys.version_info = (3, 8, 10); sys.version = '3.8.10 (default)'; "
        done = subprocess.run(  # our own script
            [sys.executable, "-c", f"{pretend} runpy.run_path({str(BOOTSTRAP)!r}, run_name='__main__')"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert done.stderr.startswith(f"Python 3.11 or newer is needed; this is 3.8.10 ({sys.executable}).")
        assert len(done.stderr.splitlines()) == 1


def a_checkout(folder: Path, pip: str) -> Path:
    """A checkout with a `.venv` whose python is a script, so that nothing is downloaded."""
    (folder / "requirements-dev.txt").write_text("ruff==0.17.6\n")
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\n[ "$3" = install ] || exit 0\necho installed >> {folder}/log\n{pip}\n')
    python.chmod(0o755)
    return folder


class TestPreparedPython:
    def test_installs_once_until_the_requirements_change(self, tmp_path: Path) -> None:
        root = a_checkout(tmp_path, "exit 0")
        for requirements in ("a==1", "a==1", "a==2"):
            (root / "requirements-dev.txt").write_text(requirements)
            assert environment.prepared_python(root) == root / ".venv" / "bin" / "python"
        assert (root / "log").read_text().split() == ["installed"] * 2

    def test_says_what_pip_said_and_tries_again_the_next_time(self, tmp_path: Path) -> None:
        pip = (
            "echo \"WARNING: Retrying (Retry(total=0)) after connection broken by 'no route to host'\" >&2\n"
            "echo 'ERROR: No matching distribution found for ruff==0.17.6' >&2\nexit 1"
        )
        root = a_checkout(tmp_path, pip)
        for _ in range(2):
            with pytest.raises(environment.NotPrepared) as refusal:
                environment.prepared_python(root)
            assert "pip said: ERROR: No matching distribution found for ruff==0.17.6" in str(refusal.value)
            assert "no route to host" in str(refusal.value)
        assert (root / "log").read_text().split() == ["installed"] * 2

    def test_starts_afresh_after_an_install_that_was_cut_off(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = a_checkout(tmp_path, "exit 0")
        (root / ".venv" / ".installing").touch()
        fake = tmp_path / "python-making-a-venv"
        made = hashlib.sha256(b"").hexdigest()
        fake.write_text(f'#!/bin/sh\n[ "$2" = venv ] && echo {made} > "$4/made" && rm "$4/.installing"\nexit 0\n')
        fake.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(fake))
        environment.prepared_python(root)
        assert (root / ".venv" / "made").read_text().strip() == made

    def test_says_what_to_install_when_python_has_no_venv(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "requirements-dev.txt").write_text("")
        monkeypatch.setattr(sys, "executable", "/bin/false")
        with pytest.raises(environment.NotPrepared, match=r"apt install python3\.\d+-venv"):
            environment.prepared_python(tmp_path)
