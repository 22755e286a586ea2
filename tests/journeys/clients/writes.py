"""A request for each endpoint that writes, prepared so that it does what it is for. No tests here.

A new endpoint that writes needs one; `test_budgets` and `test_bad_input` compare them with what the application says.
The critical ones that aren't here come from `tests/journeys/critical.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from local.demo import CONFIGURATION
from tests.domain.documents.files import A_JPEG
from tests.journeys.clients.world import REMARKS, World
from tests.journeys.conftest import Client, a_phone
from tests.journeys.critical import WHY
from tests.journeys.test_documents import put

CSV = {"Content-Type": "text/csv"}


@dataclass(frozen=True)
class Sent:
    """A request that is ready. `critical`: it needs the present version, which is asked for first."""

    who: Client
    method: str
    path: str
    content: dict[str, Any] = field(default_factory=dict)
    critical: bool = False
    prefix: str = "/api/v1"

    def send(self, **instead: Any) -> httpx.Response:
        """The request, with `json` or `content` instead of its own, and with more `headers`."""
        content = {name: value for name, value in self.content.items() if name != "headers"}
        if {"json", "content"} & instead.keys():
            content = {}
        headers = {**self.who.headers, **self.content.get("headers", {}), **instead.pop("headers", {})}
        return self.who.http.request(self.method, self.prefix + self.path, headers=headers, **content, **instead)

    def at_present(self) -> Sent:
        """The same with the version that stands, if it needs one: the refusal of another tells it."""
        if not self.critical:
            return self
        stale = self.send(headers={"If-Match": '"0"'})
        assert stale.status_code == 412, stale.text
        headers = {**self.content.get("headers", {}), "If-Match": stale.headers["ETag"]}
        return replace(self, content={**self.content, "headers": headers})


Make = Callable[[World], Sent]


def by_admin(world: World) -> dict[str, Any]:
    """The Admin calls; a number and an address that nobody has."""
    phone = a_phone()
    return {"who": world.people["admin"], "phone": phone, "email": f"n{phone}@example.com"}


def partners_chosen(world: World) -> dict[str, Any]:
    """The Admin calls about another channel partner."""
    return {**by_admin(world), "chosen": [A_PARTNER(world)["id"]]}


def sends(
    given: Callable[[World], dict[str, Any]], method: str, path: str, *, critical: bool = False, **body: Any
) -> Make:
    """What the partner, or whom the preparation names, sends; `{names}` in the path are what was prepared."""

    def make(world: World) -> Sent:
        ids = given(world)
        said = {name: ids[value[1:-1]] if str(value)[:1] == "{" else value for name, value in body.items()}
        who = ids.get("who", world.people["partner"])
        return Sent(who, method, path.format(**ids), {"json": said}, critical)

    return make


def by_nobody(given: Callable[[World], dict[str, Any]], path: str, **body: str) -> Make:
    """What somebody sends who isn't signed in."""
    return sends(lambda world: {**given(world), "who": world.people["nobody"]}, "POST", path, **body)


def without_prefix(make: Make) -> Make:
    """The same at the path that the CP app calls."""
    return lambda world: replace(make(world), prefix="")


def several(count: int, verb: str, **body: Any) -> Make:
    """A change of so many leads at once."""

    def make(world: World) -> Sent:
        said = {"leadIds": [world.lead()["leadId"] for _ in range(count)], **body}
        return Sent(world.people["admin"], "PATCH", f"/leads/{verb}", {"json": said})

    return make


def importing(count: int) -> Make:
    """A sheet of so many leads."""

    def make(world: World) -> Sent:
        rows = (f"B,{a_phone()},5 Station Road,Gujarat,380001,CP-1001" for _ in range(count))
        sheet = "\n".join(["customerName,customerPhone,address,state,pinCode,assignedTo", *rows])
        return Sent(world.people["admin"], "POST", "/leads/import", {"content": sheet, "headers": CSV})

    return make


def won(world: World) -> Sent:
    """The partner finalizes."""
    ids = world.accepted()
    body = {"status": "Won", "remarks": REMARKS, "quotationRef": ids["quotationId"]}
    return Sent(world.people["partner"], "PATCH", f"/leads/{ids['leadId']}/status", {"json": body}, critical=True)


