"""Sheets of leads: what is wrong with each cell, all at once; and cells that come back as they were (cases.md 28)."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.bulk import ImportRow
from domain.leads import NewLead
from domain.values import CsvInvalid, PhoneNumber
from functions.models.lead_sheets import MAX_ROWS, read_sheet, sheet_of, template

HEADER = "customerName,customerPhone,address,state,pinCode"
SOUND = "Kavita,9876543210,5 Station Road,Gujarat,380001"
KAVITA = NewLead(
    customer_name="Kavita",
    phone=PhoneNumber("+919876543210"),
    address="5 Station Road",
    state="Gujarat",
    pin_code="380001",
)


def faults_of(text: str) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.field, fault.value) for fault in read_sheet(text)[1]]


class TestReading:
    def test_takes_rows_with_the_number_that_a_spreadsheet_shows(self) -> None:
        text = f'\ufeff{HEADER}\r\n\r\n{SOUND}\r\n"Two\nlines",9876543211,x,Goa,403001\r\n{SOUND}\r\n  ,,,,\r\n'
        rows, faults = read_sheet(text)
        assert faults == [] and [row.number for row in rows] == [3, 4, 5]
        assert rows[0] == ImportRow.of(3, KAVITA) and rows[1].lead and rows[1].lead.customer_name == "Two\nlines"

    def test_names_every_fault_of_every_row(self) -> None:
        text = (
            "customerName,customerPhone,address,state,pinCode,customerEmail,followUpDate\n"
            ",12345,x,Goa,4030,no,soon\n"
            f"{SOUND}\n"
            f"{SOUND},,,one too many\n"
            "Ravi,9876543210,,,403001,,2026-02-30\n"
            "Too short,98\n"
        )
        assert faults_of(text) == [
            (2, "customerName", ""),
            (2, "customerPhone", "12345"),
            (2, "pinCode", "4030"),
            (2, "customerEmail", "no"),
            (2, "followUpDate", "soon"),
            (4, "row", ""),
            (5, "address", ""),
            (5, "state", ""),
            (5, "followUpDate", "2026-02-30"),
            (6, "address", ""),
            (6, "state", ""),
            (6, "pinCode", ""),
            (6, "customerPhone", "98"),
        ]

    def test_keeps_of_a_faulty_row_what_is_still_to_be_checked(self) -> None:
        text = f"{HEADER},assignedTo,followUpDate\n,1,x,Goa,4,CP-7,2026-03-31\nA,1,x,Goa,4,{'x' * 201},soon\n"
        assert read_sheet(text)[0] == [ImportRow(2, None, "CP-7", date(2026, 3, 31)), ImportRow(3, None)]

    @pytest.mark.parametrize(
        "text",
        [
            f"{HEADER}\r\n{SOUND},,,\r\n,,,,\r\n",
            f"{HEADER},remarks,city\r\n{SOUND}\r\n",
            f"{HEADER}\r\n{SOUND}\r\n".replace(",", ";"),
            f"{HEADER}\n{SOUND}\n".replace(",", "\t"),
            f"sep=,\r\n{HEADER}\r\n{SOUND}\r\n",
            f"{HEADER.upper()}\n{SOUND}\n",
            f"Customer name,Customer phone, Address ,state,PIN_code\n{SOUND}\n",
            f"{HEADER}\n{SOUND}\n".replace("9876543210", "'9876543210").replace("380001", "'380001"),
            "pinCode,state,address,customerPhone,customerName\n380001,Gujarat,5 Station Road,98765 43210,Kavita\n",
        ],
    )
    def test_takes_what_spreadsheets_and_people_make_of_it(self, text: str) -> None:
        rows, faults = read_sheet(text)
        assert ([row.lead for row in rows], faults) == ([KAVITA], [])

    @pytest.mark.parametrize("shortened", ["9.87654E+09", "9.19877E+11", "9,87654e+09", "9E+09"])
    def test_says_that_a_spreadsheet_has_shortened_a_phone(self, shortened: str) -> None:
        [fault] = read_sheet(f'{HEADER}\nKavita,"{shortened}",x,Goa,403001\n')[1]
        assert (fault.field, fault.value) == ("customerPhone", shortened)
        assert "shortened" in fault.message and "as text" in fault.message

    @pytest.mark.parametrize("cell", ["Rooftop; Battery", "Rooftop, Battery", " Rooftop ;,Battery;"])
    def test_takes_services_between_semicolons_or_the_portals_commas(self, cell: str) -> None:
        [row], faults = read_sheet(f'{HEADER},services\n{SOUND},"{cell}"\n')
        assert faults == [] and row.lead and row.lead.services == ("Rooftop", "Battery")

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", [(1, "row")]),
            ("\n\n", [(1, "row")]),
            (f"{HEADER}\n", [(2, "row")]),
            (f"{HEADER},colour\n{SOUND},red\n", [(1, "colour")]),
            (f"{HEADER},State\n{SOUND},Goa\n", [(1, "state")]),
            (
                "customerName,customerPhone,state,pinCode\nKavita,987,Goa,403001\n",
                [(1, "address"), (2, "customerPhone")],
            ),
        ],
    )
    def test_names_what_is_wrong_with_the_header(self, text: str, expected: list[tuple[int, str]]) -> None:
        assert [(row, field) for row, field, _ in faults_of(text)] == expected

    def test_takes_so_many_rows_and_no_more(self) -> None:
        assert len(read_sheet(f"{HEADER}\n" + f"{SOUND}\n" * MAX_ROWS)[0]) == MAX_ROWS
        with pytest.raises(CsvInvalid):
            read_sheet(f"{HEADER}\n" + f"{SOUND}\n" * (MAX_ROWS + 1))

    def test_takes_the_template(self) -> None:
        [row], faults = read_sheet(template())
        assert faults == [] and row.lead and row.lead.services == ("Rooftop", "Battery")


FORMULAS = [
    "a,b",
    "\\,",
    "=1+1",
    "+1",
    "-1",
    "@x",
    "＝1+1",
    "'=x",
    "''",
    "=\t1",
    'a","b',
    "a;b",
    "a\\;b",
    "\\",
    "x\ny",
    "−1",
]
texts = st.one_of(
    st.sampled_from(FORMULAS),
    st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20),
).map(str.strip).filter(bool)  # fmt: skip


class TestRoundTrip:
    @settings(max_examples=200, deadline=None)
    @given(st.tuples(*[texts] * 7), st.lists(texts, max_size=4))
    def test_an_export_is_imported_with_the_same_values(self, said: Any, services: list[str]) -> None:
        names = ("customerName", "address", "state", "city", "requirements", "source", "remarks")
        lead = dict(zip(names, said, strict=True)) | {
            "id": "LEAD-1001",
            "phone": "+919876543210",
            "email": "kavita@example.com",
            "services": services,
            "assignedTo": "CP-1001",
            "assignedName": "=Ravi",
            "followUpDate": "2026-03-31",
            "status": "Won",
        }
        sheet = sheet_of([lead])
        cells = list(csv.reader(io.StringIO(sheet.removeprefix("\ufeff"), newline="")))[1]
        assert [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "＝", "−")] == []
        [row], faults = read_sheet(sheet)
        assert faults == []
        assert row.lead == NewLead(
            customer_name=said[0],
            phone=PhoneNumber("+919876543210"),
            address=said[1],
            email="kavita@example.com",
            city=said[3],
            state=said[2],
            services=tuple(services),
            requirements=said[4],
            source=said[5],
            follow_up_date=date(2026, 3, 31),
            remarks=said[6],
            assigned_to="CP-1001",
        )
