"""Tokens that aren't ours, over HTTP: each is 401 with the same body, and nothing of it is in the log."""

from __future__ import annotations

import json

import httpx
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.adapters.forgeries import forgeries
from tests.conftest import Backend
from tests.journeys.conftest import Client

PATHS = (
    ("GET", "/api/v1/leads"),
    ("GET", "/api/v1/auth/me"),
    ("POST", "/api/v1/leads"),
    ("PATCH", "/api/v1/settings"),
)
SHAPE = {"type", "title", "status", "detail", "instance", "success", "data", "message", "error"}


def assert_is_refused(said: httpx.Response) -> None:
    body = said.json()
    assert (said.status_code, said.headers["www-authenticate"]) == (401, "Bearer")
    assert said.headers["content-type"].startswith("application/problem+json")
    assert {*body} == SHAPE and body["error"]["code"] in ("TOKEN_REJECTED", "NOT_AUTHENTICATED")
    assert body["instance"] == said.headers["x-correlation-id"] and body["data"] is None


class TestForgedTokens:
    def test_are_401_and_leave_nothing_in_the_log(
        self, http: httpx.Client, admin: Client, backend: Backend
    ) -> None:
        genuine = admin.headers["Authorization"].removeprefix("Bearer ")
        keys = http.get("/.well-known/jwks.json").json()
        secrets = [json.dumps(keys).encode(), json.dumps(keys["keys"][0]).encode(), b""]
        sent: set[str] = set()

        @settings(max_examples=settings().max_examples * 2)
        @given(forgeries(genuine, secrets), st.sampled_from(PATHS))
        def ask(token: str, where: tuple[str, str]) -> None:
            raw = token.encode(errors="surrogatepass")
            assume(min(raw, default=32) >= 32 and 127 not in raw and token.strip() not in ("", genuine))
            assert_is_refused(http.request(*where, headers={b"Authorization": b"Bearer " + raw.strip()}))
            sent.update(part for part in token.split(".") if len(part) > 16)

        ask()
        log = (backend.data.parent / "log").read_text(errors="replace")
        assert len(sent) > 20 and [part for part in sent if part in log] == []

    @pytest.mark.parametrize("spelt", ["bearer {}", "BEARER {}", "Bearer   {}"])
    def test_the_schemes_case_and_blanks_do_not_count(self, http: httpx.Client, admin: Client, spelt: str) -> None:
        genuine = admin.headers["Authorization"].removeprefix("Bearer ")
        assert http.get("/api/v1/auth/me", headers={"Authorization": spelt.format(genuine)}).status_code == 200

    @pytest.mark.parametrize(
        "spelt",
        [
            *(
                "",
                "{}",
                "Bearer",
                "Bearer Bearer {}",
                "Bearer\t{}",
                "Bearer: {}",
                "Bearer={}",
                "Basic {}",
            ),
            *(
                "Token {}",
                "DPoP {}",
                "Bearer {} x",
                "Bearer {},",
                "Bearer {}, Bearer {}",
                'Bearer "{}"',
                "Bearer <{}>",
            ),
        ],
    )
    def test_another_spelling_is_none(self, http: httpx.Client, admin: Client, spelt: str) -> None:
        genuine = admin.headers["Authorization"].removeprefix("Bearer ")
        assert_is_refused(http.get("/api/v1/auth/me", headers={"Authorization": spelt.format(genuine, genuine)}))

    def test_nor_one_in_another_place(self, http: httpx.Client, admin: Client) -> None:
        genuine = admin.headers["Authorization"].removeprefix("Bearer ")
        for name in ("access_token", "token", "authorization", "Authorization"):
            assert_is_refused(http.get(f"/api/v1/auth/me?{name}={genuine}"))
            assert_is_refused(http.get("/api/v1/auth/me", headers={"Cookie": f"{name}={genuine}"}))
            assert_is_refused(http.get("/api/v1/auth/me", headers={"X-" + name.replace("_", "-"): genuine}))
