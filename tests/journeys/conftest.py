"""People who use the API over HTTP, as journeys meet them."""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from local.demo import CONFIGURATION
from tests.conftest import Backend
from tests.journeys.described import Described

_numbers = itertools.count(os.getpid() % 10_000 * 1000)


class Client:
    """Somebody signed in (or nobody, without a token)."""

    def __init__(self, http: httpx.Client, token: str | None = None) -> None:
        self.http = http
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {**self.headers, **options.pop("headers", {})}
        return self.http.request(method, "/api/v1" + path, headers=headers, **options)


@pytest.fixture(scope="session")
def http(backend: Backend) -> Iterator[httpx.Client]:
    """Everybody's way to the backend. Whatever comes back has to be as the OpenAPI document says."""
    with httpx.Client(base_url=backend.base, timeout=30) as client:
        document = client.get("/api/openapi.json").json()
        client.event_hooks = {"response": [Described(document).check]}
        yield client


@pytest.fixture(scope="session")
def nobody(http: httpx.Client) -> Client:
    return Client(http)


def code_for(backend: Backend, phone: str) -> str:
    said = [json.loads(line) for line in backend.outbox.read_text().splitlines()]
    return str([m["otp"] for m in said if m["to"].endswith(phone[-10:]) and "otp" in m][-1])


def sent_to(backend: Backend, file: str, to: str, template: str) -> list[dict[str, Any]]:
    """The messages of one kind to one person; waits for the first, since some are sent after the answer."""
    path = backend.data / "outbox" / file
    for _ in range(100):
        said = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        found = [m for m in said if m["to"] == to and m["template"] == template]
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"no {template} was sent")


@pytest.fixture(scope="session")
def by_phone(http: httpx.Client, backend: Backend) -> Callable[[str], Client]:
    def sign_in(phone: str) -> Client:
        asked = http.post("/api/v1/auth/login", json={"phone": phone})
        assert asked.json()["data"] == {"otpSent": True}
        said = http.post("/api/v1/auth/login", json={"phone": phone, "otp": code_for(backend, phone)})
        assert said.status_code == 200, said.text
        return Client(http, said.json()["accessToken"])

    return sign_in


@pytest.fixture(scope="session")
def partner(by_phone: Callable[[str], Client]) -> Client:
    return by_phone("9000000001")


@pytest.fixture(scope="session")
def other_partner(by_phone: Callable[[str], Client]) -> Client:
    return by_phone("9000000002")


@pytest.fixture(scope="session")
def admin(http: httpx.Client) -> Client:
    said = http.post("/api/v1/auth/login", json={"email": "admin@example.com", "password": "Admin-Demo-1!"})
    return Client(http, said.json()["token"])


@pytest.fixture(scope="session")
def kam(http: httpx.Client) -> Client:
    said = http.post("/api/v1/auth/login", json={"email": "kam@example.com", "password": "Kam-Demo-1!"})
    return Client(http, said.json()["token"])


def a_phone() -> str:
    """A number that nobody has used in this run."""
    return f"9{next(_numbers) % 10**9:09d}"


@pytest.fixture
def phone() -> str:
    """A number that nobody has used in this run."""
    return a_phone()


@pytest.fixture
def new_lead(partner: Client, phone: str) -> Callable[..., dict[str, Any]]:
    def make(**fields: Any) -> dict[str, Any]:
        body = {"customerName": "Kavita Desai", "phone": phone, "address": "5 Station Road, Ahmedabad", **fields}
        said = partner("POST", "/leads", json=body)
        assert said.status_code == 201, said.text
        return said.json()["data"]

    return make


@pytest.fixture
def shared_quotation(partner: Client) -> Callable[[str], dict[str, Any]]:
    def make(lead_id: str) -> dict[str, Any]:
        made = partner("POST", "/quotations", json={"leadId": lead_id, **CONFIGURATION})
        assert made.status_code == 201, made.text
        shared = partner("PATCH", f"/quotations/{made.json()['data']['id']}/share")
        assert shared.status_code == 200, shared.text
        return shared.json()["data"]

    return make
