"""Leads as the rows of a CSV: what an import reads, and an export writes so that an import reads it again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, ValidationError

from domain.bulk import ImportRow, RowFault
from domain.leads import NewLead
from domain.values import csv_table, csv_text, day
from functions.models.fields import Body, Day, Email, Line, LongText, Name, Phone, PinCode
from functions.models.leads import Services
from functions.models.wording import sentence

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
    """All rows, and every fault of the header and of each of them.

    Raises CsvInvalid (it isn't CSV, or has more than `MAX_ROWS` rows).
    """
    found, lines = csv_table(text, most=MAX_ROWS)
    if not any(found):
        return [], [RowFault(1, "row", "", f"The first row names the columns. {_KNOWN}")]
    header = [_NAMES.get(_plain(name), name) for name in found]
    faults = _header_faults(header)
    rows: list[ImportRow] = []
    for number, cells in lines:
        row, wrong = _row(number, header, cells)
        rows.append(row)
        faults += wrong
    if not lines:
        faults.append(RowFault(2, "row", "", "There is no row below the header."))
    return rows, faults


def _plain(name: str) -> str:
    """A column's name as it is compared: also `Customer name` and `PINCODE` say which is meant."""
    return re.sub(r"[\s_-]", "", name).casefold()


_NAMES = {_plain(name): name for name in (*COLUMNS, *TOLD)}
_KNOWN = f"The columns are {', '.join(COLUMNS)}."


def _header_faults(header: Sequence[str]) -> list[RowFault]:
    faults = [RowFault(1, name, "", "This column is needed.") for name in REQUIRED if name not in header]
    faults += [
        RowFault(1, name[:_SHOWN], name[:_SHOWN], f"There is no such column. {_KNOWN}")
        for name in dict.fromkeys(header)
        if name not in COLUMNS and name not in TOLD
    ]
    twice = sorted({name for name in header if header.count(name) > 1})
    return faults + [RowFault(1, name[:_SHOWN], name[:_SHOWN], "This column stands here twice.") for name in twice]


def _row(number: int, header: Sequence[str], cells: Sequence[str]) -> tuple[ImportRow, list[RowFault]]:
    if len(cells) > len(header):
        said = f"This row has {len(cells)} cells; the first row has {len(header)}. {_COMMA}"
        return ImportRow(number, None), [RowFault(number, "row", "", said)]
    full = dict(zip(header, cells, strict=True))
    given = {name: _typed(name, full[name]) for name in COLUMNS if full.get(name, "").strip()}
    faults = [RowFault(number, name, "", "This cell may not be empty.") for name in _lacking(full, given)]
    try:
        body = LeadCells.model_validate({**given, **_services(given)})
    except ValidationError as error:
        wrong: list[dict[str, Any]] = [dict(e) for e in error.errors(include_url=False, include_input=False)]
        faults += [_fault(number, e, given) for e in wrong if e["type"] != "missing"]
        return _unsound(number, given, {str(e["loc"][0]) for e in wrong}), faults
    lead = _new_lead(body)
    return (ImportRow.of(number, lead) if not faults else _unsound(number, given, set())), faults


_COMMA = "A cell that has the separator in it stands between quotation marks."


def _typed(name: str, cell: str) -> str:
    """A cell without the apostrophe by which somebody kept a spreadsheet from taking it for a number or date."""
    return cell.strip().removeprefix("'").strip() if name in _NEVER_WITH_APOSTROPHE else cell.strip()


_NEVER_WITH_APOSTROPHE = frozenset({"customerPhone", "pinCode", "followUpDate", "assignedTo"})


def _lacking(full: Mapping[str, str], given: Mapping[str, str]) -> list[str]:
    needed = [name for name in REQUIRED if name in full and name not in given]
    return [name for name in needed if name not in _MAY_LACK] if full.get("leadId", "").strip() else needed


def _services(given: Mapping[str, str]) -> dict[str, list[str]]:
    return {"services": _listed(given["services"])} if "services" in given else {}


def _unsound(number: int, given: Mapping[str, str], wrong: set[str]) -> ImportRow:
    """A row that can't be a lead, with what of it is still to be checked."""
    on = day(given["followUpDate"]) if "followUpDate" in given and "followUpDate" not in wrong else None
    return ImportRow(number, None, given.get("assignedTo") if "assignedTo" not in wrong else None, on)


def _fault(number: int, error: dict[str, Any], given: Mapping[str, str]) -> RowFault:
    name = str(error["loc"][0])
    said = sentence(error)
    if name in _NUMBERS and _SHORTENED.fullmatch(given.get(name, "")):
        said = "The spreadsheet has shortened this number. Format the column as text there, and enter it anew."
    return RowFault(number, name, given.get(name, "")[:_SHOWN], said)


_NUMBERS = frozenset({"customerPhone", "pinCode"})
_SHORTENED = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]*)?[eE][+-]?[0-9]+")


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
    """A service beside others: `;` separates them, or `,` (the portal's own sheets, client-contract.md §4), so
    those that are its own get a backslash in front."""
    return re.sub(r"[\\;,]", r"\\\g<0>", service)


def _listed(cell: str) -> list[str]:
    parts = re.findall(r"(?:\\[\\;,]|[^;,])+", cell)
    named = [re.sub(r"\\([\\;,])", r"\1", part).strip() for part in parts]
    return [name for name in named if name]