def draft(world: World) -> dict[str, Any]:
    """A quotation that the KAM keeps as a draft; the KAM calls."""
    ids = world.lead()
    body = {"leadId": ids["leadId"], **CONFIGURATION, "draft": True}
    made = world.do("kam", "POST", "/quotations", json=body)
    return {**ids, "who": world.people["kam"], "quotationId": made["id"]}


def uploaded(world: World) -> dict[str, Any]:
    """A document of a lead that has been uploaded, and nobody has looked at."""
    ids = world.awaited_document()
    assert put(ids["upload"], A_JPEG) == 201
    return ids


def uploaded_kyc(world: World) -> dict[str, Any]:
    """The same of a customer."""
    ids = world.customer()
    made = ids["who"]("POST", "/kycDocuments", json={"customerId": ids["customerId"], "docType": "PAN"})
    assert put(made.json()["data"], A_JPEG) == 201
    return {**ids, "docId": made.json()["data"]["docId"]}


def kyc_of_kam(world: World) -> dict[str, Any]:
    """A KYC document to be reviewed; the KAM calls."""
    return {**world.kyc(), "who": world.people["kam"]}


def made(path: str, **body: Any) -> Callable[[World], dict[str, Any]]:
    """Something that the Admin makes, and calls about. A `{}` in what is said is a number that nobody has."""

    def make(world: World) -> dict[str, Any]:
        said = {name: value.format(a_phone()) if isinstance(value, str) else value for name, value in body.items()}
        return {**world.do("admin", "POST", path, json=said), "who": world.people["admin"]}

    return make


def shut_out_kam(world: World) -> dict[str, Any]:
    """A deactivated key account manager; the Admin calls."""
    ids = A_KAM(world)
    path = f"/kams/{ids['id']}/deactivate"
    world.do("admin", "PATCH", path, json={"reason": WHY}, headers={"If-Match": f'"{ids["version"]}"'})
    return ids


def sharing(world: World) -> dict[str, Any]:
    """A customer who is reachable at another's number; the Admin calls."""
    first, ids = A_CUSTOMER(world), A_CUSTOMER(world)
    path, body = f"/customers/{first['id']}/share-phone", {"otherCustomerId": ids["id"], "reason": WHY}
    world.do("admin", "POST", path, json=body, headers={"If-Match": f'"{first["version"]}"'})
    return ids


def changed_sheet(world: World) -> Sent:
    """All services as they are, and a new one."""
    admin = world.people["admin"]
    sheet = admin("GET", "/masterdata/services/export").text
    header = sheet.lstrip("\ufeff").splitlines()[0].split(",")
    number = a_phone()
    new = {"id": f"SRV{number}", "name": f"Check {number}", "type": "Service", "description": "A yearly check"}
    row = ",".join(new.get(name, "") for name in header)
    content = {"content": f"{sheet}{row}\n".encode(), "headers": CSV}
    return Sent(admin, "POST", "/masterdata/services/import", content, critical=True)


def registering(world: World) -> dict[str, Any]:
    """A partner to whom a code was sent when it began to register."""
    phone = a_phone()
    said = world.people["nobody"]("POST", "/auth/register", json={"name": "Nita Solar", "phone": phone})
    assert said.status_code == 200, said.text
    return {"phone": phone, "otp": world.code_for(phone)}


NEW_LEAD = {"customerName": "Kavita Desai", "address": "5 Station Road, Rajkot, Gujarat 360001"}
MOVE = {"status": "In Discussion", "remarks": REMARKS, "followUpDate": "{tomorrow}"}
QUOTE = {"leadId": "{leadId}", **CONFIGURATION}
A_KYC = {"customerId": "{customerId}", "docType": "PAN"}
A_PASSWORD = {"currentPassword": "{password}", "newPassword": "Kam-Test-2!"}
SOON = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
A_PANEL = {"make": "Test", "watts": 500, "unitPrice": 8000.5, "dcr": False}
A_KAM = made("/kams", name="Tara Rao", email="kam{}@example.com", password="Kam-Test-1!")
A_PARTNER = made("/channel-partners", name="Nita Solar", phone="{}")
PENDING = made("/channel-partners", name="Nita Solar", phone="{}", status="Pending")
A_CUSTOMER = made("/customers", name="Kavita Desai", phone="{}")
AN_ITEM = made("/masterdata/panels", variant="V{}", **A_PANEL)
W = World

