"""Giving a lead to a channel partner: the first one, or another. Its commission stays with who earned it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from domain.identity import assignable_partner
from domain.leads._change import change_lead
from domain.leads._file import Changed, Decision, LeadFile
from domain.leads._model import plain
from domain.leads._versions import require_version
from domain.ports import Ports
from domain.timeline import Act, Note, changes_between


async def reassign_lead(*, ports: Ports, lead_id: str, partner_id: str, reason: str, act: Act) -> Changed:
    """Give one of the actor's own leads to a channel partner; also one that is nobody's yet.

    A KAM gives among its own partners (domain.md "Roles"). Critical: needs `act.version`. The partner is looked
    up beside the first read, so that it costs no hop. The lead's lists follow; its quotations and commissions
    stay as they are. To give it to whom it belongs already changes nothing. Raises LeadNotFound,
    VersionRequired, VersionStale, PartnerNotAssignable, StorageUnavailable.
    """
    looked_up = asyncio.ensure_future(
        assignable_partner(store=ports.store, partner_id=partner_id, actor=act.actor, field="cpId")
    )
    settled = asyncio.gather(looked_up, return_exceptions=True)  # that there is none is said after the version

    def decide(file: LeadFile) -> Decision | None:
        current = {**plain(file.lead), "version": file.lead.version}
        require_version(act=act, version=file.lead.version, current=current, yours={"assignedTo": partner_id})
        partner = looked_up.result()
        after = replace(file.lead, assigned_to=partner.id, assigned_name=partner.name)
        if file.lead.assigned_to == partner.id:
            return None
        whose = f"from {file.lead.assigned_name or file.lead.assigned_to} " if file.lead.assigned_to else ""
        said = f"{act.actor.name} gave the lead {whose}to {partner.name}"
        changes = changes_between(plain(file.lead), plain(after))
        return Decision(after, (Note("LeadReassigned", said, changes, reason=reason),))

    try:
        return await change_lead(ports=ports, lead_id=lead_id, act=act, decide=decide, prepare=lambda _: settled)
    finally:
        await settled
