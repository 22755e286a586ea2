"""The app as a whole: Azure would accept it, every endpoint asks for a role, and all of it is documented."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path
from types import ModuleType
from typing import Any

from domain.errors import DomainError
from functions import access, openapi, overview
from functions.links import LINKS
from local.host import problems_of

ROOT = Path(__file__).parents[2]

OPEN = {
    "Docs",
    "DocsFile",
    "ExplainProblem",
    "ForgotPassword",
    "Health",
    "OpenApi",
    "PublicKeys",
    "Ready",
    "RefreshSession",
    "RefreshToken",
    "Register",
    "ResetPassword",
    "SignIn",
    "SignInWithMicrosoft",
    "SignInWithoutPrefix",
    "UnknownPathDelete",
    "UnknownPathGet",
    "UnknownPathPatch",
    "UnknownPathPost",
    "UnknownPathPut",
}
"""What may be called without signing in; an endpoint is added here only on purpose."""


def names_of(function_app: ModuleType) -> list[str]:
    function_app.app.functions_bindings = (
        None  # else the second call on the same app takes each name for a duplicate
    )
    return [function.get_function_name() for function in function_app.app.get_functions()]


def schedules_of(function_app: ModuleType) -> dict[str, str]:
    function_app.app.functions_bindings = None
    triggers = {f.get_function_name(): f.get_trigger() for f in function_app.app.get_functions()}
    return {name: t.schedule for name, t in triggers.items() if t.get_binding_name() == "timerTrigger"}


def rows(page: str) -> list[list[str]]:
    """The cells of each row of all tables of a page."""
    lines = (ROOT / page).read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]


def codes() -> set[str]:
    """The code of every refusal of the product, found by importing all of it."""
    for name in ("domain", "functions", "adapters"):
        package = importlib.import_module(name)
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            importlib.import_module(found.name)
    kinds, left = set(), [DomainError]
    while left:
        more = left.pop().__subclasses__()
        kinds |= {kind for kind in more if kind.__module__.split(".")[0] in ("domain", "functions", "adapters")}
        left += more
    return {kind.code for kind in kinds}


class TestApp:
    def test_is_as_azure_wants_it(self, function_app: ModuleType) -> None:
        assert problems_of(function_app.app) == []

    def test_names_each_function_once(self, function_app: ModuleType) -> None:
        names = names_of(function_app)
        assert sorted(names) == sorted(set(names))
        assert {endpoint.name for endpoint in function_app.edge.endpoints} < set(names)


def _forms(schema: dict[str, Any], schemas: dict[str, Any]) -> list[dict[str, Any]]:
    """The objects that a body may be."""
    if "$ref" in schema:
        return _forms(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    return [each for form in schema["anyOf"] for each in _forms(form, schemas)] if "anyOf" in schema else [schema]


class TestEndpoints:
    def test_ask_for_a_role_unless_they_are_open_on_purpose(self, function_app: ModuleType) -> None:
        assert {e.name for e in function_app.edge.endpoints if e.roles is None} == OPEN
        assert [e.name for e in function_app.edge.endpoints if e.roles == frozenset()] == []

    def test_say_in_one_line_what_they_are_for(self, function_app: ModuleType) -> None:
        assert [e.name for e in function_app.edge.endpoints if not e.summary or "\n" in e.summary] == []

    def test_are_all_in_the_openapi_document(self, function_app: ModuleType) -> None:
        endpoints = [e for e in function_app.edge.endpoints if e.path != "{*path}"]
        paths = openapi.document(function_app.edge.endpoints)["paths"]
        said = {
            (path, method): part["operationId"] for path, parts in paths.items() for method, part in parts.items()
        }
        assert said == {("/" + e.path, e.method.lower()): e.name for e in endpoints}

    def test_lead_on_to_operations_with_what_these_take(self, function_app: ModuleType) -> None:
        document = openapi.document(function_app.edge.endpoints)
        schemas, operations = document["components"]["schemas"], {}
        for path, parts in document["paths"].items():
            operations |= {part["operationId"]: (path, part) for part in parts.values()}
        assert LINKS.keys() <= operations.keys()
        for name, links in LINKS.items():
            _, operation = operations[name]
            reply = next(said for status, said in operation["responses"].items() if status in ("200", "201"))
            assert reply["links"] == {link.to: link.described() for link in links}
            data = reply["content"]["application/json"]["schema"]["properties"]["data"]
            members = schemas[data["$ref"].rpartition("/")[2]]["properties"]
            for link in links:
                path, target = operations[link.to]
                assert {*link.path} == set(re.findall(r"{(\w+)}", path))
                assert {*link.path.values(), *link.body.values()} <= members.keys()
                body = (
                    target["requestBody"]["content"]["application/json"]["schema"]
                    if link.body
                    else {"properties": {}}
                )
                assert all(link.body.keys() <= form["properties"].keys() for form in _forms(body, schemas))


class TestReadme:
    def test_has_the_table_that_the_endpoints_declare(self, function_app: ModuleType) -> None:
        """`make access` writes it anew."""
        page = (ROOT / "README.md").read_text(encoding="utf-8")
        assert page == overview.replaced(page, endpoints=function_app.edge.endpoints)

    def test_names_every_function_once(self, function_app: ModuleType) -> None:
        named = [name.strip() for cells in rows("README.md") for name in cells[0].split(",")]
        named += ["Preflight", "RepeatedPrefix"]  # no endpoints: they answer for all of them, and stand in the text
        assert [name for name in names_of(function_app) if named.count(name) != 1] == []

    def test_says_when_each_timer_fires(self, function_app: ModuleType) -> None:
        timers = [cells for cells in rows("README.md") if len(cells) == 4 and cells[1].startswith("`")]
        assert {cells[0]: cells[1].strip("`") for cells in timers} == schedules_of(function_app)

    def test_names_every_command_once(self) -> None:
        commands = {path.stem for path in (ROOT / "adapters" / "commands").glob("[a-z]*.py")}
        named = [cells[0].strip("`") for cells in rows("README.md") if cells[0].strip("`") in commands]
        assert sorted(named) == sorted(commands)


class TestSettingsPage:
    def test_names_every_setting_once(self) -> None:
        code = (ROOT / "adapters" / "settings.py").read_text(encoding="utf-8")
        known = set(re.findall(r'"([A-Z][A-Z0-9_]{4,})"', code))
        named = [name for cells in rows("docs/settings.md") for name in re.findall(r"`([A-Z0-9_]{5,})`", cells[0])]
        prefixes = {"STORAGE", "BACKUP"}  # of …_CONNECTION and …_ACCOUNT, which stand on the page in full
        full = {f"{prefix}_{kind}" for prefix in prefixes for kind in ("CONNECTION", "ACCOUNT")}
        assert sorted(named) == sorted((known - prefixes) | full)


class TestAccess:
    def test_the_page_says_what_the_endpoints_do(self, function_app: ModuleType) -> None:
        """`make access` writes it anew."""
        page = (ROOT / "docs" / "access.md").read_text(encoding="utf-8")
        assert page.strip() == access.table(function_app.edge.endpoints).strip()


class TestProblems:
    def test_are_all_explained_and_nothing_else_is(self) -> None:
        text = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
        headings = re.findall(r"^## (.+?)\s*$", text, flags=re.MULTILINE)
        expected = {code.lower().replace("_", "-") for code in (*codes(), "INTERNAL_ERROR")}
        assert sorted(headings) == sorted(expected)
