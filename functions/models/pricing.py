"""From a body of pricing to an offer. What the bodies look like is in `pricing_forms`."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from domain.leads import Lead
from domain.pricing import Catalogue, CatalogueOfDay, price
from domain.quotations import Offer, offer_of
from domain.values import day_in_india
from functions.models.pricing_forms import ConfigurationBody, Form, NewQuotationBody, PriceBody

__all__ = ["CatalogueSource", "ConfigurationBody", "NewQuotationBody", "PriceBody", "PricingDesk"]


class CatalogueSource(Protocol):
    """Where the master data comes from (`adapters.catalogue`)."""

    async def current(self) -> Catalogue:
        """All master data, at most a minute old."""
        ...

    def saw(self, catalogue: Catalogue) -> None:
        """What was just written, so that it counts at once where it was."""
        ...


class PricingDesk:
    """Prices configurations with the master data in force."""

    def __init__(self, catalogue: CatalogueSource) -> None:
        self._catalogue = catalogue

    async def offer(self, body: Form, *, on: datetime, lead: Lead | None = None) -> Offer:
        """The offer that a quotation keeps; `lead` tells where a simple form's system stands.

        Raises ConfigurationNotPossible.
        """
        catalogue = await self.in_force(on=on)
        priced = price(body.configuration(catalogue, lead), catalogue)
        return offer_of(priced, validity_days=catalogue.pricing.validity_days)

    async def in_force(self, *, on: datetime) -> CatalogueOfDay:
        """The master data that counts at a moment."""
        return (await self._catalogue.current()).on(day_in_india(on))
