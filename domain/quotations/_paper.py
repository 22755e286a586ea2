"""A quotation on paper: what it says, and the making and keeping of its PDF. It says what the customer is told."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from domain.blobs import BlobExists, Blobs, Link
from domain.leads import Lead
from domain.pricing import Catalogue, CatalogueOfDay, Company
from domain.quotations._model import Quotation
from domain.quotations._told import PriceTable, price_table
from domain.quotations.errors import QuotationHasNoPdf
from domain.timeline import Plain
from domain.values import day_in_india, lead_of

CONTAINER = "quotations"
LINK_LIFE = timedelta(minutes=5)  # api.md


@dataclass(frozen=True)
class Paper:
    """All that a quotation's PDF says. `system` is label and value in reading order."""

    reference: str
    content_hash: str
    made_on: date
    valid_until: date
    company: Company
    customer_name: str
    customer_phone: str
    customer_address: str
    partner_name: str
    system: tuple[tuple[str, str], ...]
    table: PriceTable

    @property
    def terms(self) -> tuple[str, ...]:
        """The company's."""
        return self.company.terms


class QuotationPdf(Protocol):
    """The port that draws; other requests go on meanwhile."""

    async def render(self, *, paper: Paper) -> bytes:
        """The PDF of a paper. Raises PdfNotMade."""
        ...


class MasterData(Protocol):
    """Where the letterhead and the names come from."""

    async def current(self) -> Catalogue:
        """All master data."""
        ...


@dataclass(frozen=True)
class Press:
    """What makes papers and keeps them."""

    pdf: QuotationPdf
    blobs: Blobs
    master_data: MasterData

    async def catalogue(self, *, at: datetime) -> CatalogueOfDay:
        """The master data of that day: the company's letterhead, and the names of what a quotation has by id."""
        return (await self.master_data.current()).on(day_in_india(at))

    async def keep(self, paper: Paper) -> str:
        """Draw a paper and store it; the SHA-256 of the file, which is its name. Nobody refers to it yet: a crash
        leaves a file without use, and a repeat finds it or makes its own. Raises PdfNotMade, StorageUnavailable."""
        content = await self.pdf.render(paper=paper)
        digest = hashlib.sha256(content).hexdigest()
        with suppress(BlobExists):  # its name says what is in it
            await self.blobs.create(
                container=CONTAINER,
                name=_name(paper.reference, digest),
                content=content,
                media_type="application/pdf",
                metadata={"contentHash": paper.content_hash},
            )
        return digest

    async def link(self, quotation: Quotation, *, at: datetime) -> Link:
        """A link to the PDF for five minutes. Raises QuotationHasNoPdf."""
        if quotation.pdf is None:
            raise QuotationHasNoPdf(
                f"A quotation in status {quotation.status} has no PDF yet. It gets one when it is finalized.",
                details={"status": str(quotation.status)},
            )
        return await self.blobs.download_link(
            container=CONTAINER,
            name=_name(quotation.id, quotation.pdf),
            at=at,
            expires_at=at + LINK_LIFE,
            file_name=f"{quotation.id}.pdf",
            media_type="application/pdf",
        )


def _name(quotation_id: str, digest: str) -> str:
    return f"{lead_of(quotation_id)}/{quotation_id}/{digest}.pdf"


def paper_of(*, lead: Lead, quotation: Quotation, catalogue: CatalogueOfDay) -> Paper:
    """What a quotation says on paper. Pure."""
    return Paper(
        reference=quotation.id,
        content_hash=quotation.content_hash,
        made_on=day_in_india(quotation.edited_at or quotation.created_at),
        valid_until=quotation.valid_until,
        company=catalogue.letterhead,
        customer_name=lead.customer_name,
        customer_phone=lead.phone.e164,
        customer_address=_address(lead),
        partner_name=lead.assigned_name or quotation.created_by_name,
        system=tuple(_system(quotation, catalogue)),
        table=price_table(quotation),
    )


def _address(lead: Lead) -> str:
    parts = (lead.address, lead.city, lead.state, lead.pin_code)
    return ", ".join(part for part in parts if part)


def _system(quotation: Quotation, catalogue: CatalogueOfDay) -> list[tuple[str, str]]:
    chosen, price = quotation.configuration, quotation.price
    panel, inverter = price.get("panel", {}), price.get("inverter", {})
    dcr = "DCR" if panel.get("dcr") else "non-DCR"
    panels = f"{chosen.get('panelCount')} × {panel.get('make')} {panel.get('variant')}, {panel.get('watts')} W"
    rows = [
        ("Capacity", f"{_number(price.get('capacityKw'))} kW"),
        ("Panels", f"{panels} ({dcr})"),
        ("Panel warranty", panel.get("warranty", "")),
        ("Inverter", f"{inverter.get('make')} {inverter.get('model')}, {_number(inverter.get('capacityKw'))} kW"),
        ("Inverter warranty", inverter.get("warranty", "")),
        ("Cable", chosen.get("cable", "")),
        ("Extra structure height", f"{_number(chosen.get('structureHeight'))} m"),
        ("Roof", chosen.get("roofType", "")),
        ("Connection", _connection(chosen, catalogue)),
    ]
    return [(label, str(value)) for label, value in rows if value]


def _connection(chosen: Mapping[str, Plain], catalogue: CatalogueOfDay) -> str:
    discom, state = str(chosen.get("discom", "")), str(chosen.get("state", ""))
    known_discom, known_state = catalogue.discom(discom), catalogue.state(state)
    place = f"{known_discom.name if known_discom else discom}, {known_state.name if known_state else state}"
    return f"{place}; {chosen.get('phase')} phase, {'with' if chosen.get('smartMeter') else 'without'} smart meter"


def _number(text: str | None) -> str:
    return f"{Decimal(text or 0).normalize():f}"
