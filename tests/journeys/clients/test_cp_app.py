"""The CP app over real HTTP: each call of the contract, sent as the app sends it and read as the app reads it."""

from __future__ import annotations

import math
import re

import httpx
import pytest

from tests.domain.documents.files import A_JPEG
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
BLOB_HEADERS = {"Content-Type": "image/jpeg", "x-ms-blob-type": "BlockBlob"}
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
        met=False,
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
    Call(f"PATCH {V1}/quotations/{{quotationId}}/accept", reads.FAILURE, World.shared, status=403, met=False),
    Call(f"PATCH {V1}/quotations/{{quotationId}}/reject", reads.FAILURE, World.shared, status=403, met=False),
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


class TestSync:
    def test_walks_all_pages_and_skips_no_lead(self, app: App, world: World) -> None:
        """As SyncManager does: pages of `limit`, as many as ceil(total / limit), each item guarded."""
        mine = {world.lead()["leadId"] for _ in range(3)}
        first = app.check(Call(f"GET {V1}/leads?offset=0&limit=2", LEADS))["data"]
        found = [lead["leadId"] for lead in first["items"]]
        for n in range(1, math.ceil(first["total"] / first["limit"])):
            more = app.check(Call(f"GET {V1}/leads?offset={n * 2}&limit=2", LEADS))["data"]
            assert (more["offset"], more["limit"], more["total"]) == (n * 2, 2, first["total"])
            found += [lead["leadId"] for lead in more["items"]]
        assert len(found) == len(set(found)) == first["total"]
        assert mine <= set(found)

    def test_of_a_partner_with_nothing_reads_empty_pages(self, app: App, world: World) -> None:
        new = world.new_partner()["who"]
        for path in ("leads", "quotations", "commissions", "customers"):
            said = app.http.get(f"{V1}/{path}?offset=0&limit=25", headers=new.headers)
            told = {n: said.json()["data"][n] for n in ("items", "total", "offset", "limit")}
            assert told == {"items": [], "total": 0, "offset": 0, "limit": 25}, path


class TestLeadOfTheApp:
    def test_has_the_state_and_pin_code_that_stand_in_its_address(self, app: App, world: World) -> None:
        """The app sends one text; the portal filters by state."""
        lead_id = world.lead()["leadId"]
        found = world.do("admin", "GET", "/leads", params={"search": lead_id, "state": "Gujarat"})["items"]
        assert [(lead["leadId"], lead["state"], lead["pinCode"]) for lead in found] == [
            (lead_id, "Gujarat", "360001")
        ]


class TestUpload:
    def test_is_taken_into_use_though_the_app_never_says_that_it_is_done(self, app: App, world: World) -> None:
        """Whoever asks for the file is who notices that it has arrived; else a timer does, a minute later."""
        ids = world.lead()
        ask = Call(
            f"POST {V1}/leadDocuments",
            UPLOAD,
            lambda _: ids,
            body={"leadId": "{leadId}", "docType": "GENERAL"},
            status=201,
        )
        made = app.check(ask)["data"]
        assert httpx.put(made["sasUrl"], content=A_JPEG, headers=BLOB_HEADERS).is_success
        ids["docId"] = made["docId"]
        link = app.check(Call(f"GET {V1}/documents/sas?docId={{docId}}", UPLOAD, lambda _: ids))["data"]["sasUrl"]
        assert httpx.get(link).content == A_JPEG
        listed = Call(f"GET {V1}/leadDocuments?leadId={{leadId}}", {}, lambda _: {**ids})
        [document] = app.check(listed)["data"]["documents"]
        assert document["status"] == "uploaded"

    def test_with_a_link_that_is_no_good_is_refused_with_403(self, app: App) -> None:
        """Which the app reads as: the link has expired."""
        link = app.check(next(c for c in CALLS if c.endpoint == "POST /api/v1/leadDocuments"))["data"]["sasUrl"]
        spoilt = re.sub(r"sig=[^&]{4}", "sig=AAAA", link)
        assert httpx.put(spoilt, content=A_JPEG, headers=BLOB_HEADERS).status_code == 403

    def test_says_in_its_message_that_seven_are_the_most(self, app: App) -> None:
        eighth = app.check(next(c for c in CALLS if c.note == "an eighth"))
        assert "Maximum 7 documents per lead allowed" in eighth["message"]
        assert "Maximum 7 documents per lead allowed" in eighth["error"]["message"]


class TestSignInThatFails:
    def test_is_401_for_a_wrong_code_and_for_a_token_that_is_no_good(self, app: App, world: World) -> None:
        phone = world.asked_code()["phone"]
        wrong = Call(
            f"POST {V1}/auth/login", reads.FAILURE, who="", body={"phone": phone, "otp": "000000"}, status=401
        )
        app.check(wrong)
        app.check(
            Call(
                f"GET {V1}/leads",
                reads.FAILURE,
                lambda _: {"headers": {"Authorization": "Bearer x.y.z"}},
                "",
                status=401,
            )
        )
