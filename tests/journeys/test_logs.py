"""What the log says of a journey: who did what, how it went and what it cost; and nothing that is personal."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

import httpx

from tests.conftest import Backend
from tests.journeys.conftest import Client, a_phone, code_for

LINE = re.compile(r"^\d{4}-\d{2}-\d{2} [\d:,]+ [A-Z]+ (?P<name>[\w.]+): (?P<text>.*)$")
LOOKS_PERSONAL = {
    "a phone number": re.compile(r"(?<![\w.:-])(\+91)?[6-9]\d{9}(?![\w.-])"),
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"),
    "a token": re.compile(r"eyJ[\w-]{10,}"),
    "a signed link": re.compile(r"[?&]sig="),
}


def logged(backend: Backend) -> list[tuple[str, str]]:
    """Logger and text of all lines, with the lines of a traceback under theirs; what `make run` prints isn't logged."""
    found: list[tuple[str, str]] = []
    for line in (backend.data.parent / "log").read_text(errors="replace").splitlines():
        start = LINE.match(line)
        if start:
            found.append((start["name"], start["text"]))
        elif line.startswith(("  File ", "Traceback", "    ")) and found:
            found[-1] = (found[-1][0], found[-1][1] + "\n" + line)
    return found


def requests(backend: Backend) -> list[dict[str, Any]]:
    return [json.loads(text) for name, text in logged(backend) if name == "solarium.requests" and text[0] == "{"]


class TestLog:
    def test_tells_how_each_request_went(self, backend: Backend, partner: Client) -> None:
        said: dict[str, dict[str, Any]] = {}
        for path in ("/leads?limit=1", "/leads/LEAD-999999", "/leads?limit=none"):
            correlation = f"log-{uuid.uuid4()}"
            partner("GET", path, headers={"X-Correlation-ID": correlation})
            [said[path]] = [line for line in requests(backend) if line["correlationId"] == correlation]
        fine, missing, faulty = said.values()
        assert set(fine) == {
            "correlationId",
            "actor",
            "function",
            "status",
            "outcome",
            "storageRequests",
            "storageHops",
            "ms",
        }
        assert (fine["actor"], fine["function"], fine["status"], fine["outcome"]) == (
            "CP-1001",
            "ListLeads",
            200,
            "done",
        )
        assert (missing["status"], missing["outcome"]) == (404, "LEAD_NOT_FOUND")
        assert (faulty["status"], faulty["outcome"]) == (400, "QUERY_INVALID")

    def test_holds_nothing_personal(self, backend: Backend, http: httpx.Client, admin: Client) -> None:
        """A journey with names, numbers, codes and tokens that occur nowhere else, refusals included; then the whole
        log is read, with whatever the journeys of other tests have left in it."""
        mark, phone = uuid.uuid4().hex[:12].translate(str.maketrans("0123456789", "ghijklmnop")), a_phone()
        email, address = f"{mark}.mail@example.com", f"{mark} street"
        secrets = [mark, phone, email, address, *self._play(backend, http, admin, mark, phone, email, address)]
        text = "\n".join(text for _, text in logged(backend))
        assert len(requests(backend)) >= 9
        assert [secret for secret in secrets if secret in text] == []
        found = {what: pattern.search(text) for what, pattern in LOOKS_PERSONAL.items()}
        assert {what: hit.group() for what, hit in found.items() if hit} == {}

    def _play(
        self, backend: Backend, http: httpx.Client, admin: Client, mark: str, phone: str, email: str, address: str
    ) -> list[str]:
        http.post("/api/v1/auth/login", json={"phone": phone})
        code = code_for(backend, phone)
        http.post("/api/v1/auth/login", json={"phone": phone, "otp": "000000" if code != "000000" else "111111"})
        said = http.post("/api/v1/auth/login", json={"phone": phone, "otp": code}).json()
        customer = Client(http, said["accessToken"])
        edited = customer("PATCH", "/profile", json={"name": f"{mark} Name", "email": email, "address": address})
        assert edited.status_code == 200, edited.text
        body = {"customerName": f"{mark} Name", "phone": phone, "email": email, "address": address}
        assert admin("POST", "/leads", json=body).status_code in (201, 403, 422)
        admin("POST", "/leads", json={**body, "phone": "12", "nonsense": mark})
        admin("GET", f"/leads?search={phone}")
        http.post("/api/v1/auth/login", json={"email": email, "password": f"{mark}-Secret-1!"})
        http.post("/api/v1/auth/login", content=f'{{"phone": "{phone}", '.encode())
        http.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {said['accessToken']}x"})
        return [said["accessToken"], said.get("refreshToken") or said["accessToken"], f'"{code}"']


class TestReadiness:
    def test_names_every_part(self, http: httpx.Client) -> None:
        said = http.get("/api/v1/ready")
        assert said.json()["data"] == {"tables": "up", "blobs": "up", "masterData": "up", "keys": "up"}
