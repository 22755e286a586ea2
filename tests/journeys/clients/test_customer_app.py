"""The customer apps over real HTTP: each call of the contract, sent and read as the apps do."""

from __future__ import annotations

import re
from dataclasses import replace

import httpx
import pytest

from tests.journeys.clients import cp_app
from tests.journeys.clients import customer_app as reads
from tests.journeys.clients.calls import App, Call
from tests.journeys.clients.reading import faults, filled, link, page, some, wrapped, yes
from tests.journeys.clients.world import Ids, World

V1 = "/api/v1"
LEADS = wrapped(page(reads.LISTED_LEAD))
QUOTATIONS = wrapped(page(cp_app.QUOTATION_ITEM))
SERVICES = wrapped(page(reads.SERVICE))
EVER = "dateFrom=2026-01-01&dateTo=2099-12-31"
REOPENING = {"reason": "The panels are still not clean"}
TICKET = {"leadId": "{leadId}", "subject": "Panel is dirty", "description": "Please come and see"}

CALLS = (
    Call(f"POST {V1}/auth/login", reads.SIGNED_IN, World.customers_code, "", {"phone": "{phone}", "otp": "{otp}"}),
    Call(f"POST {V1}/auth/logout", {"success": yes}, World.customer, body={}),
    Call(f"GET {V1}/leads?page=1&limit=20", LEADS, World.customer),
    Call(f"GET {V1}/leads?limit=100&sortBy=updatedAt&sortOrder=desc", LEADS, World.customer, note="newest first"),
    Call(f"GET {V1}/leads/{{leadId}}", wrapped(reads.LEAD), World.customer_with_offer),
    Call(
        f"POST {V1}/leads",
        wrapped({"leadId": filled}),
        World.customer,
        body={
            **{"customerName": "Kavita Desai", "phone": "{phone}"},
            **{"address": "5 Station Road, Rajkot, Gujarat 360001", "services": ["SRV001"]},
        },
        status=201,
    ),
    Call(f"GET {V1}/quotations?status=Shared&offset=0&limit=25&owner=me", QUOTATIONS, World.customer_with_offer),
    Call(
        f"GET {V1}/quotations?leadId={{leadId}}&limit=100", QUOTATIONS, World.customer_with_offer, note="of a lead"
    ),
    Call(f"GET {V1}/quotations/{{quotationId}}", wrapped(cp_app.QUOTATION), World.customer_with_offer),
    Call(f"GET {V1}/quotations/{{quotationId}}/pdf", wrapped({"pdfUrl": link}), World.customer_with_offer),
    Call(f"PATCH {V1}/quotations/{{quotationId}}/accept", {"success": yes}, World.customer_with_offer, body={}),
    Call(f"PATCH {V1}/quotations/{{quotationId}}/reject", {"success": yes}, World.customer_with_offer, body={}),
    Call(
        f"PATCH {V1}/quotations/{{quotationId}}/reject",
        reads.FAILURE,
        World.customer_who_accepted,
        body={},
        status=409,
        note="after an accept",
    ),
    Call(
        f"POST {V1}/kycDocuments",
        wrapped({"sasUrl": link}),
        World.customer,
        body={"customerId": "{customerId}", "docType": "PassportPhoto", "leadId": "{leadId}"},
        status=201,
    ),
    Call(
        f"GET {V1}/kycDocuments?leadId={{leadId}}&customerId={{customerId}}",
        wrapped({"documents": some(cp_app.KYC_DOCUMENT)}),
        World.kyc,
    ),
    Call(f"GET {V1}/documents/sas?docId={{docId}}", wrapped({"sasUrl": link}), World.kyc),
    Call(f"GET {V1}/services?active=true", SERVICES, World.customer),
    Call(f"GET {V1}/services/SRV001", wrapped(reads.SERVICE), World.customer),
    Call(
        f"GET {V1}/notifications?page=1&limit=20&status=all&sortBy=createdAt&sortOrder=desc&type=quotation&{EVER}",
        wrapped(reads.INBOX),
        World.told_customer,
    ),
    Call(
        f"GET {V1}/notifications/{{notificationId}}",
        wrapped({"notification": cp_app.NOTIFICATION}),
        World.told_customer,
    ),
    Call(f"GET {V1}/tickets?offset=0&limit=25", reads.FAILURE, World.customer, status=404, met=False),
    Call(f"GET {V1}/tickets/TKT001", reads.FAILURE, World.customer, status=404, met=False),
    Call(f"POST {V1}/tickets", reads.FAILURE, World.customer, body=TICKET, status=404, met=False),
    Call(
        f"POST {V1}/tickets/TKT001/messages",
        reads.FAILURE,
        World.customer,
        body={"message": "Hello"},
        status=404,
        met=False,
    ),
    Call(f"PATCH {V1}/tickets/TKT001/reopen", reads.FAILURE, World.customer, body=REOPENING, status=404, met=False),
    Call(f"GET {V1}/profile", wrapped(reads.PROFILE), World.customer),
    Call(
        f"PATCH {V1}/profile",
        {"success": yes},
        World.customer,
        body={"name": "Kavita R Desai", "email": "kavita@example.com", "phone": "{phone}"},
    ),
)
EARLY_CALLS = (
    Call(
        f"POST {V1}/auth/register",
        {**reads.EARLY_SESSION, "user": reads.EARLY_USER},
        World.asked_code,
        "",
        {
            **{"phone": "{phone}", "otp": "{otp}", "name": "Ravi Rao", "email": "ravi@example.com"},
            **{"address": "5 Station Road", "state": "Gujarat", "pinCode": "360001"},
        },
        status=201,
    ),
    Call(
        f"POST {V1}/auth/refresh-token",
        reads.EARLY_SESSION,
        World.session,
        "",
        {"refreshToken": "{refreshToken}"},
    ),
    Call(f"GET {V1}/auth/me", reads.EARLY_USER, World.customer),
    Call(f"PUT {V1}/auth/profile", reads.EARLY_USER, World.customer, body={"name": "Ravi R", "pinCode": "360002"}),
    Call(
        f"GET {V1}/leads?page=1&limit=20&search=Kavita&sortBy=createdAt&sortOrder=desc&priority=High",
        wrapped(reads.EARLY_PAGE),
        World.customer,
    ),
    Call(f"GET {V1}/leads/{{leadId}}", wrapped(reads.LEAD), World.customer),
    Call(f"POST {V1}/quotations/{{quotationId}}/accept", {"success": yes}, World.customer_with_offer, body={}),
    Call(
        f"POST {V1}/quotations/{{quotationId}}/reject",
        {"success": yes},
        World.customer_with_offer,
        body={"reason": "Too expensive"},
    ),
    Call(f"POST {V1}/auth/logout", {"success": yes}, World.customer),
    # what the early app would call and we do differently
    Call(
        f"POST {V1}/auth/send-otp", reads.FAILURE, World.new_phone, "", {"phone": "{phone}"}, status=404, met=False
    ),
    Call(
        f"POST {V1}/auth/verify-otp",
        reads.FAILURE,
        World.asked_code,
        "",
        {"phone": "{phone}", "otp": "{otp}"},
        status=404,
        met=False,
    ),
    Call(
        f"DELETE {V1}/auth/delete-account",
        reads.FAILURE,
        World.customer,
        body={"password": "x"},
        status=404,
        met=False,
    ),
    Call(
        f"POST {V1}/leads",
        reads.FAILURE,
        World.customer,
        body={"services": ["SRV001"], "address": "5 Station Road", "state": "Gujarat", "pinCode": "360001"},
        status=422,
        met=False,
    ),
    Call(
        f"POST {V1}/auth/change-password",
        reads.FAILURE,
        World.customer,
        body={"currentPassword": "x", "newPassword": "y"},
        status=403,
        met=False,
    ),
    Call(
        f"PUT {V1}/leads/{{leadId}}",
        reads.FAILURE,
        World.customer,
        body={"priority": "High"},
        status=405,
        met=False,
    ),
    Call(f"DELETE {V1}/leads/{{leadId}}", reads.FAILURE, World.customer, status=405, met=False),
    Call(f"GET {V1}/leads/{{leadId}}/quotations", reads.FAILURE, World.customer_with_offer, status=404, met=False),
    Call(f"GET {V1}/leads/{{leadId}}/documents", reads.FAILURE, World.customer, status=404, met=False),
    Call(
        f"POST {V1}/leads/{{leadId}}/documents",
        reads.FAILURE,
        World.customer,
        files={"file": ("bill.pdf", b"%PDF-1.4", "application/pdf")},
        status=404,
        met=False,
    ),
    Call(f"GET {V1}/services/categories", reads.FAILURE, World.customer, status=404, met=False),
    Call(f"GET {V1}/services/search?q=solar", reads.FAILURE, World.customer, status=404, met=False),
)

