"""Expiry by the timer. That an overdue quotation can't be accepted doesn't depend on it (`status_at`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from domain.errors import DomainError
from domain.leads import Decision, LeadFile, LeadNotFound, change_lead
from domain.ports import Ports
from domain.quotations._change import one_change
from domain.quotations._expiries import due_before, forget
from domain.quotations._model import expired
from domain.quotations._rows import quotation_from_row, quotation_key
from domain.quotations._status import QuotationStatus, Step, allows
from domain.store import Row
from domain.timeline import Act
from domain.values import Actor, Role, day_in_india, lead_of

TIMER = Actor("system:expire-quotations", "Expiry of quotations", Role.SYSTEM)
_UNDER_WAY = timedelta(days=1)  # how long a row is kept whose quotation isn't shared: that may be about to land


async def expire_quotations(*, ports: Ports) -> int:
    """Enter each *Shared* quotation as *Expired* whose last valid day in India is over; how many there were.

    May run twice, at once, late, or be killed at any point. One request when nothing is due. What fails for one
    lead stays for the next run and doesn't keep the others waiting; what it raised is raised at the end.
    """
    done = 0
    failed: list[DomainError] = []
    for row in await due_before(store=ports.store, today=day_in_india(ports.clock.now())):
        try:
            done += await _expire(ports, row)
        except DomainError as error:
            failed.append(error)
    if failed:
        raise failed[0]
    return done


async def _expire(ports: Ports, row: Row) -> bool:
    act = Act(actor=TIMER, at=ports.clock.now(), write_id=ports.ids.unique())
    found: QuotationStatus | None = None
    entered = False

    def decide(file: LeadFile) -> Decision | None:
        nonlocal found, entered
        stored = file.parts.get(quotation_key(row.key))
        quotation = quotation_from_row(stored) if stored else None
        found = quotation.status if quotation else None
        entered = quotation is not None and allows(Step.EXPIRE, quotation.status) and quotation.over_at(act.at)
        if quotation is None or not entered:
            return None
        said = f"Quotation {quotation.id} expired: it was valid until {quotation.valid_until}"
        after = replace(expired(quotation), version=quotation.version)
        return one_change(file, quotation, after, "QuotationExpired", said)

    try:
        await change_lead(ports=ports, lead_id=lead_of(row.key) or "", act=act, decide=decide)
    except LeadNotFound:
        found = None
    may_land = found in (None, QuotationStatus.DRAFT, QuotationStatus.CREATED)
    if may_land and date.fromisoformat(row.partition) + _UNDER_WAY >= day_in_india(act.at):
        return entered
    await forget(store=ports.store, row=row, write_id=ports.ids.unique())
    return entered
