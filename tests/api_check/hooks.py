"""What schemathesis is told besides the document: whose token, which ids exist, which version was seen.

Loaded by schemathesis in `.venv-tools`, by way of SCHEMATHESIS_HOOKS; RECORDS, ROLE and COUNTS say the files
and whose turn it is. Everything is chosen by what was generated, so the same seed asks the same.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import sys
import time
import zlib
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import requests
import schemathesis

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.api_check import ANOTHER_METHOD, steps

ROLE = os.environ["ROLE"]
MADE = json.loads(Path(os.environ["RECORDS"]).read_text())
IDS: dict[str, list[str]] = MADE["ids"]
ANSWERS: Counter[str] = Counter()
LONGEST = 500
"""Characters of a query parameter: a longer line than 8 or 16 KB is refused by the host, before the application."""
_written = [0.0]
_turns: dict[str, count[int]] = {}
_WHY = "The customer asked for it"
_TOMORROW = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
_CONFIGURATION = MADE["configuration"]
_ENDS_SESSION = {"SignOut", "ChangePassword", "ChangeMyPassword"}


def known(name: str, otherwise: Any = None) -> Any:
    """The next of the ids of this name; each is used in its turn."""
    if name not in IDS:
        return otherwise
    return IDS[name][next(_turns.setdefault(name, count())) % len(IDS[name])]


def _pool(operation: str, name: str) -> str:
    """Which ids a path's parameter stands for."""
    if name == "personId":
        return "kamId" if "Kam" in operation else "partnerId"
    if name == "quotationId":
        by = {
            "AcceptQuotation": "ownQuotationId",
            "RejectQuotation": "ownQuotationId",
            "FinalizeQuotation": "draftId",
        }
        return by.get(operation.removesuffix("ByPost"), name)
    if name == "documentId" and "Kyc" in operation:
        return "kycId"
    if name == "customerId" and ROLE == "Customer":
        return "ownCustomerId"
    return name


def _body(operation: str, path: dict[str, Any]) -> dict[str, Any] | None:
    """A body that this operation would take, for those whose schema doesn't say all that is asked."""
    to = {"status": "In Discussion", "remarks": _WHY, "followUpDate": _TOMORROW}
    made = {
        "SignIn": {"phone": known("phone")},
        "SignInWithoutPrefix": {"phone": known("phone")},
        "Register": {"phone": known("phone"), "name": "Kavita"},
        "ForgotPassword": {"email": "nobody@example.com"},
        "RegisterLead": {"customerName": "Kavita", "address": "5 Station Road", "phone": known("phone")},
        "EditLead": {"remarks": f"Call again {known('phone')}", "followUpDate": _TOMORROW},
        "ChangeLeadStatus": to,
        "ReassignLead": {"cpId": known("partnerId"), "reason": _WHY},
        "ChangeLeads": {"leadIds": [known("leadId")], "updates": {"remarks": _WHY}},
        "ReassignLeads": {"leadIds": [known("leadId")], "cpId": known("partnerId"), "reason": _WHY, "versions": {}},
        "CreateQuotation": {"leadId": known("leadId"), **_CONFIGURATION},
        "PriceQuotation": _CONFIGURATION,
        "EditQuotation": {"dealerAddOnPerKw": 1500, "reason": _WHY},
        "WithdrawQuotation": {"reason": _WHY},
        "MarkCommissionPaid": _payment(),
        "PayCommission": _payment(),
        "CreateCustomer": {"name": "Kavita", "phone": known("phone")},
        "ChangeCustomerPhone": {"newPhone": known("phone"), "reason": _WHY},
        "ShareCustomerPhone": {"name": "Tara Rao", "reason": _WHY},
        "UnshareCustomerPhone": {"reason": _WHY},
        "MergeCustomers": {"otherCustomerId": known("customerId"), "reason": _WHY},
        "UnmergeCustomer": {"reason": _WHY},
        "AddLeadDocument": {"leadId": known("leadId"), "docType": "GENERAL"},
        "AddKycDocument": {"customerId": IDS["ownCustomerId"][0], "docType": "Other"},
        "RejectKycDocument": {"reason": _WHY},
        "EnrollChannelPartner": {"name": "Tara", "phone": known("phone")},
        "EnrollKam": {"name": "Tara", "email": f"k{known('phone')}@example.com"},
        "DeactivateChannelPartner": {"reason": _WHY},
        "DeactivateKam": {"reason": _WHY},
        "ChangeKamStatus": {"status": "deactivated", "reason": _WHY},
        "AssignKam": {"cpIds": [known("partnerId")], "kamId": known("kamId")},
        "AssignPartners": {"cpIds": [known("partnerId")]},
        "ChangeItem": {"unitPrice": int(known("phone")) % 900 + 100},
        "DeactivateItem": {"reason": _WHY},
        "AddItem": {"name": f"Hot water {known('phone')}"} if path.get("kind") == "services" else None,
        "ChangeSettings": {"thresholds": {"critical": int(known("phone")) % 900}},
        "ChangePassword": {"currentPassword": "Kam-Demo-1!", "newPassword": "Kam-Demo-1!"},
        "ApproveCommission": {},
    }
    return made.get(operation)


