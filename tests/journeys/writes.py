"""One request for each endpoint that writes, which would be carried out as it stands: what bad ones are made from.

The critical ones come from `critical.Office`. A new endpoint that writes needs a case here or there; a test compares
them with what the application says. No tests here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx

from local.demo import CONFIGURATION
from tests.conftest import Backend
from tests.domain.documents.files import A_JPEG
from tests.journeys.conftest import Client, a_phone, sent_to
from tests.journeys.critical import WHY, Made, Office

PASSWORD, NEXT_PASSWORD = "Kam-Test-1!", "Kala-Pass-1!"
_SHEET = "customerName,customerPhone,address,state,pinCode\r\nKavita,{phone},5 Station Road,Gujarat,380001\r\n"


@dataclass(frozen=True)
class Case:
    """A request, and who makes it. `headers` name the version that it needs, if it is critical."""

    who: Client
    method: str
    path: str
    body: Made | None = None
    sheet: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, **instead: Any) -> httpx.Response:
        """The request, with `json`, `content` or `headers` instead of its own."""
        sent: dict[str, Any] = {"json": self.body} if self.sheet is None else {"content": self.sheet}
        if {"json", "content"} & instead.keys():
            sent = {}
        own = {"Content-Type": "text/csv"} if self.sheet is not None else {}
        headers = {**self.who.headers, **own, **self.headers, **instead.pop("headers", {})}
        return self.who.http.request(self.method, self.path, headers=headers, **sent, **instead)


@dataclass(frozen=True)
class Writes:
    """Prepares the cases: each has records of its own, so that they may be carried out in any order."""

    backend: Backend
    office: Office
    partner: Client
    nobody: Client
    by_phone: Callable[[str], Client]
    numbers: Any = field(default_factory=count)

    def cases(self) -> dict[str, Case]:
        """By the name of the function, all of them."""
        critical = {name: self._critical(*case()) for name, case in self.office.cases().items()}
        return {
            **critical,
            **self._own_items(),
            **self._access(),
            **self._people(),
            **self._records(),
            **self._files(),
        }

    def _critical(self, method: str, path: str, content: Made) -> Case:
        admin, body = self.office.admin, content.get("json")
        if "leadIds" in (body or {}):
            body = {**body, "versions": dict.fromkeys(body["leadIds"], 1)}
            return Case(admin, method, "/api/v1" + path, body)
        places = [path.replace("/import", "/export"), path.rpartition("/")[0]]  # a record, or what holds it
        found = (admin("GET", place) for place in places)
        tag = next(said.headers["ETag"] for said in found if said.status_code == 200)
        return Case(admin, method, "/api/v1" + path, body, content.get("content"), {"If-Match": tag})

    def _own_items(self) -> dict[str, Case]:
        """Not those that others quote from, and a kind that the other cases leave as it is."""
        admin, day = self.office.admin, (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
        item, other = (
            f"/masterdata/panels/{self._made(admin, '/masterdata/panels', **_a_panel())['id']}" for _ in "ab"
        )
        states = admin("GET", "/masterdata/states/export")
        return {
            "ChangeItem": self._critical("PATCH", item, {"json": {"unitPrice": 1, "effectiveFrom": day}}),
            "DeactivateItem": self._critical("PATCH", f"{other}/deactivate", {"json": {"reason": WHY}}),
            "ImportItems": self._critical("POST", "/masterdata/states/import", {"content": states.content}),
            "AddItem": self._as(admin, "POST", "/masterdata/panels", **_a_panel()),
        }

    def _access(self) -> dict[str, Case]:
        login, nobody = "/auth/login", self.nobody
        staff = [self._signed_in(self._kam()) for _ in range(5)]
        password = {"currentPassword": PASSWORD, "newPassword": NEXT_PASSWORD, "confirmPassword": NEXT_PASSWORD}
        token = {"token": self._mailed_token(), "newPassword": NEXT_PASSWORD}
        old = [str(said["refreshToken"]) for said in staff]
        kams = [Client(nobody.http, said["token"]) for said in staff]
        return {
            "SignIn": self._as(nobody, "POST", login, phone=a_phone()),
            "SignInWithoutPrefix": Case(nobody, "POST", login, {"phone": a_phone()}),
            "Register": self._as(nobody, "POST", "/auth/register", phone=a_phone(), name="Tara Rao"),
            "RefreshSession": self._as(nobody, "POST", "/auth/refresh", refreshToken=old[0]),
            "RefreshToken": self._as(nobody, "POST", "/auth/refresh-token", refreshToken=old[1]),
            "SignOut": self._as(kams[2], "POST", "/auth/logout"),
            "SignInWithMicrosoft": self._as(nobody, "POST", "/auth/microsoft", idToken="e30.e30.AA"),
            "ForgotPassword": self._as(nobody, "POST", "/auth/forgot-password", email="nobody@example.com"),
            "ResetPassword": self._as(nobody, "POST", "/auth/reset-password", **token),
            "ChangePassword": self._as(kams[3], "POST", "/auth/change-password", **password),
            "ChangeMyPassword": self._as(kams[4], "POST", "/user/change-password", **password),
            "EditUser": self._edit_me("PATCH", "/user/me"),
            "EditProfile": self._edit_me("PATCH", "/profile"),
            "EditMe": self._edit_me("PATCH", "/auth/profile"),
            "EditMeByPut": self._edit_me("PUT", "/auth/profile"),
        }

    def _people(self) -> dict[str, Case]:
        admin = self.office.admin
        partners = [
            self._made(admin, "/channel-partners", name="Tara Rao", phone=a_phone())["id"] for _ in range(3)
        ]
        kams = [self._kam()["id"] for _ in range(3)]
        cp, kam = f"/channel-partners/{partners[0]}", f"/kams/{kams[0]}"
        assigned = {"cpIds": [partners[1]], "kamId": kams[1]}
        assign_cps = f"/kams/{kams[2]}/assign-cps"
        return {
            "EnrollChannelPartner": self._as(admin, "POST", "/channel-partners", name="Tara", phone=a_phone()),
            "EditChannelPartner": self._as(admin, "PATCH", cp, city="Surat"),
            "EnrollKam": self._as(admin, "POST", "/kams", **self._new_kam()),
            "EditKam": self._as(admin, "PATCH", kam, city="Surat"),
            "AssignKam": self._as(admin, "POST", "/channel-partners/bulk-assign-kam", **assigned),
            "AssignPartners": self._as(admin, "PATCH", assign_cps, cpIds=[partners[2]]),
            "CreateCustomer": self._as(admin, "POST", "/customers", name="Kavita Desai", phone=a_phone()),
            "EditCustomer": self._as(admin, "PATCH", f"/customers/{self._customer()}", city="Surat"),
        }

    def _records(self) -> dict[str, Case]:
        admin, partner = self.office.admin, self.partner
        lead = {"customerName": "Kavita Desai", "phone": a_phone(), "address": "5 Station Road"}
        sheet = _SHEET.format(phone=a_phone()).encode()
        draft = self._made(admin, "/quotations", leadId=self._lead(), draft=True, **CONFIGURATION)["id"]
        notes = partner("GET", "/notifications?limit=1").json()["data"]["items"]
        return {
            "RegisterLead": self._as(partner, "POST", "/leads", **lead),
            "EditLead": self._as(partner, "PATCH", f"/leads/{self._lead()}", city="Surat"),
            "ImportLeads": Case(admin, "POST", "/api/v1/leads/import", sheet=sheet),
            "CreateQuotation": self._as(partner, "POST", "/quotations", leadId=self._lead(), **CONFIGURATION),
            "PriceQuotation": self._as(partner, "POST", "/quotations/price", **CONFIGURATION),
            "ShareQuotation": self._as(partner, "PATCH", f"/quotations/{self._quotation()}/share"),
            "WithdrawQuotation": self._as(
                partner, "PATCH", f"/quotations/{self._quotation()}/withdraw", reason=WHY
            ),
            "FinalizeQuotation": self._as(admin, "PATCH", f"/quotations/{draft}/finalize"),
            "AcceptQuotation": self._answered("PATCH", "accept"),
            "AcceptQuotationByPost": self._answered("POST", "accept"),
            "RejectQuotation": self._answered("PATCH", "reject"),
            "RejectQuotationByPost": self._answered("POST", "reject"),
            "MarkNotificationRead": Case(partner, "PATCH", f"/api/v1/notifications/{notes[0]['id']}/read"),
            "MarkAllNotificationsRead": Case(partner, "PATCH", "/api/v1/notifications/mark-all-read"),
            "RefreshDashboard": Case(admin, "POST", "/api/v1/dashboard/metrics/refresh"),
            "MakeBackup": Case(admin, "POST", "/api/v1/continuity/backups"),
            "VerifyBackup": self._as(admin, "POST", "/continuity/backups/NOTHING/verify", depth="quick"),
        }

    def _files(self) -> dict[str, Case]:
        admin, partner, lead = self.office.admin, self.partner, self._lead()
        pending, used = (self._uploaded("/leadDocuments", leadId=lead, docType="GENERAL") for _ in range(2))
        kyc = [
            self._uploaded("/kycDocuments", customerId=self._customer_of(lead), docType=t) for t in ("PAN", "Other")
        ]
        for document in (used, *kyc):
            assert partner("POST", f"/documents/{document}/complete", json={}).status_code == 200
        new = {"customerId": self._customer_of(lead), "docType": "LightBill"}
        return {
            "AddLeadDocument": self._as(partner, "POST", "/leadDocuments", leadId=lead, docType="GENERAL"),
            "CompleteDocument": self._as(partner, "POST", f"/documents/{pending}/complete"),
            "DeleteDocument": Case(partner, "DELETE", f"/api/v1/documents/{used}"),
            "AddKycDocument": self._as(partner, "POST", "/kycDocuments", **new),
            "ApproveKycDocument": self._as(admin, "PATCH", f"/kycDocuments/{kyc[0]}/approve"),
            "RejectKycDocument": self._as(admin, "PATCH", f"/kycDocuments/{kyc[1]}/reject", reason=WHY),
        }

    def _as(self, who: Client, method: str, path: str, **body: Any) -> Case:
        return Case(who, method, "/api/v1" + path, body)

    def _made(self, who: Client, path: str, **body: Any) -> Made:
        said = who("POST", path, json=body)
        assert said.status_code == 201, said.text
        return dict(said.json()["data"])

    def _lead(self, phone: str | None = None) -> str:
        told = {"customerName": "Kavita Desai", "phone": phone or a_phone(), "address": "5 Station Road"}
        return str(self._made(self.partner, "/leads", **told)["id"])

    def _customer_of(self, lead: str) -> str:
        return str(self.partner("GET", f"/leads/{lead}").json()["data"]["customerId"])

    def _customer(self) -> str:
        return str(self._made(self.office.admin, "/customers", name="Kavita Desai", phone=a_phone())["id"])

    def _quotation(self, phone: str | None = None) -> str:
        return str(self._made(self.partner, "/quotations", leadId=self._lead(phone), **CONFIGURATION)["id"])

    def _answered(self, method: str, verb: str) -> Case:
        phone = a_phone()
        quotation = self._quotation(phone)
        assert self.partner("PATCH", f"/quotations/{quotation}/share").status_code == 200
        return self._as(self.by_phone(phone), method, f"/quotations/{quotation}/{verb}")

    def _edit_me(self, method: str, path: str) -> Case:
        return self._as(self.partner, method, path, city=f"Surat {next(self.numbers)}")

    def _uploaded(self, path: str, **body: str) -> str:
        made = self._made(self.partner, path, **body)
        headers = {"Content-Type": "image/jpeg", "x-ms-blob-type": "BlockBlob"}
        httpx.put(made["sasUrl"], content=A_JPEG, headers=headers).raise_for_status()
        return str(made["docId"])

    def _new_kam(self) -> dict[str, str]:
        phone = a_phone()
        return {"name": "Tara Rao", "phone": phone, "email": f"kam{phone}@example.com", "password": PASSWORD}

    def _kam(self) -> Made:
        return self._made(self.office.admin, "/kams", **self._new_kam())

    def _signed_in(self, kam: Made) -> Made:
        said = self.nobody("POST", "/auth/login", json={"email": kam["email"], "password": PASSWORD})
        assert said.status_code == 200, said.text
        return dict(said.json())

    def _mailed_token(self) -> str:
        new = {name: value for name, value in self._new_kam().items() if name != "password"}
        self._made(self.office.admin, "/kams", **new)
        mail = sent_to(self.backend, "email.jsonl", new["email"], "password_link")[-1]["text"]
        return str(re.findall(r"\?token=(\S+)", mail)[0])


def _a_panel() -> Made:
    return {"make": "Sun", "variant": f"Mono {a_phone()}", "watts": 540, "unitPrice": 9000, "dcr": True}
