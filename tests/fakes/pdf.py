"""PDFs that are only as much as a test needs, and the catalogue that a press wants."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from domain.pricing import Catalogue
from domain.quotations import Paper, PdfNotMade, Press
from local.master_data import example_catalogue
from tests.fakes.blobs import FakeBlobs


def _nothing(paper: Paper) -> None:
    """Lets the drawing go on."""


@dataclass
class FakePdf:
    """The port `domain.quotations.QuotationPdf`. `before` is told of each paper; with `broken` set none is made."""

    papers: list[Paper] = field(default_factory=list)
    broken: bool = False
    before: Callable[[Paper], None] = _nothing

    async def render(self, *, paper: Paper) -> bytes:
        """The paper's own text."""
        await asyncio.sleep(0)  # where the real one waits, and other tasks go on
        self.before(paper)
        if self.broken:
            raise PdfNotMade("The PDF couldn't be made.")
        self.papers.append(paper)
        return f"%PDF {paper!r}".encode()


class ExampleMasterData:
    """The port `MasterData`, with the example data."""

    async def current(self) -> Catalogue:
        """All of it."""
        return example_catalogue()


async def a_press(pdf: FakePdf | None = None, blobs: FakeBlobs | None = None) -> Press:
    """A press that prints into memory."""
    blobs = blobs or FakeBlobs()
    await blobs.create_container(container="quotations")
    return Press(pdf or FakePdf(), blobs, ExampleMasterData())
