"""`make demo`: plays lead → quotation → Accept → Won over HTTP as four signed-in people, and prints it.

Needs a running `make run` (BASE and DATA say where); leaves one new lead behind. Exit status 0 is success.
"""

from __future__ import annotations

import json
import os
import random
import sys
from pathlib import Path
from typing import Any

import httpx

from domain.values import Money

BASE = os.environ.get("BASE") or f"http://localhost:{os.environ.get('PORT') or '7071'}"
OUTBOX = Path(os.environ.get("DATA") or ".local") / "outbox" / "sms.jsonl"

CONFIGURATION: dict[str, Any] = {
    "state": "Gujarat",
    "discom": "PGVCL",
    "phase": "Single",
    "smartMeter": True,
    "panel": "PANEL-1",
    "panelCount": 6,
    "inverter": "INVERTER-1",
    "structureHeight": 1,
    "dealerAddOnPerKw": 1800,
}


class Failed(Exception):
    """The story didn't go as it should."""


class Person:
    """Somebody signed in; prints what they do."""

    def __init__(self, http: httpx.Client, name: str, token: str) -> None:
        self.http, self.name, self.token = http, name, token

    def do(self, what: str, method: str, path: str, *, expect: int = 200, **options: Any) -> httpx.Response:
        """One request, printed with its outcome; anything but the expected status ends the story."""
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        reply = self.http.request(method, f"{BASE}/api/v1{path}", headers=headers, **options)
        print(f"{self.name:>9}  {what}\n           {method} {path} → {reply.status_code}")
        if reply.status_code != expect:
            raise Failed(f"expected {expect}: {reply.text}")
        return reply


def sign_in(http: httpx.Client, name: str, phone: str) -> Person:
    """By phone and the code that lies in the outbox."""
    _ok(http.post(f"{BASE}/api/v1/auth/login", json={"phone": phone}))
    reply = _ok(http.post(f"{BASE}/api/v1/auth/login", json={"phone": phone, "otp": _code(phone)}))
    print(f"{name:>9}  signs in with {phone} and a one-time code")
    return Person(http, name, reply.json()["accessToken"])


def sign_in_staff(http: httpx.Client, name: str, email: str, password: str) -> Person:
    """By e-mail and password."""
    reply = _ok(http.post(f"{BASE}/api/v1/auth/login", json={"email": email, "password": password}))
    print(f"{name:>9}  signs in with {email}")
    return Person(http, name, reply.json()["accessToken"])


def _ok(reply: httpx.Response) -> httpx.Response:
    if reply.status_code != 200:
        raise Failed(f"{reply.request.url.path} answered {reply.status_code}: {reply.text}")
    return reply


def _code(phone: str) -> str:
    """The newest code for this phone."""
    if not OUTBOX.is_file():
        raise Failed(f"There is no {OUTBOX}. Set DATA to the folder that make run uses.")
    said = [json.loads(line) for line in OUTBOX.read_text().splitlines()]
    codes = [m["otp"] for m in said if m["to"].endswith(phone[-10:]) and m.get("otp")]
    if not codes:
        raise Failed(f"No code for {phone} in {OUTBOX}.")
    return str(codes[-1])


def story(http: httpx.Client) -> None:
    """The main job from end to end."""
    phone = f"98{random.randrange(10**8):08d}"  # noqa: S311 - a customer whom nobody has met yet
    partner = sign_in(http, "Partner", "9000000001")
    lead = partner.do(
        "registers a lead",
        "POST",
        "/leads",
        expect=201,
        json={
            "customerName": "Kavita Desai",
            "phone": phone,
            "address": "5 Station Road, Ahmedabad",
            "state": "Gujarat",
            "pinCode": "380001",
            "services": ["Rooftop solar"],
        },
    ).json()["data"]
    path = f"/leads/{lead['id']}"
    print(f"           {lead['id']} is a {lead['status']}, to be followed up on {lead['followUpDate']}")
    refused = partner.do(
        "tries to skip to Executed",
        "PATCH",
        f"{path}/status",
        expect=409,
        json={"status": "Executed", "remarks": "Trying to skip ahead"},
    )
    print(f"           “{refused.json()['message']}”")
    partner.do(
        "moves it on",
        "PATCH",
        f"{path}/status",
        json={"status": "In Discussion", "remarks": "Wants 3 kW on the roof", "followUpDate": lead["followUpDate"]},
    )
    made = [_offer(partner, lead["id"]), _offer(partner, lead["id"], panelCount=7, inverter="INVERTER-4")]
    stranger = sign_in(http, "Other CP", "9000000002")
    stranger.do("can't see the lead", "GET", path, expect=404)
    customer = sign_in(http, "Customer", phone)
    seen = customer.do("sees what is shared", "GET", "/quotations").json()["data"]["items"]
    print(f"           {', '.join(q['id'] for q in seen)}")
    chosen = made[0]["id"]
    customer.do(
        f"accepts {chosen}", "PATCH", f"/quotations/{chosen}/accept", json={"contentHash": made[0]["contentHash"]}
    )
    customer.do("taps Accept again: the same answer", "PATCH", f"/quotations/{chosen}/accept", json={})
    customer.do("can't accept the other one", "PATCH", f"/quotations/{made[1]['id']}/accept", expect=409)
    admin = sign_in_staff(http, "Admin", "admin@example.com", "Admin-Demo-1!")
    now = admin.do("reads the lead", "GET", path)
    print(f"           it is {now.json()['data']['status']}, ETag {now.headers['ETag']}")
    won = {"status": "Won", "remarks": "Details verified by phone", "quotationRef": chosen}
    admin.do("must say what was seen", "PATCH", f"{path}/status", expect=428, json=won)
    admin.do("finalizes it to Won", "PATCH", f"{path}/status", json=won, headers={"If-Match": now.headers["ETag"]})
    commission = partner.do("reads the commission", "GET", f"/commissions/COMM-{lead['id'][5:]}01").json()["data"]
    print(f"           {commission['id']}: {_rupees(commission['amount'])}, {commission['status']}")
    timeline = partner.do("reads the timeline", "GET", f"{path}/timeline").json()["data"]
    print(f"\nTimeline of {lead['id']} ({timeline['total']} entries)")
    for entry in reversed(timeline["timeline"]):
        print(f"  {entry['timestamp']}  {entry['version']:>2}  {entry['action']:<19} {entry['message']}")


def _offer(partner: Person, lead_id: str, **parts: Any) -> dict[str, Any]:
    """A quotation that is shared with the customer."""
    body = {"leadId": lead_id, **CONFIGURATION, **parts}
    said = partner.do(
        f"makes a quotation for {body['panelCount']} panels", "POST", "/quotations", expect=201, json=body
    )
    quotation = dict(said.json()["data"])
    paid, price = _rupees(quotation["customerPays"]), _rupees(quotation["systemPrice"])
    print(f"           {quotation['id']}: system {price}, the customer pays {paid}")
    partner.do("shares it", "PATCH", f"/quotations/{quotation['id']}/share")
    return quotation


def _rupees(amount: float) -> str:
    return str(Money.rupees(str(amount)))


def main() -> int:
    """Play it."""
    try:
        with httpx.Client(timeout=30) as http:
            story(http)
    except httpx.TransportError as error:
        print(f"{BASE} doesn't answer ({type(error).__name__}). Is `make run` up?", file=sys.stderr)
        return 1
    except Failed as error:
        print(f"The demo failed: {error}", file=sys.stderr)
        return 1
    print("\nThe demo succeeded.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
