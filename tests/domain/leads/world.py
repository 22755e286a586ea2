"""Leads on stores in memory, for tests of views and lists: ports, people, and work after the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from domain import leads
from domain.leads import Decision, Lead, LeadFile
from domain.ports import Ports
from domain.store import Store
from domain.timeline import Act, Note, changes_between
from domain.values import Actor, PhoneNumber, Role
from tests.fakes.clock import FakeClock
from tests.fakes.ids import FakeIds
from tests.fakes.pauses import short_pause
from tests.fakes.store import FakeStore

ADMIN = Actor("ADMIN-1001", "Asha Admin", Role.ADMIN)
PARTNER = Actor("CP-1001", "Ravi", Role.CP)
OTHER = Actor("CP-1002", "Mira", Role.CP)


class World:
    """Ports, and what was left for after the answer."""

    def __init__(self, store: Store | None = None, clock: FakeClock | None = None) -> None:
        self.store: Any = store or FakeStore()
        self.clock = clock or FakeClock()
        self.tasks: set[asyncio.Task[None]] = set()
        self.ports = Ports(store=self.store, clock=self.clock, ids=FakeIds(), pause=short_pause, later=self._later)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        self.tasks.add(asyncio.ensure_future(work))

    async def quiet(self) -> None:
        """Wait until all work after answers is done."""
        while self.tasks:
            await self.tasks.pop()

    def act(self, actor: Actor = PARTNER, **more: Any) -> Act:
        return Act(actor=actor, at=self.clock.now(), write_id=self.ports.ids.unique(), **more)

    async def register(
        self, lead_id: str = "LEAD-1001", actor: Actor = PARTNER, to: Actor | None = PARTNER, **fields: Any
    ) -> Lead:
        values = {
            "customer_name": "Kavita Desai",
            "phone": PhoneNumber("+919800000001"),
            "address": "5 Station Road",
        }
        new = leads.NewLead(**{**values, **fields}, assigned_to=to and to.id, assigned_name=to and to.name)
        file = await leads.register_lead(ports=self.ports, lead_id=lead_id, new=new, act=self.act(actor))
        return file.lead

    async def edit(self, lead_id: str = "LEAD-1001", actor: Actor = ADMIN, **edits: Any) -> Lead:
        changed = await leads.edit_lead(ports=self.ports, lead_id=lead_id, edits=edits, act=self.act(actor))
        return changed.file.lead

    async def reassign(self, to: Actor | None, lead_id: str = "LEAD-1001") -> Lead:
        def decide(file: LeadFile) -> Decision:
            after = replace(file.lead, assigned_to=to and to.id, assigned_name=to and to.name)
            changes = changes_between(leads.plain(file.lead), leads.plain(after))
            return Decision(after, (Note("LeadReassigned", "reassigned", changes=changes),))

        changed = await leads.change_lead(ports=self.ports, lead_id=lead_id, act=self.act(ADMIN), decide=decide)
        return changed.file.lead
