"""Every command line that a runbook quotes is one that its command takes, so that none rots."""

from __future__ import annotations

import importlib
import re
import shlex
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

_COMMAND = re.compile(r"python -m (?:local\.command|adapters\.commands\.)\s*\.?([a-z_]+)([^`\n]*)")
_PAGES = sorted((ROOT / "docs" / "runbooks").glob("*.md"))


def quoted() -> list[tuple[Path, str, list[str]]]:
    """Each command line on the pages: where, which command, with what. `…` stands for the line above."""
    found = []
    for page in _PAGES:
        for name, rest in _COMMAND.findall(page.read_text(encoding="utf-8")):
            if "…" not in rest:
                found.append((page, name, shlex.split(rest, comments=True)))
    return found


LINES = quoted()


class TestQuotedCommands:
    def test_are_found(self) -> None:
        assert len(LINES) > 20 and {name for _, name, _ in LINES} >= {"restore", "drill", "promote", "demote"}

    @pytest.mark.parametrize(
        ("page", "name", "arguments"), LINES, ids=[f"{p.stem}:{n} {' '.join(a)}"[:80] for p, n, a in LINES]
    )
    def test_are_taken_by_their_command(
        self, page: Path, name: str, arguments: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With no settings in the environment a command that took its arguments says which ones it lacks."""
        module = importlib.import_module(f"adapters.commands.{name}")
        monkeypatch.setattr(sys, "argv", [name, *arguments])
        for setting in ("STORAGE_CONNECTION", "STORAGE_ACCOUNT", "BACKUP_CONNECTION", "TOKEN_SIGNING_KEY"):
            monkeypatch.delenv(setting, raising=False)
        main = getattr(module, "main", None)
        if main is None:
            assert arguments == []  # it takes none (check_data)
            return
        try:
            assert main() in (1, 2)
        except SystemExit as refusal:
            pytest.fail(f"{page.name}: {name} {' '.join(arguments)}: argparse refused it ({refusal.code})")
