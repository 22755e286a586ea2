"""What stands on a quotation's paper, as texts in reading order. Where it stands is in `_layout`.

Plain values only: this crosses a process boundary.
"""

from __future__ import annotations

from calendar import month_name
from datetime import date
from typing import Any

from domain.quotations import Paper, PriceTable
from domain.values import ZERO

Sheet = dict[str, Any]


def sheet_of(paper: Paper) -> Sheet:
    """The texts of a quotation's paper."""
    company = paper.company
    return {
        "company": {
            "name": one_line(company.name),
            "lines": [one_line(line) for line in (company.address, _reach(company.phone, company.email)) if line],
            "gstin": f"GSTIN {company.gstin}" if company.gstin else "",
        },
        "title": "Quotation",
        "facts": [
            ["Reference", paper.reference],
            ["Date", day_text(paper.made_on)],
            ["Valid until", day_text(paper.valid_until)],
        ],
        "customer": {
            "name": one_line(paper.customer_name),
            "lines": [one_line(paper.customer_address), phone_text(paper.customer_phone)],
        },
        "partner": one_line(paper.partner_name),
        "system": [[label, one_line(value)] for label, value in paper.system],
        "prices": _price_rows(paper.table),
        "pays": ["You pay", str(paper.table.pays)],
        "terms": [one_line(term) for term in paper.terms],
        "seal": f"{paper.reference} · {paper.content_hash}",
        "code": f"{paper.reference} {paper.content_hash}",
        "made_at": paper.made_on.isoformat(),
    }


def _price_rows(table: PriceTable) -> list[list[str]]:
    """Label, amount, and how the row looks: a plain line or a sum."""
    system = "Solar system, complete"
    if table.discount != ZERO:
        system += f" (a discount of {table.discount} is deducted)"
    return [
        [system, str(table.system), "line"],
        ["Installation", str(table.installation), "line"],
        ["Transport", str(table.transport), "line"],
        ["System price", str(table.total), "sum"],
        ["Central subsidy", str(ZERO - table.central), "line"],
        ["State subsidy", str(ZERO - table.state), "line"],
    ]


def day_text(day: date) -> str:
    """`31 March 2026`."""
    return f"{day.day} {month_name[day.month]} {day.year}"


def phone_text(e164: str) -> str:
    """`+91 98000 00001`."""
    return f"{e164[:3]} {e164[3:8]} {e164[8:]}"


def one_line(text: str) -> str:
    """Without line breaks and tabs, which people type into addresses."""
    return " ".join(text.split())


def _reach(phone: str, email: str) -> str:
    return " · ".join(part for part in (phone, email) if part)
