"""How the company presents itself on paper: one row of master data, with effective dates like all others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.errors import Fault
from domain.pricing._item import Item
from domain.pricing.errors import MasterDataInvalid

COMPANY_ID = "COMPANY"  # the one row of `company`
_MAX_TERMS = 12
_MAX_TERM = 400


@dataclass(frozen=True, kw_only=True)
class Company(Item):
    """The letterhead and the terms of quotations."""

    name: str
    address: str = ""
    phone: str = ""
    email: str = ""
    gstin: str = ""
    terms: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.terms) > _MAX_TERMS or any(len(term) > _MAX_TERM for term in self.terms):
            said = f"There are at most {_MAX_TERMS} terms of at most {_MAX_TERM} characters."
            raise MasterDataInvalid(faults=[Fault("terms", said)])


def without_letterhead() -> Company:
    """What stands for the company as long as no admin has said how it presents itself."""
    return Company(id=COMPANY_ID, effective_from=date.min, name="Solarium")
