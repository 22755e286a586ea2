"""What the generated requests need to meet something: people of each role, and ids of records that are theirs.

Runs against a backend as `make run` starts it; writes nothing but through the API. No tests here.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from local.demo import CONFIGURATION
from tests.domain.documents.files import A_JPEG

ROLES = ("nobody", "Customer", "CP", "KAM", "Admin")
"""Who may do most comes last: an Admin changes the prices and the people that the others work with."""
WHY = "The customer asked for it"
_STAFF = {"Admin": ("admin@example.com", "Admin-Demo-1!"), "KAM": ("kam@example.com", "Kam-Demo-1!")}
_KYC = ("LightBill", "PAN", "IncomeProof", "Aadhaar", "PassportPhoto")


@dataclass
class Office:
    """Makes the records; `numbers` are phones that nobody has used."""

    base: str
    outbox: Path
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=60))
    numbers: Any = field(default_factory=lambda: itertools.count(9_700_000_000))
    tokens: dict[str, str] = field(default_factory=dict)

    def sign_in(self, role: str, phone: str = "9000000001") -> str:
        """A new session's access token."""
        if role in _STAFF:
            email, password = _STAFF[role]
            return str(self._login(email=email, password=password)["token"])
        self._login(phone=phone)
        sent = [json.loads(line) for line in self.outbox.read_text().splitlines()]
        code = [m["otp"] for m in sent if m["to"].endswith(phone) and "otp" in m][-1]
        return str(self._login(phone=phone, otp=code)["accessToken"])

    def ask(self, role: str, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """A request that has to succeed."""
        sent = {"Authorization": f"Bearer {self.tokens[role]}", **headers}
        said = self.http.request(method, self.base + "/api/v1" + path, json=body, headers=sent)
        assert said.is_success, f"{method} {path}: {said.status_code} {said.text}"
        return said

    def make(self, role: str, path: str, **body: Any) -> dict[str, Any]:
        """The data of what a POST made."""
        return self.ask(role, "POST", path, body).json()["data"]

    def phone(self) -> str:
        """A new one."""
        return str(next(self.numbers))

    def lead(self, phone: str | None = None) -> str:
        """A new lead of CP-1001's."""
        new = {"customerName": "Kavita Desai", "address": "5 Station Road", "phone": phone or self.phone()}
        return str(self.make("CP", "/leads", **new)["id"])

    def quotation(self, lead_id: str, shared: bool = True) -> str:
        """A new quotation of it."""
        made = str(self.make("CP", "/quotations", leadId=lead_id, **CONFIGURATION)["id"])
        if shared:
            self.ask("CP", "PATCH", f"/quotations/{made}/share")
        return made

    def executed(self) -> str:
        """The commission of a lead that was forced to Executed."""
        lead = self.lead()
        body = {"status": "Executed", "remarks": WHY, "override": True, "overrideReason": WHY}
        tag = self.ask("Admin", "GET", f"/leads/{lead}").headers["ETag"]
        moved = {**body, "quotationRef": self.quotation(lead)}
        tag = self.ask("Admin", "GET", f"/leads/{lead}").headers["ETag"]
        self.ask("Admin", "PATCH", f"/leads/{lead}/status", moved, **{"If-Match": tag})
        return f"COMM-{lead[5:]}01"

    def document(self, path: str, *, complete: bool, **body: Any) -> str:
        """A document whose file was put."""
        made = self.make("CP", path, **body)
        headers = {"Content-Type": "image/jpeg", "x-ms-blob-type": "BlockBlob"}
        self.http.put(made["sasUrl"], content=A_JPEG, headers=headers).raise_for_status()
        if complete:
            self.ask("CP", "POST", f"/documents/{made['docId']}/complete", {})
        return str(made["docId"])

    def person(self, kind: str) -> str:
        """A partner or a KAM who never signs in, for whatever may be done to one."""
        phone = self.phone()
        more = {"email": f"k{phone}@example.com", "password": "Kam-Test-1!"} if kind == "kams" else {}
        return str(self.make("Admin", f"/{kind}", name="Tara Rao", phone=phone, **more)["id"])

    def _login(self, **body: str) -> dict[str, Any]:
        said = self.http.post(self.base + "/api/v1/auth/login", json=body)
        assert said.status_code == 200, said.text
        return said.json()


def made_at(base: str, outbox: Path, *, copies: int) -> dict[str, Any]:
    """Tokens and spare tokens per role, and for each name of an id those that exist: `copies` of each record."""
    office = Office(base, outbox)
    mine = office.phone()
    office.tokens = {role: office.sign_in(role) for role in ("Admin", "KAM", "CP")}
    open_leads = [office.lead(mine), *(office.lead() for _ in range(copies))]
    shared = [office.quotation(lead) for lead in open_leads for _ in range(2)]
    mine_shared = [office.quotation(office.lead(mine)) for _ in range(copies)]
    office.tokens["Customer"] = office.sign_in("Customer", mine)
    unshared = [office.quotation(lead, shared=False) for lead in open_leads for _ in range(2)]
    drafts = [office.make("KAM", "/quotations", leadId=x, draft=True, **CONFIGURATION)["id"] for x in open_leads]
    me = office.ask("Customer", "GET", "/auth/me").json()["data"]["id"]
    strangers = [office.make("Admin", "/customers", name="Asha", phone=office.phone())["id"] for _ in range(copies)]
    documents = [
        office.document("/leadDocuments", complete=done, leadId=lead)
        for lead in open_leads[:4]
        for done in (True, True, False, False, False)
    ]
    kyc = [office.document("/kycDocuments", complete=True, customerId=me, docType=kind) for kind in _KYC]
    ids = {
        "leadId": [*open_leads, *(office.lead() for _ in range(copies))],
        "customerId": strangers,
        "ownCustomerId": [me],
        "quotationId": [*shared, *mine_shared, *unshared, *drafts],
        "ownQuotationId": mine_shared,
        "draftId": drafts,
        "commissionId": [office.executed() for _ in range(copies)],
        "documentId": documents,
        "kycId": kyc,
        "partnerId": [office.person("channel-partners") for _ in range(copies)],
        "kamId": [office.person("kams") for _ in range(copies)],
        "phone": [office.phone() for _ in range(20 * copies)],
        "notificationId": [
            note["id"] for note in office.ask("CP", "GET", "/notifications?limit=50").json()["data"]["items"]
        ],
    }
    spare = {
        role: [office.sign_in(role, mine if role == "Customer" else "9000000001") for _ in range(3)]
        for role in ROLES
        if role != "nobody"
    }
    return {"tokens": {**office.tokens, "nobody": None}, "spare": spare, "ids": ids}


def people_at(base: str, outbox: Path, *, phone: str) -> dict[str, Any]:
    """Tokens of an Admin, a partner and a customer with a lead of that partner's, and the customer's phone."""
    office = Office(base, outbox)
    office.tokens = {role: office.sign_in(role) for role in ("Admin", "CP")}
    office.lead(phone)
    office.tokens["Customer"] = office.sign_in("Customer", phone)
    return {"tokens": office.tokens, "spare": {}, "ids": {}, "customersPhone": phone}
