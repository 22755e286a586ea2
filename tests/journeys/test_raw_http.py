"""What no HTTP library would send, by sockets against `make run`: clear refusals, nothing stored, and it lives on.

What Azure's host does with a request that isn't HTTP is its own affair, and local/host is tested for itself
(tests/local/host/test_unkind_clients.py). Here counts what gets through to the application.
"""

from __future__ import annotations

import gzip
import json
import re
import socket
from collections.abc import Iterator

import httpx
import pytest

from functions.edge._parsing import MAX_BODY_BYTES
from tests.conftest import Backend
from tests.journeys.conftest import Client, a_phone
from tests.journeys.rows import changes, settled

JSON = "Content-Type: application/json"
METHODS = ("TRACE", "CONNECT", "PROPFIND", "LINK")
NASTY = (
    *("%00", "%ff%fe", "%0d%0aX-A:%20b", "%2e%2e", "..%2f..%2fetc%2fpasswd", "a%5Cb", "%F0%9F%98%80", "%"),
    *("LEAD-%D9%A1%D9%A0", "'%20or%201%20eq%201", "%23%3F", "x" * 5_000, "LEAD-" + "9" * 400, "%E2%80%AELEAD-1001"),
)
"""What may stand where an id is expected."""

LIES = {
    "a length of nothing": ["Content-Length: "],
    "a length below 0": ["Content-Length: -1"],
    "a length with a sign": ["Content-Length: +20"],
    "a length in words": ["Content-Length: twenty"],
    "a length in Arabic digits": ["Content-Length: ٢٠"],
    "a length beyond 64 bits": ["Content-Length: 99999999999999999999"],
    "two lengths in a line": ["Content-Length: 20, 20"],
    "two lengths that differ": ["Content-Length: 20", "Content-Length: 5"],
    "a length too short": ["Content-Length: 9"],
    "no length": [],
    "a length and chunks": ["Content-Length: 20", "Transfer-Encoding: chunked"],
    "chunks that are none": ["Transfer-Encoding: chunked"],
    "chunks twice": ["Transfer-Encoding: chunked, chunked"],
    "a name with a blank": ["Content-Length : 20"],
    "a folded line": ["Transfer-Encoding:\r\n chunked"],
    "130 headers": [f"X-{number}: a" for number in range(130)],
    "a header of 100,000": ["X-A: " + "a" * 100_000],
    "a NUL in a header": ["X-A: a\0b"],
    "a bare line feed": ["X-A: a\nX-B: b"],
    "a header without a name": [": a"],
}


def exchange(backend: Backend, data: bytes, *, hang_up: bool = False) -> bytes:
    """Everything that comes back for these bytes; `hang_up` ends the connection after them, on our side."""
    port = int(backend.base.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as peer:
        try:
            peer.sendall(data)
            if hang_up:
                peer.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: peer.recv(65_536), b""))
        except ConnectionError:
            return b""  # hung up on while still sending


def status_of(answer: bytes) -> int:
    """The status, or 0 if we were hung up on."""
    found = re.match(rb"HTTP/1\.[01] (\d{3}) ", answer)
    return int(found[1]) if found else 0


@pytest.fixture(scope="module", autouse=True)
def nothing_stored(backend: Backend, partner: Client, admin: Client) -> Iterator[None]:
    """Around all of them: no row and no blob is touched."""
    assert {who("GET", "/leads?limit=1").status_code for who in (partner, admin)} == {200}
    before = settled(backend)
    yield
    assert changes(before, settled(backend)) == []


@pytest.fixture(autouse=True)
def lives_on(partner: Client) -> Iterator[None]:
    """Around each test: the next request is served."""
    yield
    assert partner("GET", "/leads?limit=1").status_code == 200


@pytest.fixture
def a_lead(partner: Client) -> bytes:
    """A body that would make a lead, if it came in a sound request."""
    return json.dumps({"customerName": "Kavita", "phone": a_phone(), "address": "5 Station Road"}).encode()


