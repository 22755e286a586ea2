"""The web portal over real HTTP: each call of the contract, sent and read as the portal does."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.journeys.clients import portal as reads
from tests.journeys.clients.calls import App, Call
from tests.journeys.clients.reading import count, day, faults, filled, flag, instant, some, text, wrapped
from tests.journeys.clients.world import REMARKS, World

V1 = "/api/v1"
LEAD = wrapped(reads.LISTED_LEAD)
LEADS = wrapped(reads.LEADS)
PAGE = "offset=0&limit=25&sortBy=createdAt&sortOrder=desc"
FILTERS = (
    "status=New Lead&origin=CP&assignedCP=CP-1001&territory=North&state=Gujarat&dateFrom=2026-01-01"
    "&dateTo=2099-12-31&followUpDateFrom=2026-01-01&followUpDateTo=2099-12-31&search=Kavita&customerName=Kavita"
    "&customerPhone={phone}"
)
PASSWORDS = {"newPassword": "Kam-Other-2!", "confirmPassword": "Kam-Other-2!"}
PLACE = {"address": "5 Station Road", "state": "Gujarat", "pinCode": "360001"}
CSV = (
    "customerName,customerPhone,address,state,pinCode,customerEmail,services,requirements,assignedTo,source,"
    "followUpDate,remarks\nKavita Desai,9876543210,5 Station Road,Gujarat,360001,,SRV001,,,website,,\n"
)

CALLS = (
    Call(
        f"POST {V1}/auth/login",
        reads.SIGNED_IN,
        World.new_kam,
        "",
        {
            **{"email": "{email}", "password": "{password}", "rememberMe": True, "deviceId": "web-1"},
            **{"twoFactorCode": "123456", "captchaToken": "x"},
        },
    ),
    Call(f"POST {V1}/auth/logout", {"message": text}, World.new_kam),
    Call(f"POST {V1}/auth/refresh", reads.SESSION, World.new_kam, "", {"refreshToken": "{refreshToken}"}),
    Call(f"POST {V1}/auth/refresh", reads.FAILURE, World.new_kam, status=422, met=False, note="without a body"),
    Call(f"GET {V1}/auth/verify", {"valid": flag, "user?": reads.USER, "message?": text}, who="admin"),
    Call(f"GET {V1}/auth/me", reads.USER, who="admin"),
    Call(f"GET {V1}/auth/me", reads.USER, who="kam", note="as a KAM"),
    Call(
        f"GET {V1}/auth/status",
        {"isAuthenticated": flag, "user?": reads.USER, "tokenExpiry?": instant, "needsRefresh?": flag},
        who="admin",
    ),
    Call(f"PATCH {V1}/auth/profile", reads.USER, World.new_kam, body={"name": "Tara R Rao"}),
    Call(
        f"POST {V1}/auth/change-password",
        {"message": text},
        World.new_kam,
        body={"currentPassword": "{password}", **PASSWORDS},
    ),
    Call(
        f"POST {V1}/auth/forgot-password",
        {"message": text},
        World.new_kam,
        "",
        {"email": "{email}", "captchaToken": "x"},
    ),
    Call(
        f"POST {V1}/auth/reset-password",
        {"message": text},
        World.reset_link,
        "",
        {"token": "{resetToken}", **PASSWORDS},
    ),
    Call(f"GET {V1}/leads?{PAGE}", LEADS, World.lead, "admin"),
    Call(f"GET {V1}/leads?{PAGE}&territories=North,East", LEADS, World.lead, "kam", note="as a KAM"),
    *(
        Call(f"GET {V1}/leads?offset=0&limit=25&sortBy={name}&sortOrder=asc", LEADS, World.lead, "admin", note=name)
        for name in ("updatedAt", "followUpDate", "customerName", "status")
    ),
    Call(f"GET {V1}/leads?{PAGE}&{FILTERS}", LEADS, World.lead, "admin", note="with every filter"),
    Call(
        f"POST {V1}/leads",
        LEAD,
        World.new_phone,
        "admin",
        {
            **{"customerName": "Kavita Desai", "customerPhone": "+91{phone}", "customerEmail": "k@example.com"},
            **{**PLACE, "services": ["SRV001"], "requirements": "3 kW", "assignedTo": "CP-1001"},
            **{"source": "website", "remarks": "Called in the morning"},
        },
        status=201,
    ),
    Call(
        f"PATCH {V1}/leads/{{leadId}}",
        LEAD,
        World.lead,
        "admin",
        {
            **{"customerName": "Kavita R Desai", "customerPhone": "{phone}", "customerEmail": "k@example.com"},
            **{**PLACE, "services": ["SRV002"], "requirements": "5 kW", "followUpDate": "{tomorrow}"},
            "remarks": "Called in the evening",
        },
    ),
    Call(
        f"PATCH {V1}/leads/{{leadId}}/status",
        LEAD,
        World.lead,
        "admin",
        {"status": "Physical Meeting Assigned", "remarks": REMARKS, "followUpDate": "{tomorrow}"},
    ),
    Call(
        f"PATCH {V1}/leads/{{leadId}}/status",
        reads.FAILURE,
        World.lead,
        "kam",
        {"status": "Executed", "remarks": REMARKS},
        status=409,
        met=False,
        note="meant as an override",
    ),
    Call(
        f"PATCH {V1}/leads/{{leadId}}/reassign",
        reads.FAILURE,
        World.lead,
        "admin",
        {"cpId": "CP-1002", "reason": "Nearer to the site"},
        status=428,
        met=False,
    ),
    Call(f"GET {V1}/leads/{{leadId}}/timeline?limit=50", wrapped(reads.TIMELINE), World.won, "admin"),
    Call(
        f"PATCH {V1}/leads/bulk",
        wrapped(reads.BULK),
        World.lead,
        "admin",
        {
            "leadIds": ["{leadId}", "LEAD-1"],
            "updates": {"status": "In Discussion", "remarks": REMARKS, "followUpDate": "{tomorrow}"},
        },
    ),
    Call(
        f"PATCH {V1}/leads/bulk-reassign",
        reads.FAILURE,
        World.lead,
        "admin",
        {"leadIds": ["{leadId}"], "cpId": "CP-1002", "reason": "Nearer to the site"},
        status=428,
        met=False,
    ),
    Call(
        f"POST {V1}/leads/import",
        wrapped(reads.IMPORT),
        who="admin",
        files={"file": ("leads.csv", CSV.encode(), "text/csv")},
    ),
    Call(f"GET {V1}/leads/export?sortBy=createdAt&sortOrder=desc&format=csv", filled, World.lead, "admin"),
    Call(f"GET {V1}/leads/export?format=xlsx", reads.FAILURE, who="admin", status=422, met=False, note="as xlsx"),
    Call(
        f"GET {V1}/notifications?page=1&limit=20&status=all&sortBy=createdAt&sortOrder=desc",
        reads.INBOX,
        World.told_kam,
        "kam",
    ),
    Call(
        f"PATCH {V1}/notifications/{{notificationId}}/read",
        {**reads.NOTE, "readAt": instant},
        World.told_kam,
        "kam",
    ),
    Call(f"PATCH {V1}/notifications/mark-all-read", {"count": count}, World.told_kam, "kam"),
    Call(f"GET {V1}/user/me", {**reads.USER, "updatedAt": instant}, who="admin"),
    Call(
        f"PATCH {V1}/user/me",
        reads.USER,
        World.new_kam,
        body={
            **{"name": "Tara R Rao", "firstName": "Tara", "lastName": "Rao", "phoneNumber": "9876500000"},
            **{"avatar": "", "timezone": "Asia/Kolkata", "language": "en"},
        },
    ),
    Call(
        f"POST {V1}/user/change-password",
        reads.CHANGED,
        World.new_kam,
        body={"currentPassword": "{password}", **PASSWORDS},
    ),
    Call(
        f"POST {V1}/user/avatar",
        reads.FAILURE,
        who="kam",
        files={"avatar": ("me.png", b"x", "image/png")},
        status=404,
        met=False,
    ),
    Call(
        f"GET {V1}/dashboard/metrics?includeDetails=true&limit=10&dateFrom=2026-01-01&dateTo=2099-12-31",
        {**reads.METRICS, "dateRange": {"from": day, "to": day}},
        World.won,
        "admin",
    ),
    Call(
        f"GET {V1}/dashboard/metrics?includeDetails=true&limit=10", reads.METRICS, World.won, "kam", note="as a KAM"
    ),
    Call(f"POST {V1}/dashboard/metrics/refresh", reads.METRICS, World.won, "admin"),
    Call(f"GET {V1}/settings", reads.SETTINGS, who="admin"),
    Call(f"GET {V1}/settings", reads.FAILURE, who="kam", status=403, note="as a KAM"),
    Call(
        f"PATCH {V1}/settings",
        reads.FAILURE,
        who="admin",
        status=422,
        met=False,
        note="with the body that gets lost",
    ),
    Call(
        f"PATCH {V1}/settings",
        reads.FAILURE,
        who="admin",
        body={"sessionTimeoutMin": 45},
        status=428,
        met=False,
        note="without a version",
    ),
    Call(f"GET {V1}/settings/audit?page=1&limit=10", reads.AUDIT, World.changed_settings, "admin"),
    Call(f"GET {V1}/channel-partners", wrapped(reads.PEOPLE), who="admin"),
)

TWICE = (
    "GET /api/v1/leads",
    "POST /api/v1/leads",
    "PATCH /api/v1/leads/{leadId}",
    "POST /api/v1/leads/import",
    "GET /api/v1/notifications",
)

IN_CONTRACT = (
    "POST /api/v1/auth/login",
    "POST /api/v1/auth/logout",
    "POST /api/v1/auth/refresh",
    "GET /api/v1/auth/verify",
    "GET /api/v1/auth/me",
    "GET /api/v1/auth/status",
    "PATCH /api/v1/auth/profile",
    "POST /api/v1/auth/change-password",
    "POST /api/v1/auth/forgot-password",
    "POST /api/v1/auth/reset-password",
    "GET /api/v1/leads",
    "POST /api/v1/leads",
    "PATCH /api/v1/leads/{leadId}",
    "PATCH /api/v1/leads/{leadId}/status",
    "PATCH /api/v1/leads/{leadId}/reassign",
    "GET /api/v1/leads/{leadId}/timeline",
    "PATCH /api/v1/leads/bulk",
    "PATCH /api/v1/leads/bulk-reassign",
    "POST /api/v1/leads/import",
    "GET /api/v1/leads/export",
    "GET /api/v1/notifications",
    "PATCH /api/v1/notifications/{notificationId}/read",
    "PATCH /api/v1/notifications/mark-all-read",
    "GET /api/v1/user/me",
    "PATCH /api/v1/user/me",
    "POST /api/v1/user/change-password",
    "POST /api/v1/user/avatar",
    "GET /api/v1/dashboard/metrics",
    "POST /api/v1/dashboard/metrics/refresh",
    "GET /api/v1/settings",
    "PATCH /api/v1/settings",
    "GET /api/v1/settings/audit",
    "GET /api/v1/channel-partners",
)


@pytest.fixture(scope="module")
def app(http: httpx.Client, world: World) -> App:
    return App(http, world, reads.HEADERS)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_is_answered_as_the_portal_reads_it(app: App, call: Call) -> None:
    app.check(call)


def test_has_every_call_of_the_contract() -> None:
    assert list(dict.fromkeys(call.endpoint for call in CALLS)) == list(IN_CONTRACT)


class TestSignIn:
    def test_gives_a_token_whose_claims_the_portal_can_read(self, app: App) -> None:
        token = app.check(CALLS[0])["token"]
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        assert faults(reads.CLAIMS, claims) == []

    def test_that_fails_says_so_in_a_message(self, app: App, world: World) -> None:
        email = world.new_kam()["email"]
        wrong = Call(f"POST {V1}/auth/login", reads.FAILURE, who="", body={"email": email, "password": "Wrong-1!x"})
        statuses = [app.send(wrong).status_code for _ in range(6)]
        assert statuses == [401, 401, 401, 401, 401, 423]
        locked = app.send(wrong)
        assert int(locked.headers["Retry-After"]) > 0
        shape = {**reads.FAILURE, "lockoutInfo": {"attempts": count, "lockedUntil?": instant}}
        assert faults(shape, locked.json()) == []


class TestPreflight:
    @pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
    def test_lets_the_portals_own_headers_through(self, http: httpx.Client, method: str) -> None:
        wanted = [*reads.OWN_HEADERS, "Authorization", "Content-Type", "If-Match", "Idempotency-Key", "x-user-role"]
        said = http.options(
            f"{V1}/leads",
            headers={
                "Origin": reads.ORIGIN,
                "Access-Control-Request-Method": method,
                "Access-Control-Request-Headers": ",".join(sorted(name.lower() for name in wanted)),
            },
        )
        assert said.status_code == 204
        assert said.headers["Access-Control-Allow-Origin"] == reads.ORIGIN
        allowed = {name.strip().lower() for name in said.headers["Access-Control-Allow-Headers"].split(",")}
        assert {name.lower() for name in wanted} <= allowed
        assert method in said.headers["Access-Control-Allow-Methods"].split(", ")

    def test_answers_no_other_origin(self, http: httpx.Client) -> None:
        said = http.options(f"{V1}/leads", headers={"Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in said.headers

    def test_is_followed_by_answers_whose_headers_the_portal_can_read(self, app: App) -> None:
        said = app.send(Call(f"GET {V1}/leads?limit=1", reads.LEADS, World.lead, "admin"))
        assert said.headers["Access-Control-Allow-Origin"] == reads.ORIGIN
        assert said.headers["X-Correlation-ID"] == reads.OWN_HEADERS["X-Correlation-ID"]
        shown = said.headers["Access-Control-Expose-Headers"].split(", ")
        assert {"ETag", "Retry-After", "X-Correlation-ID"} <= set(shown)


class TestPrefix:
    """With the portal's default base, its lead and notification calls have `/api/v1` twice."""

    @pytest.mark.parametrize("call", [c for c in CALLS if c.endpoint in TWICE], ids=lambda call: call.name)
    def test_may_stand_there_twice(self, app: App, call: Call) -> None:
        app.check(replace(call, request=call.request.replace(V1, V1 + V1, 1)))

    def test_leads_nowhere_else(self, app: App, http: httpx.Client) -> None:
        for path in ("//evil.example/x", "%2F%2Fevil.example", "leads/..%2f..?a=b%26c"):
            said = http.get(f"{V1}{V1}/{path}", headers={"Origin": reads.ORIGIN}, follow_redirects=False)
            assert said.status_code == 308
            assert said.headers["Location"] == f"/api/v1/{path}"
            assert said.headers["Access-Control-Allow-Origin"] == reads.ORIGIN


class TestFaults:
    def test_are_told_field_by_field_and_in_a_message(self, app: App) -> None:
        wrong = {"status": "In Discussion", "remarks": "short", "followUpDate": "2020-01-01"}
        shape = {**reads.FAILURE, "validationErrors": dict.fromkeys(("remarks", "followUpDate"), some(filled))}
        app.check(Call(f"PATCH {V1}/leads/{{leadId}}/status", shape, World.lead, "admin", wrong, status=422))