IN_CONTRACT = (
    "POST /api/v1/auth/login",
    "POST /api/v1/auth/logout",
    "GET /api/v1/leads",
    "GET /api/v1/leads/{leadId}",
    "POST /api/v1/leads",
    "GET /api/v1/quotations",
    "GET /api/v1/quotations/{quotationId}",
    "GET /api/v1/quotations/{quotationId}/pdf",
    "PATCH /api/v1/quotations/{quotationId}/accept",
    "PATCH /api/v1/quotations/{quotationId}/reject",
    "POST /api/v1/kycDocuments",
    "GET /api/v1/kycDocuments",
    "GET /api/v1/documents/sas",
    "GET /api/v1/services",
    "GET /api/v1/services/SRV001",
    "GET /api/v1/notifications",
    "GET /api/v1/notifications/{notificationId}",
    "GET /api/v1/tickets",
    "GET /api/v1/tickets/TKT001",
    "POST /api/v1/tickets",
    "POST /api/v1/tickets/TKT001/messages",
    "PATCH /api/v1/tickets/TKT001/reopen",
    "GET /api/v1/profile",
    "PATCH /api/v1/profile",
)
IN_CONTRACT_EARLY = (
    "POST /api/v1/auth/register",
    "POST /api/v1/auth/refresh-token",
    "GET /api/v1/auth/me",
    "PUT /api/v1/auth/profile",
    "GET /api/v1/leads",
    "GET /api/v1/leads/{leadId}",
    "POST /api/v1/quotations/{quotationId}/accept",
    "POST /api/v1/quotations/{quotationId}/reject",
    "POST /api/v1/auth/logout",
    "POST /api/v1/auth/send-otp",
    "POST /api/v1/auth/verify-otp",
    "DELETE /api/v1/auth/delete-account",
    "POST /api/v1/leads",
    "POST /api/v1/auth/change-password",
    "PUT /api/v1/leads/{leadId}",
    "DELETE /api/v1/leads/{leadId}",
    "GET /api/v1/leads/{leadId}/quotations",
    "GET /api/v1/leads/{leadId}/documents",
    "POST /api/v1/leads/{leadId}/documents",
    "GET /api/v1/services/categories",
    "GET /api/v1/services/search",
)