class TestFraming:
    def test_lies_about_it_store_nothing(self, backend: Backend, partner: Client, a_lead: bytes) -> None:
        token = f"Authorization: {partner.headers['Authorization']}"
        found = {}
        for name, told in LIES.items():
            head = "\r\n".join(["POST /api/v1/leads HTTP/1.1", "Host: x", "Connection: close", token, JSON, *told])
            found[name] = status_of(exchange(backend, head.encode() + b"\r\n\r\n" + a_lead))
        assert {name: status for name, status in found.items() if status not in (0, 400, 422, 431)} == {}
        assert sum(status == 0 for status in found.values()) < 3

    def test_a_body_that_breaks_off_stores_nothing(self, backend: Backend, partner: Client, a_lead: bytes) -> None:
        token = partner.headers["Authorization"]
        for told in (f"Content-Length: {len(a_lead) + 1}", "Transfer-Encoding: chunked"):
            head = f"POST /api/v1/leads HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\n{JSON}\r\n{told}\r\n\r\n"
            chunk = b"%x\r\n%s\r\n" % (len(a_lead), a_lead)
            body = chunk if "chunked" in told else a_lead
            assert status_of(exchange(backend, head.encode() + body, hang_up=True)) in (0, 400)

    def test_two_authorizations_are_none(self, backend: Backend, partner: Client, a_lead: bytes) -> None:
        mine = f"Authorization: {partner.headers['Authorization']}"
        for told in ([mine, mine], [mine, "Authorization: Bearer x"], ["Authorization: Bearer x", mine]):
            head = ["POST /api/v1/leads HTTP/1.1", "Host: x", "Connection: close", JSON, *told]
            head.append(f"Content-Length: {len(a_lead)}")
            assert status_of(exchange(backend, "\r\n".join(head).encode() + b"\r\n\r\n" + a_lead)) == 401

    def test_slow_ones_keep_nobody_waiting(self, backend: Backend, nobody: Client) -> None:
        port = int(backend.base.rpartition(":")[2])
        slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(100)]
        try:
            for peer in slow:
                peer.sendall(b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 90\r\n\r\n{")
            assert nobody("GET", "/health", timeout=5).status_code == 200
        finally:
            for peer in slow:
                peer.close()


class TestBodies:
    def test_that_can_not_be_read_are_told_why(self, partner: Client, a_lead: bytes) -> None:
        text = a_lead.decode()
        plain, said = {"Content-Type": "application/json"}, json.loads(text)
        wrong: list[tuple[int, str, bytes, dict[str, str]]] = [
            (400, "BODY_NOT_JSON", b"[" * 100_000, plain),
            (400, "BODY_NOT_JSON", b'{"a":' * 20_000, plain),
            (400, "BODY_NOT_JSON", b'{"a":NaN}', plain),
            (400, "BODY_NOT_JSON", b'{"a":-Infinity}', plain),
            (400, "BODY_NOT_JSON", text.encode("utf-16"), plain),
            (400, "BODY_NOT_JSON", a_lead.replace(b"Kavita", b"Kavit\xe9"), plain),
            (400, "BODY_NOT_JSON", b"[%s]" % a_lead, plain),
            (400, "BODY_NOT_JSON", a_lead + a_lead, plain),
            (400, "BODY_NOT_JSON", gzip.compress(a_lead), plain),
            (415, "MEDIA_TYPE_NOT_SUPPORTED", gzip.compress(a_lead), {**plain, "Content-Encoding": "gzip"}),
            (415, "MEDIA_TYPE_NOT_SUPPORTED", gzip.compress(bytes(10**8)), {**plain, "Content-Encoding": "gzip"}),
            (415, "MEDIA_TYPE_NOT_SUPPORTED", a_lead, {**plain, "Content-Encoding": "br"}),
            (415, "MEDIA_TYPE_NOT_SUPPORTED", a_lead, {"Content-Type": "text/plain"}),
            (415, "MEDIA_TYPE_NOT_SUPPORTED", a_lead, {"Content-Type": "application/json, text/csv"}),
            (
                415,
                "MEDIA_TYPE_NOT_SUPPORTED",
                b"--b\r\n\r\n\r\n--b--",
                {"Content-Type": "multipart/form-data; boundary=b"},
            ),
            (413, "BODY_TOO_LARGE", a_lead + b" " * MAX_BODY_BYTES, plain),
            (413, "BODY_TOO_LARGE", b'{"customerName":"' + b"x" * 2_000_000 + b'"}', plain),
            (422, "FIELDS_INVALID", text.replace("{", '{"phone": "9876543210", ', 1).encode(), plain),
            (422, "FIELDS_INVALID", json.dumps({**said, "customerName": "\ud800"}).encode(), plain),
            (422, "FIELDS_INVALID", json.dumps({**said, "customerName": "a\0b"}).encode(), plain),
            (422, "FIELDS_INVALID", text.replace("{", '{"pinCode": 1e9999999, ', 1).encode(), plain),
            (422, "FIELDS_INVALID", text.replace("{", '{"version": ' + "9" * 5000 + ", ", 1).encode(), plain),
            (422, "FIELDS_INVALID", text.replace("{", '{"a": 0e99999999999999999999, ', 1).encode(), plain),
        ]
        for status, code, body, headers in wrong:
            answer = partner("POST", "/leads", content=body, headers=headers)
            assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), body[:60]

    def test_a_price_without_measure_is_refused_by_its_name(self, partner: Client) -> None:
        for spelt in ("1e9999999", "-1e9999999", "1e-9999999", "0e" + "9" * 20, "9" * 4000, "0." + "1" * 4000):
            body = '{"dealerAddOnPerKw": ' + spelt + "}"
            answer = partner(
                "POST", "/quotations/price", content=body, headers={"Content-Type": "application/json"}
            )
            assert (answer.status_code, list(answer.json()["validationErrors"])) == (422, ["dealerAddOnPerKw"])


class TestPaths:
    def test_nothing_in_place_of_an_id_is_found(self, http: httpx.Client, admin: Client) -> None:
        paths = http.get("/api/openapi.json").json()["paths"]
        read = [path for path, operations in paths.items() if "get" in operations and "{" in path]
        assert len(read) > 15
        wrong = []
        for template in read:
            for nasty in NASTY:
                path = re.sub(r"\{\w+\}", lambda _, said=nasty: said, template)
                answer = http.get(path, headers=admin.headers)
                if answer.status_code not in (400, 404) or "problem+json" not in answer.headers["content-type"]:
                    wrong.append((path[:80], answer.status_code))
        assert wrong == []

    @pytest.mark.parametrize(
        "path",
        [
            *(
                "//api/v1/leads",
                "/api/v1//leads",
                "/api/v1/leads//",
                "/api/v1/x/../leads",
                "/api/v1/x/%2e%2e/leads",
            ),
            *("/api%2fv1%2fleads", "/api/v1/leads;a=b", "/api/v1/leads%20", "/api/v1/leads%00", "/api/v1/./leads"),
        ],
    )
    def test_another_spelling_is_another_path(self, backend: Backend, partner: Client, path: str) -> None:
        token = partner.headers["Authorization"]
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: {token}\r\n\r\n"
        answer = exchange(backend, head.encode())
        assert status_of(answer) == 404 and b'"ROUTE_UNKNOWN"' in answer

    def test_raw_bytes_in_it_are_no_request(self, backend: Backend) -> None:
        for path in (b"/api/v1/leads/\xff\xfe", b"/api/v1/leads?search=\xff", b"/api/v1/health HTTP/1.1 x"):
            assert (
                status_of(exchange(backend, b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % path))
                == 400
            )

    def test_the_repeated_prefix_leads_nowhere_else(self, backend: Backend) -> None:
        for more in ("%0d%0aSet-Cookie:a=b", "/evil.example", "%2F%2Fevil.example", "..%2f", "x?a=%0d%0aX:y"):
            head = f"GET /api/v1/api/v1/{more} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
            answer = exchange(backend, head.encode())
            places = re.findall(rb"(?im)^location: (.*)\r$", answer)
            assert status_of(answer) == 308 and len(places) == 1 and places[0].startswith(b"/api/v1/")
            assert b"set-cookie" not in answer.lower().replace(places[0].lower(), b"")


class TestMethods:
    def test_others_do_nothing_on_any_path(self, backend: Backend, http: httpx.Client, admin: Client) -> None:
        token, wrong = admin.headers["Authorization"], []
        for path in http.get("/api/openapi.json").json()["paths"]:
            for method in METHODS:
                asked = (
                    f"{method} {re.sub('{.*?}', 'LEAD-1001', path)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                )
                answer = exchange(backend, f"{asked}Authorization: {token}\r\n\r\n".encode())
                if status_of(answer) not in (400, 404, 405, 501) or token.encode() in answer:
                    wrong.append((method, path, answer[:80]))
        assert wrong == []

    @pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"])
    def test_is_the_one_of_the_request_line(self, admin: Client, partner: Client, header: str) -> None:
        assert partner("GET", "/leads/LEAD-1001?_method=PATCH", headers={header: "PATCH"}).status_code == 200
        assert (
            admin("POST", "/leads/LEAD-1001", json={"city": "Surat"}, headers={header: "PATCH"}).status_code == 405
        )

    def test_a_preflight_tells_of_no_record(self, http: httpx.Client) -> None:
        for path in http.get("/api/openapi.json").json()["paths"]:
            answer = http.options(re.sub("{.*?}", "LEAD-1001", path), headers={"Origin": "https://evil.example"})
            assert (answer.status_code, answer.content) == (204, b"")
            assert "access-control-allow-origin" not in answer.headers
