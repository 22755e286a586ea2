"""Storage that doesn't answer: 503 before the client gives up, and a repeat that never makes a second lead."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.conftest import Backend, started_backend
from tests.journeys.conftest import Client, code_for


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    with started_backend(tmp_path_factory.mktemp("impatient"), REQUEST_SECONDS="2") as running:
        yield running


@contextmanager
def frozen_storage(backend: Backend) -> Iterator[None]:
    """Azurite accepts connections and answers nothing."""
    children = Path(f"/proc/{backend.pid}/task/{backend.pid}/children").read_text().split()
    [storage] = [int(p) for p in children if b"azurite" in Path(f"/proc/{p}/cmdline").read_bytes()]
    os.kill(storage, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(storage, signal.SIGCONT)


@pytest.fixture
def impatient_partner(impatient: Backend) -> Iterator[Client]:
    with httpx.Client(base_url=impatient.base, timeout=30) as http:
        http.post("/api/v1/auth/login", json={"phone": "9000000001"})
        said = http.post(
            "/api/v1/auth/login", json={"phone": "9000000001", "otp": code_for(impatient, "9000000001")}
        )
        yield Client(http, said.json()["accessToken"])


def until_done(client: Client, method: str, path: str, **options: object) -> httpx.Response:
    """What a client does with 409 REQUEST_IN_PROGRESS and 503: wait as it is told, and repeat."""
    for _ in range(10):
        said = client(method, path, **options)
        if said.status_code not in (409, 503):
            return said
        time.sleep(int(said.headers["Retry-After"]))
    raise AssertionError(said.text)


class TestStorageDown:
    def test_is_503_in_time_and_a_repeat_makes_one_lead(
        self, impatient: Backend, impatient_partner: Client
    ) -> None:
        body = {"customerName": "Frozen", "phone": "9811111111", "address": "1 Ice Road"}
        key = {"Idempotency-Key": "frozen-1"}
        with frozen_storage(impatient):
            began = time.monotonic()
            refused = impatient_partner("POST", "/leads", json=body, headers=key)
            took = time.monotonic() - began
        assert refused.status_code == 503 and int(refused.headers["Retry-After"]) > 0
        assert refused.json()["success"] is False and took < 4
        made = until_done(impatient_partner, "POST", "/leads", json=body, headers=key)
        again = impatient_partner("POST", "/leads", json=body, headers=key)
        assert (made.status_code, again.json()) == (201, made.json())
        items = impatient_partner("GET", "/leads?limit=100").json()["data"]["items"]
        assert [i["leadId"] for i in items if i["customerName"] == "Frozen"] == [made.json()["data"]["id"]]

    def test_is_told_by_readiness_but_not_by_health(self, impatient: Backend) -> None:
        with httpx.Client(base_url=impatient.base, timeout=30) as http, frozen_storage(impatient):
            assert http.get("/api/v1/health").status_code == 200
            said = http.get("/api/v1/ready")
            assert (said.status_code, said.json()["error"]["code"]) == (503, "NOT_READY")
            parts = said.json()["error"]["details"]["parts"]
            assert (parts["tables"], parts["blobs"], parts["keys"]) == ("down", "down", "up")
            assert set(parts) == {"tables", "blobs", "masterData", "keys"}
