"""The form of master data, and of a price that is explained. Amounts in rupees, capacities in kW."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from functions.models.fields import Rupees, Shape


class PriceReply(Shape):
    """What was chosen, with every default filled in; and the price, line by line (domain.md "Prices")."""

    configuration: dict[str, Any]
    price: dict[str, Any]


class PanelReply(Shape):
    """A panel."""

    panel_id: str
    make: str
    variant: str
    wattage: int
    unit_price: Rupees
    is_dcr: bool = Field(serialization_alias="isDCR")
    is_recommended: bool
    is_active: bool
    specifications: dict[str, Any]


class InverterReply(Shape):
    """An inverter, and which systems it is made for."""

    inverter_id: str
    make: str
    model: str
    capacity_kw: float = Field(serialization_alias="capacityKW")
    phase: str
    unit_price: Rupees
    is_recommended: bool
    is_active: bool
    compatibility_range: dict[str, float]
    specifications: dict[str, Any]


class StateReply(Shape):
    """A state, and which of its subsidies applies."""

    state_id: str
    state_name: str
    state_code: str
    is_active: bool
    subsidy_type: str


class DiscomReply(Shape):
    """A distribution company."""

    discom_id: str
    discom_name: str
    state_id: str
    is_active: bool
    supported_phases: list[str]
    smart_meter_options: list[bool]
    subsidy_type: str


class BomReply(Shape):
    """A part of the bill of materials; `unit` is what its price is for."""

    item_id: str
    name: str
    type: str
    sub_type: str | None = None
    unit_price: Rupees
    unit: str
    is_active: bool
    specifications: dict[str, Any]


class FeeReply(Shape):
    """What a connection costs."""

    id: str
    state: str
    discom: str
    phase: str
    has_smart_meter: bool
    fees: dict[str, Rupees]
    is_active: bool


class SubsidyReply(Shape):
    """A slab of a subsidy: `base` at `fromKW`, and so much per kW above."""

    id: str
    scheme: str
    from_kw: float = Field(serialization_alias="fromKW")
    base: Rupees
    rate_per_kw: Rupees = Field(serialization_alias="ratePerKW")
    is_active: bool


class MasterDataReply(Shape):
    """What can be sold today. With a `category` the first three are there in any case."""

    panels: list[PanelReply]
    inverters: list[InverterReply]
    states: list[StateReply]
    bom_items: list[BomReply] = Field(default=[])
    fees: list[FeeReply] = Field(default=[])
    discoms: list[DiscomReply] = Field(default=[])
    subsidy_rules: list[SubsidyReply] = Field(default=[])
    version: str | int
    last_updated: str | None = None


class PriceRange(Shape):
    """From and to."""

    min: Rupees
    max: Rupees
    currency: str


class ServiceReply(Shape):
    """A service."""

    service_id: str
    name: str
    type: str
    description: str
    status: str
    active: bool
    category: str
    features: list[str]
    estimated_duration: str
    price_range: PriceRange | None = None


class ChangedField(Shape):
    """A field before and after; amounts in rupees."""

    field: str
    before: Any
    after: Any
    effective_from: str | None = None


class HistoryEntry(Shape):
    """An entry of an item's history. `instead` compares a dated row with the one in force before it."""

    version: int
    action: str
    actor: str
    actor_name: str
    timestamp: str
    message: str
    reason: str | None
    instead: list[ChangedField]
    changes: list[ChangedField]


class HistoryReply(Shape):
    """An item's history, newest first."""

    kind: str
    id: str
    history: list[HistoryEntry]
    total: int


class ImportedReply(Shape):
    """What came of a CSV: all rows were written or were so already."""

    total: int
    imported: int
    unchanged: int
    errors: list[Any]
