"""Changes that fix what a quotation says: its PDF has to be there before the transaction.

The content depends on the lead's file (its next number, the customer's name), and drawing takes a while. So the
PDF is drawn and stored for the file as it was read, and the change is committed only if the content is still the
same then; otherwise it begins again with the file as it is now.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from domain.leads import TABLE, Changed, Decision, LeadFile, change_lead, own_file
from domain.ports import Ports
from domain.pricing import CatalogueOfDay
from domain.quotations._expiries import note_expiry
from domain.quotations._model import Quotation
from domain.quotations._paper import Paper, Press, paper_of
from domain.quotations._status import QuotationStatus
from domain.quotations.errors import ContentOvertaken
from domain.store import StorageUnavailable
from domain.timeline import Act, VersionStale, with_changes

_ATTEMPTS = 6


@dataclass(frozen=True)
class Content:
    """Pure: the quotation as it shall be on a file (None: nothing changes; refuses by raising), and how it is
    entered then."""

    make: Callable[[LeadFile], Quotation | None]
    enter: Callable[[LeadFile, Quotation], Decision]


async def change_content(*, ports: Ports, press: Press, file: LeadFile, content: Content, act: Act) -> Changed:
    """Draw, store, then carry out in one transaction. Raises what `content` raises, PdfNotMade,
    StorageUnavailable."""
    async with press.turn(file.lead.id) as others_came_first:
        if others_came_first:
            file = await own_file(store=ports.store, lead_id=file.lead.id, actor=act.actor)
        return await _until_landed(ports=ports, press=press, file=file, content=content, act=act)


async def _until_landed(*, ports: Ports, press: Press, file: LeadFile, content: Content, act: Act) -> Changed:
    for attempt in range(_ATTEMPTS):
        # A new write id for each attempt: the marker of one must not be taken for that of another.
        trial = replace(act, write_id=f"{act.write_id}-{attempt}") if attempt else act
        try:
            return await _attempt(ports=ports, press=press, file=file, content=content, act=trial)
        except ContentOvertaken:
            await ports.pause(attempt)
            file = await own_file(store=ports.store, lead_id=file.lead.id, actor=act.actor)
    raise StorageUnavailable("Too many people are changing this lead at this moment. Try again.", retry_after=1)


async def _attempt(*, ports: Ports, press: Press, file: LeadFile, content: Content, act: Act) -> Changed:
    try:
        wanted = None if file.proof_of(act) else content.make(file)
    except VersionStale as stale:
        raise await with_changes(stale, store=ports.store, table=TABLE, partition=file.lead.id) from None
    catalogue = await press.catalogue(at=act.at)
    paper, pdf = _paper(file, wanted, catalogue), None
    if wanted is not None and paper is not None:
        pdf, _ = await asyncio.gather(press.keep(paper), note_expiry(store=ports.store, quotation=wanted, act=act))

    def decide(current: LeadFile) -> Decision | None:
        now = content.make(current)
        if now != wanted or _paper(current, now, catalogue) != paper:
            raise ContentOvertaken("Somebody changed the lead meanwhile.")
        return content.enter(current, replace(now, pdf=pdf)) if now else None

    return await change_lead(ports=ports, lead_id=file.lead.id, act=act, decide=decide)


def _paper(file: LeadFile, quotation: Quotation | None, catalogue: CatalogueOfDay) -> Paper | None:
    """The paper that a quotation needs: from *Created* on it has one."""
    if quotation is None or quotation.status is QuotationStatus.DRAFT:
        return None
    return paper_of(lead=file.lead, quotation=quotation, catalogue=catalogue)
