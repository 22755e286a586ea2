"""What a reply leads on to, as the OpenAPI document tells it: the main job, from a lead to its commission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Link:
    """An operation that goes on with a record of the reply. Values are names of members of the reply's data."""

    to: str
    path: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, str] = field(default_factory=dict)

    def described(self) -> dict[str, Any]:
        """The link object of OpenAPI."""
        said: dict[str, Any] = {"operationId": self.to}
        if self.path:
            said["parameters"] = {name: _pointer(member) for name, member in self.path.items()}
        if self.body:
            said["requestBody"] = {name: _pointer(member) for name, member in self.body.items()}
        return said


def _pointer(member: str) -> str:
    return f"$response.body#/data/{member}"


_LEAD, _QUOTATION, _COMMISSION = {"leadId": "id"}, {"quotationId": "id"}, {"commissionId": "id"}

LINKS: Mapping[str, tuple[Link, ...]] = {
    "RegisterLead": (
        *(Link(to, _LEAD) for to in ("ReadLead", "EditLead", "ChangeLeadStatus", "ReadLeadTimeline")),
        *(Link(to, body=_LEAD) for to in ("CreateQuotation", "AddLeadDocument")),
    ),
    "CreateQuotation": tuple(
        Link(to, _QUOTATION) for to in ("ReadQuotation", "ShareQuotation", "WithdrawQuotation", "ReadQuotationPdf")
    ),
    "ShareQuotation": tuple(Link(to, _QUOTATION) for to in ("AcceptQuotation", "RejectQuotation")),
    "AcceptQuotation": (Link("ChangeLeadStatus", {"leadId": "leadId"}),),
    "ChangeLeadStatus": tuple(Link(to, _LEAD) for to in ("ChangeLeadStatus", "ReadLead")),
    "ReadCommission": tuple(Link(to, _COMMISSION) for to in ("ApproveCommission", "MarkCommissionPaid")),
    "ApproveCommission": (Link("MarkCommissionPaid", _COMMISSION),),
}
"""By the function that replies."""