WRITES: dict[str, Make] = {
    "RegisterLead": sends(W.new_phone, "POST", "/leads", phone="{phone}", **NEW_LEAD),
    "RegisterLead known phone": sends(W.lead, "POST", "/leads", phone="{phone}", **NEW_LEAD),
    "EditLead": sends(W.lead, "PATCH", "/leads/{leadId}", city="Surat"),
    "EditLead phone": sends(lambda w: {**w.lead(), **w.new_phone()}, "PATCH", "/leads/{leadId}", phone="{phone}"),
    "ChangeLeadStatus ordinary": sends(W.lead, "PATCH", "/leads/{leadId}/status", **MOVE),
    "ChangeLeadStatus Won": won,
    "ChangeLeads 11 leads": several(11, "bulk", updates={"remarks": REMARKS}),
    "ImportLeads 11 rows": importing(11),
    "CreateQuotation": sends(W.lead, "POST", "/quotations", **QUOTE),
    "CreateQuotation draft": sends(
        lambda w: {**w.lead(), "who": w.people["kam"]}, "POST", "/quotations", draft=True, **QUOTE
    ),
    "EditQuotation draft": sends(draft, "PATCH", "/quotations/{quotationId}", dealerAddOnPerKw=1000),
    "FinalizeQuotation": sends(draft, "PATCH", "/quotations/{quotationId}/finalize"),
    "ShareQuotation": sends(W.quotation, "PATCH", "/quotations/{quotationId}/share"),
    "WithdrawQuotation": sends(W.shared, "PATCH", "/quotations/{quotationId}/withdraw", reason=WHY),
    "AcceptQuotation": sends(W.customer_with_offer, "PATCH", "/quotations/{quotationId}/accept"),
    "AcceptQuotationByPost": sends(W.customer_with_offer, "POST", "/quotations/{quotationId}/accept"),
    "RejectQuotation": sends(W.customer_with_offer, "PATCH", "/quotations/{quotationId}/reject"),
    "RejectQuotationByPost": sends(W.customer_with_offer, "POST", "/quotations/{quotationId}/reject"),
    "AddLeadDocument": sends(W.lead, "POST", "/leadDocuments", leadId="{leadId}", docType="GENERAL"),
    "CompleteDocument": sends(uploaded, "POST", "/documents/{docId}/complete"),
    "CompleteDocument KYC": sends(uploaded_kyc, "POST", "/documents/{docId}/complete"),
    "DeleteDocument": sends(W.document, "DELETE", "/documents/{docId}"),
    "AddKycDocument": sends(W.customer, "POST", "/kycDocuments", **A_KYC),
    "AddKycDocument by a partner": sends(W.lead, "POST", "/kycDocuments", leadId="{leadId}", **A_KYC),
    "ApproveKycDocument": sends(kyc_of_kam, "PATCH", "/kycDocuments/{docId}/approve"),
    "RejectKycDocument": sends(kyc_of_kam, "PATCH", "/kycDocuments/{docId}/reject", reason=WHY),
    "CreateCustomer": sends(by_admin, "POST", "/customers", name="Kavita", phone="{phone}"),
    "EditCustomer": sends(W.customer, "PATCH", "/customers/{customerId}", city="Surat"),
    "EditCustomer by a partner": sends(W.lead, "PATCH", "/customers/{customerId}", city="Surat"),
    "EnrollChannelPartner": sends(by_admin, "POST", "/channel-partners", name="Nita Solar", phone="{phone}"),
    "EditChannelPartner": sends(A_PARTNER, "PATCH", "/channel-partners/{id}", city="Surat"),
    "ActivateChannelPartner": sends(PENDING, "PATCH", "/channel-partners/{id}/activate", critical=True),
    "AssignKam": sends(
        partners_chosen, "POST", "/channel-partners/bulk-assign-kam", cpIds="{chosen}", kamId="KAM-1001"
    ),
    "AssignPartners": sends(partners_chosen, "PATCH", "/kams/KAM-1001/assign-cps", cpIds="{chosen}", remarks=WHY),
    "EnrollKam": sends(by_admin, "POST", "/kams", name="Tara Rao", email="{email}"),
    "EditKam": sends(A_KAM, "PATCH", "/kams/{id}", name="Tara Devi Rao"),
    "ActivateKam": sends(shut_out_kam, "PATCH", "/kams/{id}/activate", critical=True),
    "AddItem": sends(by_admin, "POST", "/masterdata/panels", variant="{phone}", **A_PANEL),
    "ChangeItem": sends(
        AN_ITEM, "PATCH", "/masterdata/panels/{id}", critical=True, unitPrice=7999.99, effectiveFrom=SOON
    ),
    "DeactivateItem": sends(AN_ITEM, "PATCH", "/masterdata/panels/{id}/deactivate", critical=True, reason=WHY),
    "ImportItems": changed_sheet,
    "UnshareCustomerPhone": sends(sharing, "POST", "/customers/{id}/unshare-phone", critical=True, reason=WHY),
    "MarkNotificationRead": sends(W.told_customer, "PATCH", "/notifications/{notificationId}/read"),
    "MarkAllNotificationsRead": sends(W.told_customer, "PATCH", "/notifications/mark-all-read"),
    "EditMe": sends(W.new_partner, "PATCH", "/auth/profile", name="Nita Sen"),
    "EditMeByPut": sends(W.new_partner, "PUT", "/auth/profile", name="Nita Sen"),
    "EditProfile": sends(W.customer, "PATCH", "/profile", name="Kavita Rao"),
    "EditUser": sends(W.new_kam, "PATCH", "/user/me", name="Tara Devi Rao"),
    "SignIn code asked for": by_nobody(W.new_phone, "/auth/login", phone="{phone}"),
    "SignIn partner's code": by_nobody(W.partners_code, "/auth/login", phone="{phone}", otp="{otp}"),
    "SignIn customer's code": by_nobody(W.customers_code, "/auth/login", phone="{phone}", otp="{otp}"),
    "SignIn new customer's code": by_nobody(W.asked_code, "/auth/login", phone="{phone}", otp="{otp}"),
    "SignIn password": by_nobody(W.new_kam, "/auth/login", email="{email}", password="{password}"),
    "Register code asked for": by_nobody(W.new_phone, "/auth/register", phone="{phone}", name="Nita Solar"),
    "Register": by_nobody(registering, "/auth/register", phone="{phone}", otp="{otp}", name="Nita Solar"),
    "RefreshSession": by_nobody(W.session, "/auth/refresh", refreshToken="{refreshToken}"),
    "RefreshToken": by_nobody(W.session, "/auth/refresh-token", refreshToken="{refreshToken}"),
    "SignOut": sends(W.new_kam, "POST", "/auth/logout"),
    "ForgotPassword": by_nobody(W.new_kam, "/auth/forgot-password", email="{email}"),
    "ResetPassword": by_nobody(
        W.reset_link, "/auth/reset-password", token="{resetToken}", newPassword="Kam-Test-2!"
    ),
    "ChangePassword": sends(W.new_kam, "POST", "/auth/change-password", **A_PASSWORD),
    "ChangeMyPassword": sends(W.new_kam, "POST", "/user/change-password", **A_PASSWORD),
    "SignInWithoutPrefix": without_prefix(by_nobody(W.new_phone, "/auth/login", phone="{phone}")),
    "SignInWithMicrosoft": by_nobody(W.nothing, "/auth/microsoft", idToken="e30.e30.AA"),
    "PriceQuotation": sends(W.nothing, "POST", "/quotations/price", **CONFIGURATION),
    "RefreshDashboard": sends(by_admin, "POST", "/dashboard/metrics/refresh"),
    "MakeBackup": sends(by_admin, "POST", "/continuity/backups"),
    "VerifyBackup": sends(by_admin, "POST", "/continuity/backups/NOTHING/verify", depth="quick"),
}
"""By the name of the endpoint, and behind it which of its uses; the plainest one first."""
