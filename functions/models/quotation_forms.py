"""Bodies of changes of a quotation: edits, final price, withdrawal."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool, StrictInt, field_validator

from domain.pricing import Cable, Phase
from domain.quotations import Edit
from functions.models.fields import Amount, Body, Line, LongText
from functions.models.pricing_forms import Metres


class WithdrawalBody(Body):
    """Why a quotation is taken back."""

    reason: Annotated[LongText, Field(min_length=1)]
    version: StrictInt | None = None


class EditBody(Body):
    """What of a quotation is to change; what isn't named stays. Of a *Created* one only `dealerAddOnPerKw` and
    `discount` can (rupees off the whole system), with a `reason` and the version that the client saw."""

    state: Line | None = None
    discom: Line | None = None
    phase: Phase | None = None
    smart_meter: StrictBool | None = None
    panel: Line | None = None
    panel_count: StrictInt | None = None
    inverter: Line | None = None
    cable: Cable | None = None
    structure_height: Metres | None = None
    dealer_add_on_per_kw: Amount | None = None
    discount: Amount | None = None
    roof_type: Line | None = None
    finalize: StrictBool = False
    reason: LongText | None = None
    version: StrictInt | None = None

    @field_validator("state", "discom", "phase", "smart_meter", "panel", "panel_count", "inverter", mode="before")
    @classmethod
    def _needed(cls, value: object) -> object:
        return _not_null(value)

    @field_validator("cable", "structure_height", mode="before")
    @classmethod
    def _defaulted(cls, value: object) -> object:
        return _not_null(value)

    def edit(self) -> Edit:
        """The edit that the body asks for."""
        named = self.model_fields_set - {"finalize", "reason", "version"}
        changes = {_IN_CONFIGURATION.get(name, name): getattr(self, name) for name in named}
        return Edit(changes=changes, finalize=self.finalize, reason=self.reason)


_IN_CONFIGURATION = {"dealer_add_on_per_kw": "add_on_per_kw"}


def _not_null(value: object) -> object:
    if value is None:
        raise ValueError("This can't be null. Leave it out to keep it as it is.")
    return value
