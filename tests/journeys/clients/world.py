"""What has happened before a client calls: leads, quotations and so on, made anew for every call. No tests here."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.domain.documents.files import A_JPEG
from tests.journeys.conftest import Client, a_phone
from tests.journeys.test_documents import put

Ids = dict[str, Any]
"""Names for what a call's path, query and body stand for."""

SYSTEM = {
    "systemKW": 3.24,
    "roofType": "RCC",
    "panels": [{"id": "PANEL-1", "quantity": 6}],
    "inverters": [{"id": "INVERTER-1", "quantity": 1}],
}
"""A system as the CP app's form says it."""

REMARKS = "Spoke with the customer"


class World:
    """People of each kind and what they do; each method gives the ids of what it has made."""

    def __init__(
        self,
        *,
        people: dict[str, Client],
        by_phone: Callable[[str], Client],
        code_for: Callable[[str], str],
        mailed_token: Callable[[str], str],
    ) -> None:
        self.people = people
        self.by_phone = by_phone
        self.code_for = code_for
        self.mailed_token = mailed_token
        self._seen: dict[str, Ids] = {}

    def seen(self, given: Callable[[World], Ids]) -> Ids:
        """What a reading call needs: made once for all of them."""
        if given.__name__ not in self._seen:
            self._seen[given.__name__] = given(self)
        return dict(self._seen[given.__name__])

    def token_of(self, who: str | Client) -> dict[str, str]:
        """The header that says who calls; none of nobody."""
        if isinstance(who, Client):
            return who.headers
        return self.people[who].headers if who else {}

    def nothing(self) -> Ids:
        """What a call needs that needs nothing."""
        return {}

    def do(self, who: str, method: str, path: str, **options: Any) -> Any:
        """A step that has to succeed; its data."""
        said = self.people[who](method, path, **options)
        assert said.is_success, said.text
        return said.json()["data"]

    def new_phone(self) -> Ids:
        """A number that nobody has used."""
        return {"phone": a_phone()}

    def asked_code(self, phone: str | None = None) -> Ids:
        """A number to which a code was sent."""
        phone = phone or a_phone()
        said = self.people["nobody"]("POST", "/auth/login", json={"phone": phone})
        assert said.status_code == 200, said.text
        return {"phone": phone, "otp": self.code_for(phone)}

    def partners_code(self) -> Ids:
        """The demo partner, with a code."""
        return self.asked_code("9000000001")

    def lead(self) -> Ids:
        """A new lead of the partner's."""
        phone = a_phone()
        body = {"customerName": "Kavita Desai", "phone": phone, "address": "5 Station Road, Rajkot, Gujarat 360001"}
        made = self.do("partner", "POST", "/leads", json={**body, "services": ["SRV001"]})
        return {
            **{"leadId": made["id"], "customerId": made["customerId"], "phone": phone},
            "tomorrow": made["followUpDate"],  # a new lead's is tomorrow, in India
        }

    def quotation(self) -> Ids:
        """A lead with a quotation that isn't shared yet."""
        ids = self.lead()
        made = self.do("partner", "POST", "/quotations", json={"leadId": ids["leadId"], **SYSTEM})
        return {**ids, "quotationId": made["quotationId"]}

    def shared(self) -> Ids:
        """A lead with a shared quotation."""
        ids = self.quotation()
        self.do("partner", "PATCH", f"/quotations/{ids['quotationId']}/share")
        return ids

    def accepted(self) -> Ids:
        """A lead whose customer has accepted."""
        ids = self.its_customer(self.shared())
        said = ids.pop("who")("PATCH", f"/quotations/{ids['quotationId']}/accept", json={})
        assert said.status_code == 200, said.text
        return ids

    def won(self) -> Ids:
        """A lead that is Won, and its commission."""
        ids = self.accepted()
        path = f"/leads/{ids['leadId']}"
        tag = self.people["partner"]("GET", path).headers["ETag"]
        body = {"status": "Won", "remarks": REMARKS, "quotationRef": ids["quotationId"]}
        self.do("partner", "PATCH", f"{path}/status", json=body, headers={"If-Match": tag})
        return {**ids, "commissionId": f"COMM-{ids['leadId'][5:]}01"}

    def its_customer(self, ids: Ids) -> Ids:
        """The same, with the lead's customer as the caller."""
        return {**ids, "who": self.by_phone(ids["phone"])}

    def customer(self) -> Ids:
        """A customer who has a lead."""
        return self.its_customer(self.lead())

    def customer_with_offer(self) -> Ids:
        """A customer with whom a quotation is shared."""
        return self.its_customer(self.shared())

    def awaited_document(self) -> Ids:
        """A document of a lead whose upload was begun."""
        ids = self.lead()
        made = self.do("partner", "POST", "/leadDocuments", json={"leadId": ids["leadId"], "docType": "GENERAL"})
        return {**ids, "docId": made["docId"], "upload": made}

    def document(self) -> Ids:
        """A document of a lead that has arrived."""
        ids = self.awaited_document()
        assert put(ids["upload"], A_JPEG) == 201
        self.do("partner", "POST", f"/documents/{ids['docId']}/complete")
        return ids

    def full_of_documents(self) -> Ids:
        """A lead with seven documents."""
        ids = self.lead()
        for _ in range(7):
            self.do("partner", "POST", "/leadDocuments", json={"leadId": ids["leadId"], "docType": "GENERAL"})
        return ids

    def kyc(self) -> Ids:
        """A customer with a KYC document that has arrived; the customer calls."""
        ids = self.customer()
        body = {"customerId": ids["customerId"], "docType": "PAN"}
        made = ids["who"]("POST", "/kycDocuments", json=body).json()["data"]
        assert put(made, A_JPEG) == 201
        assert ids["who"]("POST", f"/documents/{made['docId']}/complete").status_code == 200
        return {**ids, "docId": made["docId"]}

    def kyc_seen_by_partner(self) -> Ids:
        """The same; the partner calls."""
        ids = self.kyc()
        ids.pop("who")
        return ids

    def customers_code(self) -> Ids:
        """A customer who has a lead, with a code."""
        return self.asked_code(self.lead()["phone"])

    def session(self) -> Ids:
        """A customer who has just signed in."""
        ids = self.customers_code()
        said = self.people["nobody"]("POST", "/auth/login", json={"phone": ids["phone"], "otp": ids["otp"]})
        return {**ids, "refreshToken": said.json()["refreshToken"]}

    def customer_who_accepted(self) -> Ids:
        """A customer who has accepted the quotation."""
        return self.its_customer(self.accepted())

    def told_customer(self) -> Ids:
        """A customer who was told of a shared quotation; waits, since it is told after the answer."""
        ids = self.customer_with_offer()
        for _ in range(100):
            if found := ids["who"]("GET", "/notifications").json()["notifications"]:
                return {**ids, "notificationId": found[0]["id"]}
            time.sleep(0.05)
        raise AssertionError("the customer wasn't told")

    def new_kam(self) -> Ids:
        """A key account manager of its own, signed in; its sessions may be ended."""
        email, password = f"kam{a_phone()}@example.com", "Kam-Test-1!"
        self.do("admin", "POST", "/kams", json={"name": "Tara Rao", "email": email, "password": password})
        said = self.people["nobody"]("POST", "/auth/login", json={"email": email, "password": password})
        ids = {"email": email, "password": password, "refreshToken": said.json()["refreshToken"]}
        return {**ids, "who": Client(self.people["nobody"].http, said.json()["token"])}

    def reset_link(self) -> Ids:
        """A key account manager who was mailed a link."""
        ids = self.new_kam()
        self.people["nobody"]("POST", "/auth/forgot-password", json={"email": ids["email"]})
        return {**ids, "resetToken": self.mailed_token(ids["email"])}

    def changed_settings(self) -> Ids:
        """Settings that somebody has changed."""
        said = self.people["admin"]("GET", "/settings")
        body = {"thresholds": {"portal": said.json()["data"]["version"] + 1}}
        self.do("admin", "PATCH", "/settings", json=body, headers={"If-Match": said.headers["ETag"]})
        return {}

    def told_kam(self) -> Ids:
        """The KAM has been told that a customer of a partner's accepted."""
        ids = self.accepted()
        for _ in range(100):
            said = self.do("kam", "GET", "/notifications?limit=100")["notifications"]
            if found := [n for n in said if n["metadata"].get("leadId") == ids["leadId"]]:
                return {**ids, "notificationId": found[0]["id"]}
            time.sleep(0.05)
        raise AssertionError("the KAM wasn't told")

    def new_partner(self) -> Ids:
        """A channel partner that has nothing yet."""
        phone = a_phone()
        made = self.do("admin", "POST", "/channel-partners", json={"name": "Nita Solar", "phone": phone})
        return {"cpId": made["id"], "who": self.by_phone(phone)}

    def stranger(self) -> Client:
        """A customer to whom nothing belongs of what the others have."""
        return self.seen(World._stranger)["who"]

    def _stranger(self) -> Ids:
        return {"who": self.by_phone(a_phone())}
