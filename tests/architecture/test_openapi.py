"""The OpenAPI document as the tools of other developers take it: valid defaults, what is needed, who is let in."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from functions import openapi


@pytest.fixture(scope="module")
def document(function_app: ModuleType) -> dict[str, Any]:
    return openapi.document(function_app.edge.endpoints)


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {part["operationId"]: part for parts in document["paths"].values() for part in parts.values()}


def schemas_in(part: Any, place: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object that has a default, and where."""
    if isinstance(part, dict):
        if "default" in part:
            yield place, part
        for name, inner in part.items():
            yield from schemas_in(inner, f"{place}/{name}")
    elif isinstance(part, list):
        for number, inner in enumerate(part):
            yield from schemas_in(inner, f"{place}/{number}")


class TestDocument:
    def test_has_no_default_that_its_own_schema_refuses(self, document: dict[str, Any]) -> None:
        parts = {"components": document["components"]}
        wrong = [
            place
            for place, schema in schemas_in(document)
            if not Draft202012Validator({**parts, **schema}).is_valid(schema["default"])
        ]
        assert wrong == []

    def test_says_where_it_is_served_and_of_each_operation_who_is_let_in(
        self, document: dict[str, Any], operations: dict[str, dict[str, Any]]
    ) -> None:
        assert [server["url"] for server in document["servers"]] == ["/"]
        assert {str(operation["security"]) for operation in operations.values()} == {"[]", "[{'bearer': []}]"}
        assert operations["SignIn"]["security"] == [] and operations["ReadLead"]["security"] == [{"bearer": []}]

    def test_marks_what_no_request_can_do_without(self, operations: dict[str, dict[str, Any]]) -> None:
        needed = {
            name: [p["name"] for p in operation["parameters"] if p["in"] == "query" and p.get("required")]
            for name, operation in operations.items()
        }
        assert (needed["CheckPhone"], needed["ReadDocument"], needed["ListLeads"]) == (["phone"], ["docId"], [])
        bodies = {name: o["requestBody"]["required"] for name, o in operations.items() if "requestBody" in o}
        assert bodies["PriceQuotation"] and bodies["CreateQuotation"] and bodies["RegisterLead"]
        assert not bodies["AcceptQuotation"]
