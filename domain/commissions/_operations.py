"""Approving and paying a commission: critical changes, each one transaction of its lead."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from domain.commissions._decisions import approved, paid, replacing
from domain.commissions._model import Commission, may_see_commission, plain
from domain.commissions._payment import Payment
from domain.commissions._queries import commission_not_found
from domain.commissions._rows import commission_from_row, commission_key
from domain.commissions._utrs import UtrClaim
from domain.commissions.errors import UtrTaken
from domain.errors import DomainError
from domain.leads import Decision, LeadFile, LeadNotFound, change_lead, require_version
from domain.ports import Ports
from domain.store import StorageUnavailable
from domain.timeline import Act, Note, Plain, changes_between
from domain.values import Actor, Money, lead_of

_ATTEMPTS = 3

Decide = Callable[[LeadFile, Commission], Commission]
Attempt = Callable[[Act, Awaitable[None]], Awaitable[Commission]]


async def approve_commission(
    *, ports: Ports, commission_id: str, amount: Money | None = None, reason: str | None = None, act: Act
) -> Commission:
    """Approve a pending commission whose lead is *Executed* (domain.md "Commission").

    Critical: needs `act.version`, the version of the commission. Raises CommissionNotFound, VersionRequired,
    VersionStale, CommissionMoveNotAllowed, LeadNotExecuted, PayeeMayNotDecide, CommissionInvalid,
    StorageUnavailable.
    """
    yours: dict[str, Plain] = {"status": "approved", "approvedAmountPaise": amount.paise if amount else None}

    def decide(file: LeadFile, commission: Commission) -> Commission:
        return approved(file.lead, commission, amount=amount, reason=reason, act=act)

    return await _change(
        ports=ports, commission_id=commission_id, action="CommissionApproved", yours=yours, act=act, decide=decide
    )


async def pay_commission(*, ports: Ports, commission_id: str, payment: Payment, act: Act) -> Commission:
    """Mark an approved commission paid; its UTR pays no other commission.

    Critical like `approve_commission`. The claim of the UTR goes out beside the first read, so that it costs
    no hop. Raises what `approve_commission` raises, and UtrTaken.
    """
    claim = UtrClaim(ports, payment.utr, commission_id, act)
    yours: dict[str, Plain] = {"status": "paid", "utrNumber": payment.utr.text}

    def decide(file: LeadFile, commission: Commission) -> Commission:
        after = paid(commission, payment, act)
        if claim.other:
            raise UtrTaken(f"UTR {payment.utr.text} is claimed by another commission.")
        return after

    async def attempt(act: Act, beside: Awaitable[None]) -> Commission:
        return await _change(
            ports=ports,
            commission_id=commission_id,
            action="CommissionPaid",
            yours=yours,
            act=act,
            decide=decide,
            prepare=lambda _: beside,
        )

    return await _with_claim(claim, attempt)


async def _with_claim(claim: UtrClaim, attempt: Attempt) -> Commission:
    """Attempt the payment under the claim. Another commission's claim is taken over if it doesn't count; after a
    refusal the claim is given back. Without a version, which is refused, nothing is claimed at all."""
    step = claim.make if claim.act.version is not None else _nothing
    for number in range(_ATTEMPTS):
        act = replace(claim.act, write_id=f"{claim.act.write_id}:{number}") if number else claim.act
        beside = asyncio.ensure_future(step())
        try:
            return await attempt(act, beside)
        except StorageUnavailable:
            raise  # whether it was paid isn't known: the claim stays
        except DomainError as refused:
            await asyncio.gather(beside, return_exceptions=True)
            if not isinstance(refused, UtrTaken) or claim.spent:
                await claim.give_back()
                raise
            step = claim.take_over
    raise StorageUnavailable("Others are paying with this UTR at this moment. Try again.", retry_after=1)


async def _nothing() -> None:
    return None


async def _change(
    *,
    ports: Ports,
    commission_id: str,
    action: str,
    yours: Mapping[str, Plain],
    act: Act,
    decide: Decide,
    prepare: Callable[[LeadFile], Awaitable[object]] | None = None,
) -> Commission:
    def decision(file: LeadFile) -> Decision:
        before = _in(file, commission_id, act.actor)
        current = {**plain(before), "version": before.version}
        require_version(act=act, version=before.version, current=current, yours=yours, part=before.id)
        after = replace(decide(file, before), version=file.lead.version + 1)
        changes = changes_between(plain(before), plain(after), part=after.id)
        reason = after.approval.reason if after.approval and before.approval is None else None
        said = f"{act.actor.name} {_SAID[action]} {after.id}: {after.owed} for {after.partner_name}"
        return Decision(file.lead, (Note(action, said, changes, reason=reason),), (replacing(file, after),))

    lead_id = lead_of(commission_id)
    if lead_id is None:
        raise commission_not_found(commission_id)
    try:
        changed = await change_lead(ports=ports, lead_id=lead_id, act=act, decide=decision, prepare=prepare)
    except LeadNotFound:
        raise commission_not_found(commission_id) from None
    return _in(changed.file, commission_id, act.actor)


_SAID = {"CommissionApproved": "approved commission", "CommissionPaid": "marked paid commission"}


def _in(file: LeadFile, commission_id: str, actor: Actor) -> Commission:
    row = file.parts.get(commission_key(commission_id))
    commission = commission_from_row(row) if row else None
    if commission is None or not may_see_commission(commission, actor):
        raise commission_not_found(commission_id)
    return commission