def _payment() -> dict[str, Any]:
    today = (datetime.now(UTC) + timedelta(hours=5, minutes=30)).date().isoformat()
    return {"utrNumber": f"UTR{known('phone')}000", "paymentDate": today, "paymentMethod": "NEFT"}


def _version(case: Any, kwargs: dict[str, Any]) -> str | None:
    """The present ETag of what the path names: up to its last parameter, or all of it."""
    template = case.path
    found = re.match(r"(.*\})", template)
    path = found[1] if found else template
    for name, value in case.path_parameters.items():
        path = path.replace(f"{{{name}}}", str(value))
    headers = {"Authorization": f"Bearer {MADE['tokens']['Admin']}"}
    return requests.get(MADE["base"] + path, headers=headers, timeout=30).headers.get("ETag")


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Four times of five put in what exists; leave alone what was made wrong on purpose."""
    operation = case.operation.definition.raw["operationId"]
    if ROLE == steps.EVERYBODY:
        steps.take(case)
        return
    _sign_in(operation, case)
    for name, value in case.query.items():
        case.query[name] = value[:LONGEST] if isinstance(value, str) else value
    meta = case.meta
    if meta and meta.generation.mode.is_negative:
        wrong = {str(where) for where, part in meta.components.items() if part.mode.is_negative}
    else:
        wrong = set()
    lot = zlib.crc32(repr((case.path_parameters, case.query, str(case.body))).encode()) % 5
    if not lot:
        return
    if not any("path" in part for part in wrong):
        _fill_path(operation, case)
    if not any("query" in part for part in wrong):
        _fill_query(operation, case, lot)
    if not any("body" in part for part in wrong) and isinstance(case.body, dict):
        _fill_body(operation, case, lot)
    if not any("header" in part for part in wrong):
        case.headers.pop("Idempotency-Key", None)
        if "If-Match" in case.headers or case.operation.definition.raw.get("x-critical"):
            case.headers.pop("If-Match", None)
            tag = _version(case, kwargs)
            if tag:
                case.headers["If-Match"] = tag


def _sign_in(operation: str, case: Any) -> None:
    token = MADE["tokens"][ROLE]
    if operation in _ENDS_SESSION and ROLE in MADE["spare"]:
        token = known("spare:" + ROLE)
    if token:
        case.headers["Authorization"] = f"Bearer {token}"


def _fill_path(operation: str, case: Any) -> None:
    for name in case.path_parameters:
        case.path_parameters[name] = known(_pool(operation, name), case.path_parameters[name])


def _fill_query(operation: str, case: Any, lot: int) -> None:
    names = {"docId": "documentId", "leadId": "leadId", "customerId": "customerId"}
    needed = {
        p["name"] for p in case.operation.definition.raw["parameters"] if p.get("required") and p["in"] == "query"
    }
    for name, pool in names.items():
        if name in case.query or name in needed:
            case.query[name] = known(pool)
    case.query.pop("cursor", None)
    if {"page", "offset"} <= case.query.keys() and lot > 1:
        case.query.pop("offset")


def _fill_body(operation: str, case: Any, lot: int) -> None:
    given = _body(operation, case.path_parameters)
    if given is not None and lot > 1:
        kept = {} if lot > 2 else {name: v for name, v in case.body.items() if name not in given}
        case.body = {**kept, **given}
    case.body.pop("version", None)


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Count what was answered."""
    operation = case.operation.definition.raw["operationId"]
    same = case.method.upper() == case.operation.method.upper()
    ANSWERS[f"{operation if same else ANOTHER_METHOD} {response.status_code}"] += 1
    _write(every=1.0)
    if ROLE == steps.EVERYBODY:
        steps.remember(operation, response)


@atexit.register
def _write(every: float = 0.0) -> None:
    """For whoever waits: the whole file at once, at most every so many seconds."""
    if time.monotonic() < _written[0] + every:
        return
    _written[0] = time.monotonic()
    file = Path(os.environ["COUNTS"])
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(ANSWERS))
    fresh.replace(file)


IDS |= {"kind": ["panels", "inverters", "services"], "itemId": ["PANEL-1", "PANEL-2"], "slug": ["fields-invalid"]}
for role, tokens in MADE["spare"].items():
    IDS[f"spare:{role}"] = tokens
