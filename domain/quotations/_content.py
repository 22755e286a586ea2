"""Changes that fix what a quotation says: its PDF has to be there before the transaction.

The content depends on the lead's file (its next number, the customer's name), and drawing takes a while. So the
PDF is drawn and stored for the file as it was read, while the transaction is still to come. If somebody else's
comes first, the content is made again from the file as it is then, and drawn again only if it says something else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from domain.leads import Changed, Decision, LeadFile, change_lead
from domain.ports import Ports
from domain.quotations._expiries import note_expiry
from domain.quotations._model import Quotation
from domain.quotations._paper import Paper, Press, paper_of
from domain.quotations._rows import quotation_from_row, quotation_key
from domain.quotations._status import QuotationStatus
from domain.timeline import Act


@dataclass(frozen=True)
class Content:
    """The quotation as it shall be on a file (None: nothing changes; refuses by raising), and, pure, how it is
    entered then."""

    make: Callable[[LeadFile], Awaitable[Quotation | None]]
    enter: Callable[[LeadFile, Quotation], Decision]


async def change_content(*, ports: Ports, press: Press, lead_id: str, content: Content, act: Act) -> Changed:
    """Read, draw, store the PDF, then carry out in one transaction: a hop more than other changes, if there is
    something to draw. Raises what `content` raises, LeadNotFound, PdfNotMade, StorageUnavailable."""
    sheet = _Sheet(press, act)
    wanted: Quotation | None = None

    async def prepare(file: LeadFile) -> None:
        nonlocal wanted
        made = await content.make(file)
        wanted = await sheet.attached(file, made) if made else None

    def decide(file: LeadFile) -> Decision | None:
        return content.enter(file, wanted) if wanted else None

    async def follow(changed: Changed) -> None:
        made = changed.file.parts[quotation_key(str(changed.result))]
        await note_expiry(ports=ports, quotation=quotation_from_row(made))

    # In turn: of two that are drawn at once, for the same number or from the same version, one is drawn in vain.
    async with ports.turns.of(f"{lead_id}:quotations"):
        return await change_lead(
            ports=ports, lead_id=lead_id, act=act, prepare=prepare, decide=decide, follow=follow
        )


@dataclass
class _Sheet:
    """The paper that was drawn last, and the name of its PDF: what says the same isn't drawn twice."""

    press: Press
    act: Act
    paper: Paper | None = field(default=None, init=False)
    pdf: str | None = field(default=None, init=False)

    async def attached(self, file: LeadFile, quotation: Quotation) -> Quotation:
        """The quotation with its PDF, which is stored by now. From *Created* on it has one, a draft hasn't."""
        if quotation.status is QuotationStatus.DRAFT:
            return quotation
        catalogue = await self.press.catalogue(at=self.act.at)
        paper = paper_of(lead=file.lead, quotation=quotation, catalogue=catalogue)
        if self.pdf is None or paper != self.paper:
            self.paper, self.pdf = paper, await self.press.keep(paper)
        return replace(quotation, pdf=self.pdf)
