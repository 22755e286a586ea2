"""The CP app over real HTTP: each call of the contract, sent as the app sends it and read as the app reads it."""

from __future__ import annotations

import httpx
import pytest

from tests.journeys.clients import cp_app as reads
from tests.journeys.clients.calls import App, Call
from tests.journeys.clients.reading import count, equal, filled, like, link, page, some, wrapped, yes
from tests.journeys.clients.world import REMARKS, SYSTEM, World

V1 = "/api/v1"
ADDRESS = "5 Station Road, Rajkot, Gujarat 360001"
LEADS = wrapped(page(reads.LISTED_LEAD))
QUOTATIONS = wrapped(page(reads.QUOTATION_ITEM))
UPLOAD = wrapped({"sasUrl": link})
UNREAD = "page=1&limit=20&status=unread&sortBy=createdAt&sortOrder=desc"
EVER = "2026-01-01T00:00:00.000Z,2099-12-31T23:59:59.999Z"

CALLS = (
    Call("POST /auth/login", wrapped({"otpSent": yes}), World.new_phone, "", {"phone": "{phone}"}),
    Call(f"POST {V1}/auth/login", reads.SIGNED_IN, World.partners_code, "", {"phone": "{phone}", "otp": "{otp}"}),
    Call(f"GET {V1}/leads?page=1&limit=20", LEADS, World.lead, note="on a screen"),
    Call(f"GET {V1}/leads?offset=0&limit=25", LEADS, World.lead, note="in a sync"),
    Call(f"GET {V1}/leads/summary", wrapped({**reads.HOME, **reads.STORED_COUNTERS}), World.won),
    Call(
        f"POST {V1}/leads",
        wrapped({"leadId": filled}),
        World.new_phone,
        body={"customerName": "Kavita Desai", "phone": "{phone}", "address": ADDRESS, "services": ["SRV001"]},
        status=201,
    ),
    Call(f"GET {V1}/leads/{{leadId}}", wrapped(reads.LEAD), World.shared),
    Call(
        f"PATCH {V1}/leads/{{leadId}}/status",
        {"success": yes},
        World.lead,
        body={"status": "In Discussion", "remarks": REMARKS, "followUpDate": "{tomorrow}T06:30:00.000Z"},
    ),
    Call(
        f"PATCH {V1}/leads/{{leadId}}/status",
        {"success": yes},
        World.won,
        body={
            **{"status": "Pending at Solarium", "remarks": REMARKS, "quotationRef": "{quotationId}"},
            "followUpDate": "{tomorrow}T06:30:00.000Z",
        },
        note="with a reference",
    ),
    Call(
        f"PATCH {V1}/leads/{{leadId}}/status",
        reads.FAILURE,
        World.accepted,
        body={"status": "Won", "remarks": REMARKS, "quotationRef": "{quotationId}"},
        status=428,
        note="to Won",
    ),
    Call(
        f"GET {V1}/customers/check-phone?phone={{phone}}",
        wrapped({"exists": yes, "customer": dict.fromkeys(("customerId", "name", "phone"), filled)}),
        World.lead,
        note="known",
    ),
    Call(
        f"GET {V1}/customers/check-phone?phone={{phone}}",
        {"success": yes, "exists": equal(False)},
        World.new_phone,
        status=404,
        note="unknown",
    ),
    Call(f"GET {V1}/quotations?leadId={{leadId}}&offset=0&limit=25", QUOTATIONS, World.shared, note="of a lead"),
    Call(f"GET {V1}/quotations?offset=0&limit=25", QUOTATIONS, World.shared, note="in a sync"),
    Call(f"GET {V1}/quotations/{{quotationId}}", wrapped(reads.QUOTATION), World.accepted),
    Call(
        f"POST {V1}/quotations",
        wrapped({"quotationId": like(r"QUOT-\d+")}),
        World.lead,
        body={"leadId": "{leadId}", **SYSTEM},
        status=201,
    ),
    Call(f"PATCH {V1}/quotations/{{quotationId}}/share", {"success": yes}, World.quotation),
    Call(f"PATCH {V1}/quotations/{{quotationId}}/accept", reads.FAILURE, World.shared, status=403),
    Call(f"PATCH {V1}/quotations/{{quotationId}}/reject", reads.FAILURE, World.shared, status=403),
    Call(f"GET {V1}/quotations/{{quotationId}}/pdf", wrapped({"pdfUrl": link}), World.shared),
    Call(
        f"POST {V1}/leadDocuments",
        UPLOAD,
        World.lead,
        body={"leadId": "{leadId}", "docType": "GENERAL"},
        status=201,
    ),
    Call(
        f"POST {V1}/leadDocuments",
        reads.FAILURE,
        World.full_of_documents,
        body={"leadId": "{leadId}", "docType": "GENERAL"},
        status=409,
        note="an eighth",
    ),
    Call(
        f"GET {V1}/leadDocuments?leadId={{leadId}}",
        wrapped({"documents": some(reads.LEAD_DOCUMENT)}),
        World.document,
    ),
    *(
        Call(
            f"POST {V1}/kycDocuments",
            UPLOAD,
            World.lead,
            body={"leadId": "{leadId}", "customerId": "{customerId}", "docType": doc_type},
            status=201,
            note=doc_type,
        )
        for doc_type in ("PAN", "AADHAAR", "Aadhaar Card")
    ),
    Call(
        f"GET {V1}/kycDocuments?customerId={{customerId}}",
        wrapped({"documents": some(reads.KYC_DOCUMENT)}),
        World.kyc_seen_by_partner,
    ),
    Call(f"GET {V1}/documents/sas?docId={{docId}}", UPLOAD, World.document),
    Call(f"GET {V1}/customers?limit=20&offset=0&search=Kavita", wrapped(page(reads.CUSTOMER_ITEM)), World.lead),
    Call(f"GET {V1}/customers?limit=100", wrapped(page(reads.CUSTOMER_ITEM)), World.lead, note="for a phone"),
    Call(f"GET {V1}/customers/{{customerId}}", wrapped(reads.CUSTOMER), World.won),
    Call(f"GET {V1}/services?status=Active&offset=0&limit=25", wrapped(page(reads.SERVICE))),
    Call(
        f"GET {V1}/commissions?limit=25&offset=0&status=pending&dateRange={EVER}&cpId=CP-1001",
        wrapped(page(reads.COMMISSION_ITEM)),
        World.won,
    ),
    Call(f"GET {V1}/commissions/{{commissionId}}", wrapped(reads.COMMISSION), World.won),
    Call("GET /api/master-data?activeOnly=true&_t=1764075600000", wrapped(reads.MASTER_DATA)),
    Call(
        "GET /api/master-data?activeOnly=true&category=panels",
        wrapped({"panels": some(reads.PANEL)}),
        note="one category",
    ),
    Call(f"GET {V1}/notifications?{UNREAD}", wrapped(reads.INBOX), World.won),
    Call(f"GET {V1}/notifications/unread-count", {"data": {"count": count}}, World.won),
)

