"""Leads as the rows of a CSV: what an import reads, and an export writes so that an import reads it again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, ValidationError

from domain.bulk import ImportRow, RowFault
from domain.leads import NewLead
from domain.values import csv_table, csv_text
from functions.models.fields import Body, Day, Email, Line, LongText, Name, Phone, PinCode
from functions.models.leads import Services

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 10_000
REQUIRED = ("customerName", "customerPhone", "address", "state", "pinCode")
OPTIONAL = ("customerEmail", "services", "requirements", "assignedTo", "source", "followUpDate", "remarks", "city")
COLUMNS = (*REQUIRED, *OPTIONAL)
TOLD = ("leadId", "customerId", "status", "origin", "assignedCpName", "quotationRef", "tokenNumber", "createdAt")
"""What an export tells besides; an import reads these columns and sets nothing by them."""

_MAY_LACK = frozenset({"state", "pinCode"})
"""What an exported lead (its row has a leadId) may have been registered without."""

_SHOWN = 200  # characters of a faulty cell that are shown
_EXAMPLE = {
    "customerName": "Kavita Desai",
    "customerPhone": "9876543210",
    "address": "5 Station Road, Ahmedabad",
    "state": "Gujarat",
    "pinCode": "380001",
    "services": "Rooftop; Battery",
    "source": "referral",
    "city": "Ahmedabad",
}


class LeadCells(Body):
    """The cells of a row, by the rules of a new lead; an empty cell counts as absent."""

    customer_name: Name
    customer_phone: Phone
    address: Annotated[LongText, Field(min_length=1)]
    state: Line | None = None
    pin_code: PinCode | None = None
    city: Line | None = None
    customer_email: Email | None = None
    services: Services | None = None
    requirements: LongText | None = None
    assigned_to: Line | None = None
    source: Line | None = None
    follow_up_date: Day | None = None
    remarks: LongText | None = None


def template() -> str:
    """The header with an example row."""
    return csv_text(header=COLUMNS, rows=[_EXAMPLE])


def sheet_of(leads: Iterable[Mapping[str, Any]]) -> str:
    """The CSV of leads, given by their fields under the API's names."""
    return csv_text(header=(*COLUMNS, *TOLD), rows=(_cells(lead) for lead in leads))


def read_sheet(text: str) -> tuple[list[ImportRow], list[RowFault]]:
    """The rows that are sound in themselves, and every fault of the header and of the others.

    Raises CsvInvalid (it isn't CSV, or has more than `MAX_ROWS` rows).
    """
    header, lines = csv_table(text, most=MAX_ROWS)
    faults = _header_faults(header)
    rows: list[ImportRow] = []
    for line, cells in lines:
        if len(cells) != len(header):
            said = f"This line has {len(cells)} cells; the first line has {len(header)}."
            faults.append(RowFault(line, "row", "", said))
            continue
        row, wrong = _row(line, dict(zip(header, cells, strict=True)))
        faults += wrong
        rows += [row] if row else []
    if not lines:
        faults.append(RowFault(2, "row", "", "There is no row below the header."))
    return rows, faults


def _header_faults(header: Sequence[str]) -> list[RowFault]:
    faults = [RowFault(1, name, "", "This column is needed.") for name in REQUIRED if name not in header]
    known = f"The columns are {', '.join(COLUMNS)}."
    faults += [
        RowFault(1, name[:_SHOWN], name[:_SHOWN], f"There is no such column. {known}")
        for name in dict.fromkeys(header)
        if name not in COLUMNS and name not in TOLD
    ]
    twice = sorted({name for name in header if header.count(name) > 1})
    return faults + [RowFault(1, name[:_SHOWN], name[:_SHOWN], "This column stands here twice.") for name in twice]


def _row(line: int, cells: Mapping[str, str]) -> tuple[ImportRow | None, list[RowFault]]:
    given = {name: cells[name].strip() for name in COLUMNS if name in cells and cells[name].strip()}
    needed = [name for name in REQUIRED if name in cells and name not in given]
    if cells.get("leadId", "").strip():
        needed = [name for name in needed if name not in _MAY_LACK]
    faults = [RowFault(line, name, "", "This cell may not be empty.") for name in needed]
    said: dict[str, Any] = {**given, **({"services": _listed(given["services"])} if "services" in given else {})}
    try:
        body = LeadCells.model_validate(said)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)
        return None, faults + [_fault(line, dict(e), given) for e in wrong if e["type"] != "missing"]
    return (None, faults) if faults else (ImportRow(line, _new_lead(body)), [])


def _fault(line: int, error: dict[str, Any], given: Mapping[str, str]) -> RowFault:
    name = str(error["loc"][0])
    return RowFault(line, name, given.get(name, "")[:_SHOWN], str(error["msg"]).removeprefix("Value error, "))


def _new_lead(body: LeadCells) -> NewLead:
    return NewLead(
        customer_name=body.customer_name,
        phone=body.customer_phone,
        address=body.address,
        email=body.customer_email,
        city=body.city,
        state=body.state,
        pin_code=body.pin_code,
        services=tuple(body.services or ()),
        requirements=body.requirements or None,
        source=body.source,
        follow_up_date=body.follow_up_date,
        remarks=body.remarks or None,
        assigned_to=body.assigned_to,
    )


def _cells(lead: Mapping[str, Any]) -> dict[str, str]:
    names = {"customerPhone": "phone", "customerEmail": "email", "leadId": "id", "assignedCpName": "assignedName"}
    cells = {name: str(lead.get(names.get(name, name)) or "") for name in (*COLUMNS, *TOLD)}
    return {**cells, "services": "; ".join(_escaped(service) for service in lead.get("services") or ())}


def _escaped(service: str) -> str:
    """A service beside others: `;` separates them, so its own gets a backslash in front."""
    return service.replace("\\", "\\\\").replace(";", "\\;")


def _listed(cell: str) -> list[str]:
    parts = re.findall(r"(?:\\[\\;]|[^;])+", cell)
    named = [re.sub(r"\\([\\;])", r"\1", part).strip() for part in parts]
    return [name for name in named if name]
