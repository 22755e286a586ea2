"""Random walks of all people over leads, quotations and commissions, beside the rules told again in `rules`: after
each step the same states, the same refusals, timelines that fold to the rows, and every invariant of `check-data`.

`pytest tests/domain/model` prints how many steps were compared. WALKS=1000 walks further.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain import commissions, leads, quotations
from domain.continuity import Violation, violations
from domain.errors import DomainError
from domain.leads import LeadFile
from domain.store import Row
from tests.domain.model.draws import LEADS, Draw
from tests.domain.model.rules import Model
from tests.domain.model.walk import Walk
from tests.domain.model.words import Ask, Lead
from tests.domain.sales.world import START, World

WALKS = range(int(os.environ.get("WALKS", "15")))
STEPS = 160
OUTCOMES = {
    "register": {"LeadNotFound"},
    "edit": {"LeadNotFound", "LeadInvalid", "VersionStale"},
    "move": {"LeadNotFound", "OverrideNotAllowed", "VersionRequired", "VersionStale", "StatusChangeNotAllowed",
             "LeadInvalid", "AcceptedQuotationMissing", "LeadUnassigned"},
    "reassign": {"LeadNotFound", "VersionRequired", "VersionStale", "PartnerNotAssignable"},
    "quote": {"DraftNotAllowed", "LeadNotFound", "LeadNotQuotable", "QuotationInvalid"},
    "finalize": {"QuotationNotFound", "QuotationNotEditable"},
    "share": {"QuotationNotFound", "QuotationNotShareable", "QuotationExpired", "LeadNotQuotable", "VersionStale"},
    "withdraw": {"QuotationNotFound", "QuotationNotWithdrawable", "VersionStale"},
    "reject": {"QuotationNotFound", "QuotationNotOpen", "QuotationExpired"},
    "accept": {"QuotationNotFound", "QuotationNotOpen", "QuotationExpired", "QuotationChanged", "LeadNotAcceptable"},
    "approve": {"CommissionNotFound", "VersionRequired", "VersionStale", "CommissionMoveNotAllowed",
                "LeadNotExecuted", "CommissionInvalid"},
    "pay": {"CommissionNotFound", "VersionRequired", "VersionStale", "CommissionMoveNotAllowed", "CommissionInvalid",
            "UtrTaken"},
    "expire": set(),
}  # fmt: skip


def expected(model: Model, lead: Lead) -> dict[str, Any]:
    """What the model says of a lead, in the words of `stored`."""
    shown = (
        "customerName",
        "address",
        "city",
        "email",
        *("remarks", "followUpDate", "quotationRef", "tokenNumber"),
    )
    return {
        "lead": (lead["status"], lead["owner"], lead["version"], {n: lead["fields"].get(n) for n in shown}),
        "quotations": [
            (q["id"], q["status"], model.status(q), q["shown"], q["add_on"], q["version"])
            for q in lead["quotations"]
        ],
        "commissions": [
            (c["id"], c["status"], c["live"], c["partner"], c["amount"], c["approved"], c["utr"], c["version"])
            for c in lead["commissions"]
        ],
        "clawbacks": lead["clawbacks"],
    }


def stored(file: LeadFile, world: World) -> dict[str, Any]:
    """What is stored of a lead."""
    lead, said, now = file.lead, leads.plain(file.lead), world.clock.now()
    shown = ("customerName", "address", "city", "email", "remarks", "followUpDate", "quotationRef", "tokenNumber")
    return {
        "lead": (lead.status, lead.assigned_to, lead.version, {n: said[n] for n in shown}),
        "quotations": [
            (q.id, q.status, q.status_at(now), q.shared_at is not None, q.add_on_total.paise, q.version)
            for q in quotations.quotations_in(file)
        ],
        "commissions": [
            (c.id, c.status, c.is_live, c.partner_id, c.amount.paise, c.approval.amount.paise if c.approval else None,
             c.payout.payment.utr.text if c.payout else None, c.version)
            for c in commissions.commissions_in(file)
        ],
        "clawbacks": {c.id: c.amount.paise for c in commissions.clawbacks_in(file)},
    }  # fmt: skip


async def compare(walk: Walk, model: Model, lead_id: str) -> None:
    """The lead as it is stored against the model, its timeline, and every invariant over all tables."""
    world, known = walk.world, model.leads[lead_id]
    file = await world.file(lead_id)
    assert stored(file, world) == expected(model, known)
    assert walk.people.customers[known["customer"]] == file.lead.customer_id  # one phone, one customer


async def broken(world: World) -> list[Violation]:
    """Every invariant of `check-data` over all tables but the partners', whose rows the world makes itself."""

    async def none() -> AsyncIterator[Row]:
        for row in ():
            yield row

    found = violations(lambda table: none() if table == "people" else world.store.scan(table=table))
    return [violation async for violation in found]


async def overwritten(world: World, lead_id: str) -> set[str]:
    """The fields that the last version's entries call overwritten."""
    file = await world.file(lead_id)
    last = file.lead.version
    entries = await leads.entries_between(store=world.store, lead_id=lead_id, first=last, last=last)
    return {change.field for entry in entries if entry.action == "Overwritten" for change in entry.changes}


class TestRandomWalks:
    @pytest.mark.parametrize("seed", WALKS)
    def test_go_as_the_rules_say(self, seed: int, record_property: Callable[[str, object], None]) -> None:
        record_property("steps", asyncio.run(self.story(seed)))

    def test_meet_every_outcome(self) -> None:
        """So that the test above can't pass by trying nothing: each operation is done, and refused in each way."""
        met: Counter[tuple[str, str | None]] = Counter()
        overwrites = repeats = 0
        for seed in range(15):
            model = Model(START)
            draw, compared = Draw(model, seed), 0
            while compared < STEPS:
                name, ask = draw.next()
                if name == "wait":
                    model.now = advanced(model, ask)
                    continue
                compared += 1
                repeats += any(ask.get("key") in lead["landed"] for lead in model.leads.values() if ask.get("key"))
                met[name, model.do(name, ask)] += 1
                overwrites += len(model.overwrote)
        wanted = {(name, refusal) for name, refusals in OUTCOMES.items() for refusal in (None, *refusals)}
        assert wanted - met.keys() == set()
        assert overwrites > 100 and repeats > 20

    async def story(self, seed: int) -> int:
        """One walk; the number of steps that were compared."""
        walk, model = Walk(), Model(START)
        draw = Draw(model, seed)
        await walk.begin()
        compared = 0
        while compared < STEPS:
            name, ask = draw.next()
            if name == "wait":
                model.now = walk.world.clock.at = advanced(model, ask)
                continue
            compared += 1
            await self.one(walk, model, name, ask, f"walk {seed}, step {compared}: {name} {ask}")
        return compared

    async def one(self, walk: Walk, model: Model, name: str, ask: Ask, what: str) -> None:
        """One step in both, and the comparison."""
        before = {n: lead["version"] for n, lead in model.leads.items()}
        refusal, said = model.do(name, ask), None
        try:
            await getattr(walk, name)(ask)
        except DomainError as error:
            said = type(error).__name__
        assert said == refusal, what
        await walk.world.settle()
        for lead_id in (lead for lead in LEADS if lead in model.leads):
            await compare(walk, model, lead_id)
            if model.leads[lead_id]["version"] != before.get(lead_id) and name != "expire":
                assert await overwritten(walk.world, lead_id) == model.overwrote, what
        assert await broken(walk.world) == [], what


def advanced(model: Model, ask: Ask) -> datetime:
    """The moment after a wait."""
    return model.now + timedelta(hours=ask["hours"])
