"""Steps through the main job on what earlier steps have made: who makes each request, on which record, with what.

Part of what schemathesis loads (`hooks`) for its stateful phase. It chooses the order of the steps; here the request
is made one that can be carried out at that point, three times of four, and else left as it was generated.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import requests

EVERYBODY = "everybody"
MADE = json.loads(Path(os.environ["RECORDS"]).read_text())
NEWEST: dict[str, str] = {}
"""By the names that the paths give them, what was made last."""

AS_PARTNER = {"RegisterLead", "CreateQuotation", "ShareQuotation", "WithdrawQuotation", "AddLeadDocument"}
AS_CUSTOMER = {"AcceptQuotation", "RejectQuotation"}
MAKES = {"RegisterLead": "leadId", "CreateQuotation": "quotationId", "ShareQuotation": "shared"}
_WHY = "The customer asked for it"
_AN_ID = re.compile(r"(LEAD|QUOT|COMM)-\d+")
_numbers = count(int(datetime.now(UTC).timestamp()) * 1000)
_ONWARD = {"New Lead": "In Discussion", "Won": "Pending at Solarium", "Customer Accepted": "Won"}
_ONWARD |= {"Pending at Solarium": "Under Execution", "Under Execution": "Executed"}


def take(case: Any) -> None:
    """Make the generated request one of this story."""
    operation = case.operation.definition.raw["operationId"]
    who = "CP" if operation in AS_PARTNER else "Customer" if operation in AS_CUSTOMER else "Admin"
    case.headers["Authorization"] = f"Bearer {MADE['tokens'][who]}"
    for name, value in case.path_parameters.items():
        if name in NEWEST and not _AN_ID.fullmatch(str(value)):
            case.path_parameters[name] = NEWEST[name]
    case.headers.pop("Idempotency-Key", None)
    if not zlib.crc32(repr((operation, str(case.body), next(_numbers))).encode()) % 4:
        return
    case.path_parameters.update(_further(operation))
    case.headers.pop("If-Match", None)
    body = _body(operation, case.path_parameters)
    if body is not None:
        case.body = body
    elif isinstance(case.body, dict):
        case.body.pop("version", None)
    if case.operation.definition.raw.get("x-critical"):
        case.headers["If-Match"] = _tag(case)


def remember(operation: str, response: Any) -> None:
    """What was made, for the steps after it."""
    if response.status_code not in (200, 201):
        return
    data = response.json().get("data") or {}
    if operation in MAKES:
        NEWEST[MAKES[operation]] = data["id"]
    if operation == "AcceptQuotation":
        NEWEST["accepted"] = data["leadId"]
    if operation == "ChangeLeadStatus" and data["status"] == "Won":
        NEWEST["won"] = f"COMM-{data['id'][5:]}01"
    if operation == "ChangeLeadStatus" and data["status"] == "Executed":
        NEWEST["commissionId"] = NEWEST.pop("won", f"COMM-{data['id'][5:]}01")
        NEWEST.pop("accepted", None)


def _further(operation: str) -> dict[str, str]:
    """The record on which the step is the next one of the story, if there is one."""
    if operation in AS_CUSTOMER and "shared" in NEWEST:
        return {"quotationId": NEWEST["shared"]}
    if operation == "ChangeLeadStatus" and "accepted" in NEWEST:
        return {"leadId": NEWEST["accepted"]}
    return (
        {"commissionId": NEWEST["commissionId"]} if "Commission" in operation and "commissionId" in NEWEST else {}
    )


def _body(operation: str, path: dict[str, Any]) -> dict[str, Any] | None:
    lead, day = NEWEST.get("leadId", "LEAD-1001"), datetime.now(UTC) + timedelta(hours=5, minutes=30)
    made: dict[str, Any] = {
        "RegisterLead": {"customerName": "Kavita", "address": "5 Station Road", "phone": MADE["customersPhone"]},
        "EditLead": {"remarks": f"Call again {next(_numbers)}"},
        "ReassignLead": {"cpId": "CP-1001", "reason": _WHY},
        "AddLeadDocument": {"leadId": lead, "docType": "GENERAL"},
        "CreateQuotation": {"leadId": lead, **MADE["configuration"]},
        "EditQuotation": {"dealerAddOnPerKw": 1500, "reason": _WHY},
        "ShareQuotation": {},
        "AcceptQuotation": {},
        "WithdrawQuotation": {"reason": _WHY},
        "ApproveCommission": {},
        "MarkCommissionPaid": {
            "utrNumber": f"UTR{next(_numbers)}",
            "paymentDate": day.date().isoformat(),
            "paymentMethod": "NEFT",
        },
    }
    return _onward(str(path["leadId"])) if operation == "ChangeLeadStatus" else made.get(operation)


def _onward(lead_id: str) -> dict[str, Any]:
    """The next move of the lead as it is now."""
    said = _read(f"/api/v1/leads/{lead_id}")
    lead = said.json()["data"] if said.status_code == 200 else {"status": "New Lead", "quotations": []}
    accepted = [q["id"] for q in lead["quotations"] if q["status"] == "Accepted"]
    to = _ONWARD.get(lead["status"], "In Discussion")
    body = {
        "status": to,
        "remarks": _WHY,
        "followUpDate": (datetime.now(UTC) + timedelta(days=2)).date().isoformat(),
    }
    more = {"Won": {"quotationRef": accepted[0]} if accepted else {}, "Under Execution": {"tokenNumber": "TKN-1"}}
    return {**body, **more.get(to, {})}


def _tag(case: Any) -> str:
    """The ETag of the record that the path names."""
    template = re.match(r"(.*\})", case.path)
    path = template[1] if template else case.path
    for name, value in case.path_parameters.items():
        path = path.replace(f"{{{name}}}", str(value))
    return str(_read(path).headers.get("ETag", '"1"'))


def _read(path: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {MADE['tokens']['Admin']}"}
    return requests.get(MADE["base"] + path, headers=headers, timeout=30)
