"""Every endpoint tried with everybody's token, as it declares itself: in comes who is listed, and nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest

from tests.journeys.conftest import Client

ROLES = ("Admin", "KAM", "CP", "Customer")
Declared = list[tuple[str, str, frozenset[str] | None]]
ENDS_THE_SESSION = "/api/v1/auth/logout"


@pytest.fixture(scope="module")
def everybody(
    http: httpx.Client, by_phone: Callable[[str], Client], admin: Client, kam: Client, partner: Client
) -> dict[str, Client]:
    return {"Admin": admin, "KAM": kam, "CP": partner, "Customer": by_phone("9777000111")}


@pytest.fixture(scope="module")
def declared(http: httpx.Client) -> Declared:
    """Method, path with ids of nothing, and the roles that are listed (None: no sign-in is asked for)."""
    paths = http.get("/api/openapi.json").json()["paths"]
    return [
        (method.upper(), re.sub(r"\{[^}]+\}", "NOTHING-0", path), _roles(operation))
        for path, operations in sorted(paths.items())
        for method, operation in operations.items()
    ]


def _roles(operation: dict[str, object]) -> frozenset[str] | None:
    said = operation.get("x-roles")
    return frozenset(map(str, said)) if isinstance(said, list) else None


def _try(http: httpx.Client, method: str, path: str, headers: dict[str, str]) -> httpx.Response:
    """With a body that can't be read, so that whoever gets in still changes nothing."""
    if method == "GET":
        return http.get(path, headers=headers)
    return http.request(method, path, content=b"{not json", headers={"Content-Type": "application/json", **headers})


class TestEveryEndpoint:
    def test_asks_nobody_in_without_a_token(self, http: httpx.Client, declared: Declared) -> None:
        closed = [(method, path) for method, path, roles in declared if roles is not None]
        assert len(closed) > 40
        let_in = [
            (method, path, reply.status_code)
            for method, path in closed
            if (reply := _try(http, method, path, {})).status_code != 401
        ]
        assert let_in == []

    def test_asks_nobody_in_with_a_made_up_token(self, http: httpx.Client, declared: Declared) -> None:
        forged = {"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJyb2xlIjoiQWRtaW4ifQ."}
        let_in = [
            (method, path)
            for method, path, roles in declared
            if roles is not None and _try(http, method, path, forged).status_code != 401
        ]
        assert let_in == []

    @pytest.mark.parametrize("role", ROLES)
    def test_lets_in_who_is_listed_and_nobody_else(
        self, http: httpx.Client, declared: Declared, everybody: dict[str, Client], role: str
    ) -> None:
        wrong = []
        for method, path, roles in declared:
            if roles is None or path == ENDS_THE_SESSION:
                continue
            reply = _try(http, method, path, everybody[role].headers)
            refused = reply.status_code == 403 and reply.json()["error"]["code"] == "ROLE_NOT_ALLOWED"
            if refused is (role in roles) or reply.status_code in (401, 500):
                wrong.append((method, path, reply.status_code, sorted(roles)))
        assert wrong == []

    def test_a_role_that_a_client_says_of_itself_counts_for_nothing(
        self, http: httpx.Client, everybody: dict[str, Client]
    ) -> None:
        claimed = {**everybody["CP"].headers, "X-User-Role": "Admin", "X-User-Territories": "North"}
        assert http.get("/api/v1/kams", headers=claimed).status_code == 403
