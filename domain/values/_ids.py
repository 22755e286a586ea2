"""Identifiers: readable, and each tells which lead it belongs to, so that no index is needed to find it.

`LEAD-1001` has the quotations `QUOT-100101`, `QUOT-100102` … and the commission `COMM-100101`: the lead's
number and two digits that count within the lead. `DOC-1001-4F0A…` is a document of that lead and
`KYC-DOC-1001-4F0A…` one of the customer `CUST-1001`: twelve hex digits, since documents are many and are not
counted. A client may treat all of them as opaque text.
"""

from __future__ import annotations

import hashlib
import re
from typing import Protocol

MAX_PER_LEAD = 99  # two digits

_LEAD = re.compile(r"LEAD-([1-9][0-9]{3,14})")
_WITHIN_LEAD = re.compile(r"(?:QUOT|COMM)-([1-9][0-9]{3,14})([0-9]{2})")
_DOCUMENT = re.compile(r"(DOC|KYC-DOC)-([1-9][0-9]{3,14})-[0-9A-F]{12}")
_OWNERS = {"DOC": "LEAD", "KYC-DOC": "CUST"}


class Ids(Protocol):
    """The port to new identifiers; the only source of chance in the product's rules."""

    async def next_number(self, kind: str) -> int:
        """The next number of a series (`lead`, `customer`, `partner` …): unique, rising, maybe with gaps."""
        ...

    def unique(self) -> str:
        """An unguessable text of 32 hex digits."""
        ...


def lead_id(number: int) -> str:
    """`LEAD-1001`."""
    return f"LEAD-{number}"


def is_lead_id(text: str) -> bool:
    """Whether this could be a lead's id at all."""
    return _LEAD.fullmatch(text) is not None


def id_within(lead: str, prefix: str, sequence: int) -> str:
    """The id of a lead's n-th quotation (`QUOT`) or commission (`COMM`), 1 ≤ n ≤ 99."""
    found = _LEAD.fullmatch(lead)
    if not found or not 1 <= sequence <= MAX_PER_LEAD:
        raise ValueError(f"no id for {prefix} {sequence} of {lead}")
    return f"{prefix}-{found[1]}{sequence:02d}"


def lead_of(identifier: str) -> str | None:
    """The lead that a quotation's or commission's id names, or None if it isn't such an id."""
    found = _WITHIN_LEAD.fullmatch(identifier)
    return f"LEAD-{found[1]}" if found else None


def document_id(owner: str, seed: str) -> str:
    """The id of a document of a lead or a customer: always the same for the same `seed` (a write id)."""
    kind, _, number = owner.partition("-")
    prefix = next(name for name, owned in _OWNERS.items() if owned == kind)
    return f"{prefix}-{number}-{hashlib.sha256(seed.encode()).hexdigest()[:12].upper()}"


def owner_of_document(identifier: str) -> str | None:
    """The lead (`LEAD-…`) or customer (`CUST-…`) that a document's id names; None if it isn't such an id."""
    found = _DOCUMENT.fullmatch(identifier)
    return f"{_OWNERS[found[1]]}-{found[2]}" if found else None
