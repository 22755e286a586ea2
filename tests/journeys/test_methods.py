"""HEAD wherever there is a GET, and what other methods are answered (RFC 9110 §9.3.2, §15.5.6)."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from tests.conftest import Backend
from tests.journeys.conftest import Client
from tests.journeys.test_raw_http import exchange, status_of

ALL = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"})
SAME = ("ETag", "Content-Type", "Cache-Control", "Content-Language", "WWW-Authenticate")


@pytest.fixture(scope="module")
def paths(http: httpx.Client) -> dict[str, set[str]]:
    """With ids of nothing, and the methods that the document knows there."""
    found = http.get("/api/openapi.json").json()["paths"]
    return {re.sub(r"\{.*?\}", "NOTHING-0", path): {m.upper() for m in told} for path, told in found.items()}


def fits_in(path: str, template: str) -> bool:
    """`/leads/bulk` is a `/leads/{leadId}` too."""
    return re.fullmatch(template.replace("NOTHING-0", "[^/]+"), path) is not None


class TestHead:
    def test_is_answered_as_get_and_without_the_body(
        self, http: httpx.Client, admin: Client, partner: Client, paths: dict[str, set[str]]
    ) -> None:
        asked = [path for path, methods in paths.items() if "GET" in methods]
        assert len(asked) > 50
        for path in asked:
            for who in (admin, partner, Client(http)):
                head, get = (http.request(method, path, headers=who.headers) for method in ("HEAD", "GET"))
                told = [(a.status_code, {name: a.headers.get(name) for name in SAME}) for a in (head, get)]
                assert told[0] == told[1] and not head.content, path

    def test_sends_no_byte_after_the_headers(self, backend: Backend) -> None:
        asked = "HEAD /api/v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        answer = exchange(backend, asked.encode())
        assert status_of(answer) == 200 and answer.endswith(b"\r\n\r\n")

    def test_tells_a_client_that_it_has_the_present_version(self, admin: Client) -> None:
        tag = admin("HEAD", "/leads/LEAD-1001").headers["ETag"]
        known = admin("HEAD", "/leads/LEAD-1001", headers={"If-None-Match": tag})
        assert (known.status_code, known.headers["ETag"]) == (304, tag)

    def test_lets_nobody_else_in(self, nobody: Client, by_phone: Any) -> None:
        assert nobody("HEAD", "/leads").status_code == 401
        assert by_phone("9777000112")("HEAD", "/leads/LEAD-1001").status_code == 404
        assert by_phone("9777000112")("HEAD", "/kams").status_code == 403


class TestAnotherMethod:
    def test_is_told_which_there_are(self, http: httpx.Client, paths: dict[str, set[str]]) -> None:
        wrong = []
        for path in paths:
            fits = [methods for other, methods in paths.items() if fits_in(path, other)]
            there = {"OPTIONS"}.union(*fits)
            there |= {"HEAD"} if "GET" in there else set()
            for method in sorted(ALL - there):
                said = http.request(method, path)
                if said.status_code != 405 or set(said.headers.get("Allow", "").split(", ")) != there:
                    wrong.append((method, path, said.status_code, said.headers.get("Allow")))
        assert wrong == []

    def test_is_a_problem(self, admin: Client) -> None:
        said = admin("PUT", "/Leads/LEAD-1001/")
        assert (said.status_code, said.headers["Content-Type"]) == (405, "application/problem+json")
        assert said.headers["Allow"] == "GET, HEAD, OPTIONS, PATCH"
        assert said.json()["error"] == {
            "code": "METHOD_NOT_ALLOWED",
            "message": "Ask this path by GET, HEAD, OPTIONS, PATCH.",
            "details": {"allowed": ["GET", "HEAD", "OPTIONS", "PATCH"]},
        }

    def test_of_an_unknown_path_is_404(self, admin: Client) -> None:
        for path in ("/nothing", "/leads/LEAD-1001/nothing", "/leads//timeline", ""):
            for method in sorted(ALL):
                said = admin(method, path)
                assert said.status_code == 404 and "Allow" not in said.headers, (method, path)
