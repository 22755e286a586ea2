"""docs/access.md, the cells `own`: each such endpoint and role tried with another's record and with one that
doesn't exist. Both get the same 404, and nothing else; one's own record is found."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.demo import CONFIGURATION
from tests.journeys.clients.world import Ids, World
from tests.journeys.conftest import Client

PAGE = Path(__file__).parents[3] / "docs" / "access.md"
ROLES = ("Admin", "KAM", "CP", "Customer")

SENT: Mapping[str, Mapping[str, Any]] = {
    "AddKycDocument": {"customerId": "{customer}", "docType": "PAN", "leadId": "{lead}"},
    "AddLeadDocument": {"leadId": "{lead}"},
    "CreateQuotation": {"leadId": "{lead}", **CONFIGURATION},
    "EditCustomer": {"city": "Rajkot"},
    "EditLead": {"city": "Rajkot"},
    "EditQuotation": {"dealerAddOnPerKw": 1500, "reason": "Agreed on the phone"},
    "ListKycDocuments": {"customerId": "{customer}", "leadId": "{lead}"},
    "ListLeadDocuments": {"leadId": "{lead}"},
    "ReadDocument": {"docId": "{document}"},
    "ReassignLead": {"cpId": "CP-1001", "reason": "Nearer to the site"},
    "RejectKycDocument": {"reason": "Not readable"},
    "WithdrawQuotation": {"reason": "Asked for too much"},
    "ChangeLeadStatus": {"status": "Not Interested", "remarks": "Spoke with the customer"},
}
"""The body, or the query of a reading one, where there has to be one."""

ELSEWHERE = {"RegisterLead": "a lead's partner is a field of it: 422, in `TestFields`"}


@dataclass(frozen=True)
class Row:
    """One endpoint and one role of the page, and one of the records that a request names."""

    method: str
    path: str
    function: str
    role: str
    record: str

    @property
    def name(self) -> str:
        return f"{self.role} {self.function} {self.record}"


def rows() -> list[Row]:
    """The cells `own` of the page."""
    found = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) != 11 or "own" not in cells[4:8] or cells[2] in ELSEWHERE:
            continue
        method, path, function = cells[0], cells[1].strip("`"), cells[2]
        said = path + str(SENT.get(function, ""))
        for role in (role for role, cell in zip(ROLES, cells[4:8], strict=True) if cell == "own"):
            for record in records_in(said, function):
                found.append(Row(method, path, function, role, record))
    return found


def records_in(said: str, function: str) -> list[str]:
    """What stands for a record in path, query or body; a document may be of a lead or of a customer."""
    names = dict.fromkeys(re.findall(r"\{(lead|quotation|commission|customer|document|notification)", said))
    if "{personId}" in said:
        names["kam" if "/kams/" in said else "partner"] = None
    if "document" in names:
        del names["document"]
        names |= {"kyc": None} if "Kyc" in function else {"kyc": None, "document": None}
    if function == "DeleteDocument":
        names.pop("kyc")  # a KYC document isn't deleted: it is replaced
    return list(names)


@dataclass(frozen=True)
class Side:
    """Somebody's records, and those people."""

    records: Mapping[str, str]
    people: Mapping[str, Client]

    def told(self, role: str) -> str:
        """A notification of this person's."""
        return str(self.people[role]("GET", "/notifications").json()["notifications"][0]["id"])


def side(world: World, people: Mapping[str, Client], persons: Mapping[str, str]) -> Side:
    """A lead that is Won, with everything that belongs to it."""
    ids: Ids = world.its_customer(world.won())
    document = world.do("partner", "POST", "/leadDocuments", json={"leadId": ids["leadId"]})["docId"]
    body = {"customerId": ids["customerId"], "docType": "PAN"}
    kyc = ids["who"]("POST", "/kycDocuments", json=body).json()["data"]["docId"]
    records = {name: ids[f"{name}Id"] for name in ("lead", "quotation", "commission", "customer")}
    return Side({**records, "document": document, "kyc": kyc, **persons}, {**people, "Customer": ids["who"]})


@pytest.fixture(scope="module")
def sides(world: World, admin: Client, kam: Client, partner: Client, other_partner: Client) -> tuple[Side, Side]:
    """What is theirs (CP-1001's, its KAM's, its customer's), and what is another's (CP-1002's)."""
    other = World(
        people={**world.people, "partner": other_partner},
        by_phone=world.by_phone,
        code_for=world.code_for,
        mailed_token=world.mailed_token,
    )
    new_kam = world.new_kam()["who"]
    new_kam_id = new_kam("GET", "/auth/me").json()["id"]
    own = side(world, {"Admin": admin, "KAM": kam, "CP": partner}, {"partner": "CP-1001", "kam": "KAM-1001"})
    foreign = side(other, {"CP": other_partner, "KAM": new_kam}, {"partner": "CP-1002", "kam": new_kam_id})
    return own, foreign


