"""What import-linter can't say: contexts are used only through their public modules, the domain has no clock, and
every module says what lives in it. The layers themselves are in `.importlinter`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ("domain", "functions", "adapters")
MAX_LINES = 300

IMPURE = {"aiohttp", "azure", "jwt", "os", "pydantic", "random", "secrets", "time", "uuid"}
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}


def files_in(*folders: str) -> list[str]:
    """Every Python file of these folders, as a path from the root."""
    found = (path.relative_to(ROOT) for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(str(path) for path in found if "node_modules" not in path.parts)


def syntax_of(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text(encoding="utf-8"))


def imports_in(tree: ast.AST) -> Iterator[str]:
    """Every imported name, dotted and in full: `from a.b import c` is `a.b.c`. A relative one begins with a dot."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)


def impure_uses(tree: ast.AST) -> list[str]:
    """The environment, the clock and chance, wherever the code reaches for them."""
    imported = [name for name in imports_in(tree) if name.split(".")[0] in IMPURE]
    reads = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    called = [(ast.unparse(node.value).rsplit(".", 1)[-1], node.attr) for node in reads]
    return [*imported, *(".".join(pair) for pair in called if pair in CLOCKS)]


def private_uses(tree: ast.AST, *, context: str | None) -> list[str]:
    """Imports that go past the `__init__` and the `errors` of a context other than the importing one."""
    return [name for name in imports_in(tree) if name.startswith(".") or not _is_public(name, context)]


def _is_public(name: str, context: str | None) -> bool:
    top, *rest = name.split(".")
    if top != "domain" or not rest or rest[0] == context or len(rest) == 1:
        return True
    path = ROOT / "domain" / rest[0]
    inner = rest[1:]
    if inner[0] == "errors":
        return True
    is_module = (path / f"{inner[0]}.py").exists() or (path / inner[0]).is_dir()
    return len(inner) == 1 and not is_module and not inner[0].startswith("_")


class TestDomain:
    @pytest.mark.parametrize("file", files_in("domain"))
    def test_has_no_environment_no_clock_and_no_chance(self, file: str) -> None:
        assert impure_uses(syntax_of(file)) == []

    @pytest.mark.parametrize("file", [*files_in(*PRODUCT), "function_app.py"])
    def test_is_used_only_through_its_public_modules(self, file: str) -> None:
        parts = Path(file).parts
        context = parts[1] if parts[0] == "domain" and len(parts) > 2 else None
        assert private_uses(syntax_of(file), context=context) == []


class TestWiring:
    def test_knows_nothing_of_running_locally(self) -> None:
        roots = {name.split(".")[0] for name in imports_in(syntax_of("function_app.py"))}
        assert roots == {"__future__", "adapters", "azure", "domain", "functions"}


class TestModules:
    @pytest.mark.parametrize("file", [*files_in(*PRODUCT), "function_app.py"])
    def test_say_what_lives_in_them(self, file: str) -> None:
        assert ast.get_docstring(syntax_of(file))

    @pytest.mark.parametrize("file", [*files_in(*PRODUCT, "local"), "function_app.py"])
    def test_stay_short(self, file: str) -> None:
        assert len((ROOT / file).read_text(encoding="utf-8").splitlines()) <= MAX_LINES


class TestTheseChecks:
    @pytest.mark.parametrize(
        "code",
        [
            "import os",
            "import os.path",
            "from os import environ",
            "import azure.functions as func",
            "from time import perf_counter",
            "from uuid import uuid4",
            "def f():\n    import random",
            "from datetime import datetime\nnow = datetime.now(UTC)",
            "import datetime\nnow = datetime.datetime.now()",
            "from datetime import date\ntoday = date.today()",
            "factory = datetime.utcnow",
        ],
    )
    def test_find_what_is_impure(self, code: str) -> None:
        assert impure_uses(ast.parse(code))

    @pytest.mark.parametrize("code", ["at = ports.clock.now()", "from datetime import datetime, time", "import re"])
    def test_leave_the_rest_alone(self, code: str) -> None:
        assert impure_uses(ast.parse(code)) == []

    @pytest.mark.parametrize(
        "code",
        [
            "from domain.leads._model import Lead",
            "from domain.leads import _views",
            "import domain.leads._model",
            "from domain.identity._model.person import Person",
            "from . import _model",
            "from ..leads import Lead",
        ],
    )
    def test_find_what_is_private(self, code: str) -> None:
        assert private_uses(ast.parse(code), context="sales")

    @pytest.mark.parametrize(
        "code",
        [
            "from domain.leads import Lead",
            "from domain import leads",
            "from domain.leads.errors import LeadNotFound",
            "from domain.leads import errors",
            "from domain.errors import Fault",
            "from domain.sales._status_change import change_status",
        ],
    )
    def test_leave_what_is_public_alone(self, code: str) -> None:
        assert private_uses(ast.parse(code), context="sales") == []
