"""Bodies of pricing: the full configuration and the CP app's simple form; and how they become an offer."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Protocol

from pydantic import Field, StrictBool, StrictInt

from domain.pricing import (
    Cable,
    Catalogue,
    Configuration,
    Phase,
    configuration_as_plain,
    price,
    price_as_plain,
)
from domain.quotations import Offer
from domain.values import day_in_india
from functions.models.fields import Amount, Body, Line


class CatalogueSource(Protocol):
    """Where the master data comes from (`adapters.catalogue`)."""

    async def current(self) -> Catalogue:
        """All master data, at most a minute old."""
        ...


class ConfigurationBody(Body):
    """A system to be priced (domain.md "Configuration and price", 1 to 5); heights in metres."""

    state: Line
    discom: Line
    phase: Phase
    smart_meter: StrictBool
    panel: Line
    panel_count: StrictInt
    inverter: Line
    cable: Cable = Cable.STANDARD
    structure_height: Annotated[Decimal, Field(ge=0, le=100)] = Decimal(0)
    dealer_add_on_per_kw: Amount | None = None


class NewQuotationBody(ConfigurationBody):
    """A configuration, for a lead."""

    lead_id: Line


class PricingDesk:
    """Prices configurations with the master data in force."""

    def __init__(self, catalogue: CatalogueSource) -> None:
        self._catalogue = catalogue

    async def offer(self, body: ConfigurationBody, *, on: datetime) -> Offer:
        """The offer that a quotation keeps. Raises ConfigurationNotPossible."""
        catalogue = (await self._catalogue.current()).on(day_in_india(on))
        configuration = Configuration(
            state=body.state,
            discom=body.discom,
            phase=body.phase,
            smart_meter=body.smart_meter,
            panel=body.panel,
            panel_count=body.panel_count,
            inverter=body.inverter,
            cable=body.cable,
            structure_height=body.structure_height,
            add_on_per_kw=body.dealer_add_on_per_kw,
        )
        priced = price(configuration, catalogue)
        return Offer(
            configuration=configuration_as_plain(priced.configuration),
            price=price_as_plain(priced),
            system_price=priced.system_price,
            add_on_total=priced.add_on_total,
            customer_pays=priced.customer_pays,
            catalogue_version=catalogue.version,
            validity_days=catalogue.pricing.validity_days,
        )