def absent(record: str) -> list[str]:
    """Ids of the same form of which there is nothing: of no lead at all, and of the same one."""
    nowhere = re.sub(r"\d{4,}", lambda found: "9" * len(found[0]), record, count=1)
    beside = re.sub(r"[0-9A-F]{12}$", "0" * 12, record) if "DOC-" in record else re.sub(r"\d\d$", "77", record)
    return [nowhere, beside] if record.startswith(("QUOT-", "COMM-", "DOC-", "KYC-")) else [nowhere]


def ask(http: httpx.Client, row: Row, who: Client, records: Mapping[str, str]) -> httpx.Response:
    document = records["document" if row.record == "document" else "kyc"]
    names = {**records, "document": document}
    person = records["kam" if "/kams/" in row.path else "partner"]
    path = row.path.format(**{f"{name}Id": value for name, value in names.items()}, personId=person)
    sent = {
        name: value.format(**names) if isinstance(value, str) else value
        for name, value in SENT.get(row.function, {}).items()
    }
    options: dict[str, Any] = {"params": sent} if row.method == "GET" else {"json": sent}
    if row.method == "DELETE":
        options = {}
    if row.function == "ListKycDocuments":  # beside a customer, a lead only narrows the list
        options = {"params": {f"{row.record}Id": records[row.record]}}
    return http.request(row.method, path, headers={**who.headers, "If-Match": '"1"'}, **options)


def content(reply: httpx.Response, record: str) -> tuple[int, str]:
    """All that an answer says but its own number, and the id that was asked for."""
    said = reply.json()
    said.pop("instance")
    return reply.status_code, str(said).replace(record, "THE-ID")


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.name)
def test_anothers_record_is_answered_as_one_that_is_not_there(
    http: httpx.Client, sides: tuple[Side, Side], row: Row
) -> None:
    own, foreign = sides
    who = own.people[row.role]
    mine = {**own.records, "notification": own.told(row.role)}
    theirs = {**foreign.records, "notification": foreign.told("CP")}
    wanted = theirs[row.record]
    refused = content(ask(http, row, who, {**mine, row.record: wanted}), wanted)
    assert refused[0] == 404, refused
    for missing in absent(wanted):
        assert content(ask(http, row, who, {**mine, row.record: missing}), missing) == refused
    found = ask(http, row, who, mine)
    assert found.status_code not in (401, 404) and found.status_code < 500, found.text
    assert found.status_code != 403 or found.json()["error"]["code"] != "ROLE_NOT_ALLOWED"


def test_every_such_cell_of_the_page_is_tried() -> None:
    assert len(rows()) >= 80
    assert {row.role for row in rows()} == set(ROLES)


class TestFields:
    @pytest.mark.parametrize("cp_id", ["CP-1002", "CP-9999"])
    def test_a_kam_cannot_tell_another_kams_partner_from_none(
        self, kam: Client, world: World, phone: str, cp_id: str
    ) -> None:
        body = {"customerName": "Tara Rao", "phone": phone, "address": "5 Station Road", "assignedTo": cp_id}
        told = content(kam("POST", "/leads", json=body), cp_id)
        none = content(kam("POST", "/leads", json={**body, "assignedTo": "CP-77"}), "CP-77")
        assert told == none and told[0] in (404, 422)

    @pytest.mark.parametrize("cp_id", ["CP-1002", "CP-9999"])
    def test_nor_when_a_lead_is_given_to_it(
        self, kam: Client, new_lead: Callable[..., dict[str, Any]], cp_id: str
    ) -> None:
        path, body = f"/leads/{new_lead()['id']}/reassign", {"reason": "Nearer to the site"}
        tag = {"If-Match": '"1"'}
        told = content(kam("PATCH", path, json={**body, "cpId": cp_id}, headers=tag), cp_id)
        none = content(kam("PATCH", path, json={**body, "cpId": "CP-77"}, headers=tag), "CP-77")
        assert told == none and told[0] in (404, 422)

    def test_a_quotation_cannot_supersede_anothers(
        self, sides: tuple[Side, Side], partner: Client, new_lead: Callable[..., dict[str, Any]]
    ) -> None:
        foreign, lead_id, told = sides[1], new_lead()["id"], []
        for quotation in (foreign.records["quotation"], "QUOT-99999901"):
            body = {"leadId": lead_id, "supersedes": quotation, **CONFIGURATION}
            told.append(content(partner("POST", "/quotations", json=body), quotation))
        assert told[0] == told[1] and told[0][0] in (404, 422)
