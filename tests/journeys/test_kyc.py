"""KYC over real HTTP: the customer uploads, the KAM reviews, nobody else sees anything."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.domain.documents.files import A_JPEG, a_png
from tests.journeys.conftest import Client
from tests.journeys.test_documents import put


def listed(client: Client, **query: Any) -> list[dict[str, Any]]:
    said = client("GET", "/kycDocuments", params=query)
    assert said.status_code == 200, said.text
    return said.json()["data"]["documents"]


def told_titles(who: Client, document_id: str, action: str) -> list[str]:
    """What somebody was told of a document; waits for it, since it is told after the answer."""
    wanted = {"documentId": document_id, "action": action}
    titles: list[str] = []
    for _ in range(100):
        said = who("GET", "/notifications?limit=100").json()["notifications"]
        titles = [n["title"] for n in said if wanted.items() <= n["metadata"].items()]
        if titles:
            break
        time.sleep(0.05)
    return titles


@pytest.fixture
def lead(new_lead: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    return new_lead()


@pytest.fixture
def upload(lead: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    def add(client: Client, doc_type: str = "PAN", content: bytes = A_JPEG) -> dict[str, Any]:
        body = {"customerId": lead["customerId"], "docType": doc_type, "leadId": lead["id"]}
        said = client("POST", "/kycDocuments", json=body)
        assert said.status_code == 201, said.text
        made: dict[str, Any] = said.json()["data"]
        assert put(made, content) == 201
        return made

    return add


class TestKyc:
    def test_is_uploaded_rejected_replaced_approved_and_locked(
        self,
        partner: Client,
        kam: Client,
        by_phone: Callable[[str], Client],
        phone: str,
        lead: dict[str, Any],
        upload: Callable[..., dict[str, Any]],
    ) -> None:
        customer, customer_id = by_phone(phone), lead["customerId"]
        first = upload(customer)
        assert first["docId"].startswith("KYC-DOC-")
        assert [d["status"] for d in listed(partner, customerId=customer_id)] == ["Pending"]
        link = kam("GET", "/documents/sas", params={"docId": first["docId"]}).json()["data"]
        assert httpx.get(link["sasUrl"]).content == A_JPEG
        rejected = kam("PATCH", f"/kycDocuments/{first['docId']}/reject", json={"reason": "Not readable"})
        assert (rejected.status_code, rejected.json()["data"]["status"]) == (200, "Rejected")
        [told] = listed(customer)
        assert (told["status"], told["reason"]) == ("Rejected", "Not readable")
        second = upload(customer, content=a_png())
        done = customer("POST", f"/documents/{second['docId']}/complete")
        assert (done.status_code, done.json()["data"]["status"]) == (200, "Pending")
        assert [d["docId"] for d in listed(customer, customerId=customer_id)] == [second["docId"]]
        versions = listed(customer, customerId=customer_id, includeInactive=True)
        assert [d["status"] for d in versions] == ["Superseded", "Pending"]
        approved = kam("PATCH", f"/kycDocuments/{second['docId']}/approve")
        assert (approved.status_code, approved.json()["data"]["status"]) == (200, "Approved")
        for who in (customer, partner):
            assert told_titles(who, second["docId"], "KycApproved") == ["Document approved"]
            assert told_titles(who, first["docId"], "KycRejected") == ["Document rejected"]
        body = {"customerId": customer_id, "docType": "PAN"}
        again = customer("POST", "/kycDocuments", json=body)
        assert (again.status_code, again.json()["error"]["code"]) == (409, "KYC_LOCKED")

    def test_is_hidden_from_strangers_and_reviewed_by_no_partner(
        self,
        partner: Client,
        other_partner: Client,
        nobody: Client,
        by_phone: Callable[[str], Client],
        lead: dict[str, Any],
        upload: Callable[..., dict[str, Any]],
    ) -> None:
        made = upload(partner)
        stranger = by_phone("9811111111")
        calls = (
            ("GET", "/kycDocuments", {"params": {"customerId": lead["customerId"]}}),
            ("GET", "/kycDocuments", {"params": {"leadId": lead["id"]}}),
            ("GET", "/documents/sas", {"params": {"docId": made["docId"]}}),
            ("POST", f"/documents/{made['docId']}/complete", {}),
            ("DELETE", f"/documents/{made['docId']}", {}),
            ("POST", "/kycDocuments", {"json": {"customerId": lead["customerId"], "docType": "PAN"}}),
        )
        for method, path, options in calls:
            assert nobody(method, path, **options).status_code == 401
            for client in (other_partner, stranger):
                assert client(method, path, **options).status_code == 404, (method, path)
        for client in (partner, stranger):
            assert client("PATCH", f"/kycDocuments/{made['docId']}/approve").status_code == 403

    def test_says_what_is_wrong_with_a_request(self, partner: Client, kam: Client, lead: dict[str, Any]) -> None:
        body = {"customerId": lead["customerId"], "docType": "RationCard"}
        said = partner("POST", "/kycDocuments", json=body)
        assert (said.status_code, list(said.json()["validationErrors"])) == (422, ["docType"])
        assert partner("GET", "/kycDocuments").status_code == 400
        missing = kam("PATCH", "/kycDocuments/KYC-DOC-1001-000000000000/reject", json={})
        assert (missing.status_code, list(missing.json()["validationErrors"])) == (422, ["reason"])