IN_CONTRACT = (
    "POST /auth/login",
    "POST /api/v1/auth/login",
    "GET /api/v1/leads",
    "GET /api/v1/leads/summary",
    "POST /api/v1/leads",
    "GET /api/v1/leads/{leadId}",
    "PATCH /api/v1/leads/{leadId}/status",
    "GET /api/v1/customers/check-phone",
    "GET /api/v1/quotations",
    "GET /api/v1/quotations/{quotationId}",
    "POST /api/v1/quotations",
    "PATCH /api/v1/quotations/{quotationId}/share",
    "PATCH /api/v1/quotations/{quotationId}/accept",
    "PATCH /api/v1/quotations/{quotationId}/reject",
    "GET /api/v1/quotations/{quotationId}/pdf",
    "POST /api/v1/leadDocuments",
    "GET /api/v1/leadDocuments",
    "POST /api/v1/kycDocuments",
    "GET /api/v1/kycDocuments",
    "GET /api/v1/documents/sas",
    "GET /api/v1/customers",
    "GET /api/v1/customers/{customerId}",
    "GET /api/v1/services",
    "GET /api/v1/commissions",
    "GET /api/v1/commissions/{commissionId}",
    "GET /api/master-data",
    "GET /api/v1/notifications",
    "GET /api/v1/notifications/unread-count",
)


@pytest.fixture(scope="module")
def app(http: httpx.Client, world: World) -> App:
    return App(http, world, reads.HEADERS)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_is_answered_as_the_app_reads_it(app: App, call: Call) -> None:
    app.check(call)


def test_has_every_call_of_the_contract() -> None:
    assert list(dict.fromkeys(call.endpoint for call in CALLS)) == list(IN_CONTRACT)
