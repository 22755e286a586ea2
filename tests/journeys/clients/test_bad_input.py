"""Bad input changes nothing: every endpoint that writes is sent a valid request with one thing wrong in it, again and
again, and all rows and blobs are compared before and after. What is wrong follows from the OpenAPI document.

Each field is given every third of the values that it can't have; with `HYPOTHESIS_PROFILE=deep` all of them.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from functions.edge._parsing import MAX_BODY_BYTES
from tests.conftest import Backend
from tests.journeys.clients.world import World
from tests.journeys.clients.writes import Make, Sent
from tests.journeys.rows import changes, settled

VALUES: tuple[Any, ...] = (None, True, -1, 1.5, 10**28, "", "x", "x" * 17_000, ["x"] * 1001, {})
"""What a field is given in turn, where the document says that it can't be that."""

BEYOND = ("x" * 17_000, ["x"] * 1001)
"""What no field takes, whatever the document says."""

EACH = 1 if os.environ.get("HYPOTHESIS_PROFILE") == "deep" else 3

NO_SUCCESS = {
    "SignInWithMicrosoft": "make run knows no Microsoft directory",
    "MakeBackup": "takes a minute; tests/journeys/test_continuity.py does it",
    "VerifyBackup": "there is no backup yet",
}
"""Whose valid request can't be carried out here, and why: all that is bad is tried with them too."""

NOT_READ = {"DeleteDocument", "MarkNotificationRead", "MarkAllNotificationsRead", "RefreshDashboard", "MakeBackup"}
"""They read no body."""

Place = tuple[str, ...]


@pytest.fixture(scope="module")
def document(http: httpx.Client) -> dict[str, Any]:
    return dict(http.get("/api/openapi.json").json())


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Those that write."""
    said = [(method, op) for path in document["paths"].values() for method, op in path.items()]
    return {op["operationId"]: op for method, op in said if method != "get"}


class Shapes:
    """What the document says of a body."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._components = document["components"]

    def takes(self, schema: Any, value: Any) -> bool:
        """Whether the value is as the schema says."""
        return bool(Draft202012Validator({**schema, "components": self._components}).is_valid(value))

    def has_forms(self, schema: Any) -> bool:
        """Whether one thing wrong can make another form of the body, which lacks other things."""
        return "anyOf" in self._said(schema)

    def wrong(self, schema: Any, body: Any, at: Place = ()) -> Iterator[tuple[Place, Any]]:
        """A place in the body, and what can't stand there; one thing at a time."""
        for name, part in self._form(schema, body).get("properties", {}).items():
            for value in VALUES:
                if value in BEYOND or not self.takes(part, value):
                    yield (*at, name), value
            if isinstance(body.get(name), dict):
                yield from self.wrong(part, body[name], (*at, name))

    def needed(self, schema: Any, body: Any) -> list[str]:
        """The names that it can't do without."""
        return list(self._form(schema, body).get("required", ()))

    def _form(self, schema: Any, body: Any) -> dict[str, Any]:
        """The one of the schema's forms that the body has."""
        said = self._said(schema)
        forms = [form for form in said.get("anyOf", ()) if self.takes(form, body)]
        return self._form(forms[0], body) if forms else said

    def _said(self, schema: Any) -> dict[str, Any]:
        return self._components["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def put(body: Any, place: Place, value: Any) -> Any:
    """The body with another value at a place."""
    changed = copy.deepcopy(body)
    inner = changed
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    return changed


def without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


def bad_fields(shapes: Shapes, schema: Any, case: Sent) -> Iterator[str]:
    """Each that wasn't refused by the field's name."""
    body = case.content.get("json", {})
    tries = [(place, put(body, place, value)) for place, value in shapes.wrong(schema, body)][::EACH]
    tries += [((name,), without(body, name)) for name in shapes.needed(schema, body)]
    tries += [(("isAdmin",), {**body, "isAdmin": True})]
    for place, sent in tries:
        said = case.send(json=sent)
        named = said.json().get("validationErrors", {}) if said.status_code == 422 else {}
        if not named or not (shapes.has_forms(schema) or any(key.split(".")[0] == place[0] for key in named)):
            yield f"{case.path} {'.'.join(place)} {str(sent)[:300]}: {said.status_code} {said.text[:300]}"


def bad_frames(case: Sent, *, reads: bool) -> Iterator[str]:
    """The body as a whole, and the headers."""
    tries: list[tuple[set[int], dict[str, Any]]] = [({400}, {"headers": {"If-Match": "*"}})]
    if case.method in ("POST", "PATCH"):
        tries += [({400}, {"headers": {"Idempotency-Key": key}}) for key in ("a b", "x" * 256, b"\xc3\xa9")]
    if case.critical:
        tries += [({412}, {"headers": {"If-Match": tag}}) for tag in ('"0"', '"99999"', "W/x")]
    if reads and "json" in case.content:
        for text in (b"{", b"[]", b'"x"', b"null", b'{"a":1', b"\xff", b"[" * 99_999, b'{"a":NaN}'):
            tries.append(({400}, {"content": text, "headers": {"Content-Type": "application/json"}}))
        tries.append(({413}, {"content": b" " * (MAX_BODY_BYTES + 1)}))
    if reads:
        for media in ("application/x-www-form-urlencoded", "text/plain", "application/xml"):
            tries.append(({415}, {"content": b"x=1", "headers": {"Content-Type": media}}))
        tries.append(({415}, {"content": b"{}", "headers": {"Content-Encoding": "gzip"}}))
    for statuses, instead in tries:
        said = case.send(**copy.deepcopy(instead))
        if said.status_code not in statuses:
            yield f"{case.method} {case.path} {str(instead)[:100]}: {said.status_code} {said.text[:300]}"


class TestEveryWrite:
    def test_with_one_thing_wrong_is_refused_and_changes_nothing(
        self, document, operations, backend: Backend, world: World, writes: dict[str, Make]
    ) -> None:
        plainest: dict[str, Make] = {}
        for name, make in writes.items():
            plainest.setdefault(name.partition(" ")[0], make)
        assert sorted(plainest) == sorted(operations)
        cases = {name: make(world).at_present() for name, make in plainest.items()}
        shapes, wrong = Shapes(document), []
        before = settled(backend)
        for name, case in cases.items():
            content = operations[name].get("requestBody", {}).get("content", {})
            if "application/json" in content:
                wrong += bad_fields(shapes, content["application/json"]["schema"], case)
            wrong += bad_frames(case, reads=name not in NOT_READ)
        assert "\n".join(wrong) == ""
        assert changes(before, settled(backend)) == []
        refused = {name: case.send() for name, case in cases.items() if name not in NO_SUCCESS}
        assert {name: said.text for name, said in refused.items() if not said.is_success} == {}