@pytest.fixture(scope="module")
def app(http: httpx.Client, world: World) -> App:
    return App(http, world, reads.HEADERS)


@pytest.mark.parametrize("call", [*CALLS, *EARLY_CALLS], ids=lambda call: call.name)
def test_is_answered_as_the_apps_read_it(app: App, call: Call) -> None:
    app.check(call)


@pytest.mark.parametrize(("calls", "rows"), [(CALLS, IN_CONTRACT), (EARLY_CALLS, IN_CONTRACT_EARLY)])
def test_has_every_call_of_the_contract(calls: tuple[Call, ...], rows: tuple[str, ...]) -> None:
    assert list(dict.fromkeys(call.endpoint for call in calls)) == list(rows)


A_LIST = "of a lead"  # a filter that finds nothing of a stranger's
OF_SOMEBODY = [
    c
    for c in CALLS
    if c.met and c.note != A_LIST and re.search(r"\{(lead|quotation|doc|notification)Id\}", c.request)
]


class TestWhatIsNotTheirs:
    """A 403 signs the apps out, so whatever a customer can't see isn't there: 404 (client-contract.md §1)."""

    @pytest.mark.parametrize("call", OF_SOMEBODY, ids=lambda call: call.name)
    def test_is_not_found(self, app: App, world: World, call: Call) -> None:
        def by_a_stranger(world: World) -> Ids:
            return {**world.seen(call.given), "who": world.stranger()}

        app.check(replace(call, given=by_a_stranger, reads=reads.FAILURE, status=404))


class TestSignInThatFails:
    def test_is_401_and_then_423_with_the_time_to_wait(self, app: App, world: World) -> None:
        ids = world.asked_code()
        wrong = Call(f"POST {V1}/auth/login", reads.FAILURE, who="", body={"phone": ids["phone"], "otp": "000000"})
        assert [app.send(wrong).status_code for _ in range(6)] == [401] * 5 + [423]
        locked = app.send(wrong)
        assert int(locked.headers["Retry-After"]) > 0 and faults(reads.FAILURE, locked.json()) == []
