"""The number changed: the customer signs in with another phone from now on. Changing it back is another change."""

from __future__ import annotations

from dataclasses import replace

from domain import customers
from domain.customer_exceptions._leads import each_lead, renumber
from domain.customer_exceptions._step import (
    Work,
    check_reason,
    check_seen,
    check_standing,
    refuse_if_stale,
    standing,
)
from domain.customer_exceptions._steps import Steps, begin, resumed
from domain.customer_exceptions.errors import PhoneHeld
from domain.customers import Customer, CustomerDecision, LeadLink
from domain.identity import LiveSessions, end_sessions_of
from domain.jobs import Job
from domain.ports import Ports
from domain.timeline import Act, Note, changes_between
from domain.values import PhoneNumber


async def change_phone(
    *,
    ports: Ports,
    live: LiveSessions,
    job_id: str,
    customer_id: str,
    new_phone: PhoneNumber,
    reason: str,
    act: Act,
) -> str:
    """Give a customer another phone: the old one is free afterwards, the sessions end, and leads that have the
    old number get the new one. Critical. The customer's id.

    Raises CustomerNotFound, CustomerInvalid, CustomerMerged, CustomerBusy, PhoneHeld, PhoneBeingChanged,
    VersionRequired, VersionStale, StorageUnavailable.
    """
    check_reason(reason)
    if await resumed(CHANGE_PHONE, ports=ports, live=live, job_id=job_id, act=act):
        return customer_id
    customer = await standing(ports=ports, customer_id=customer_id)
    await refuse_if_stale(ports=ports, customer=customer, act=act, phone=new_phone.e164)
    if customer.phone == new_phone:
        return customer.id
    facts = {
        "customer": customer.id,
        "old": customer.phone.e164 if customer.phone else "",
        "new": new_phone.e164,
        "reason": reason.strip(),
        "version": customer.version,
    }
    await begin(CHANGE_PHONE, Work(ports, live, Job(job_id, CHANGE_PHONE.kind, act.actor, act.at, facts)))
    return customer.id


async def _decide(work: Work) -> None:
    """Claim the new number, then let the customer's own row say so: that is the pivot."""
    customer_id, new = work.fact("customer"), PhoneNumber(work.fact("new"))
    await _claim(work, customer_id, new)
    act = work.act("phone", critical=True)

    def decide(customer: Customer) -> CustomerDecision:
        check_seen(customer, act, phone=new.e164)
        check_standing(customer)
        after = replace(customer, phone=new)
        changes = changes_between(customers.plain(customer), customers.plain(after))
        said = f"{act.actor.name} changed the phone number"
        return CustomerDecision(after, (Note("PhoneChanged", said, changes, reason=work.fact("reason")),))

    await customers.change_customer(ports=work.ports, customer_id=customer_id, act=act, decide=decide)


async def _claim(work: Work, customer_id: str, phone: PhoneNumber) -> None:
    """Raises PhoneHeld, PhoneBeingChanged."""
    ports, job = work.ports, work.job.id
    holding = await customers.holding_of(store=ports.store, phone=phone)
    if holding is None:
        claimed = await customers.claim_for_job(ports=ports, phone=phone, customer_id=customer_id, job=job)
    elif holding.row.values.get("job") == job and not holding.agreed:
        claimed = True  # ours, from before a kill
    elif holding.customer is None or holding.agreed:
        # A claim whose customer isn't written yet is somebody's: it is written now, and can then be merged.
        owner = await customers.account_for(ports=ports, phone=phone, act=replace(work.act("owner"), proof=None))
        raise _held(owner, customer_id)
    elif await customers.is_on_its_way(store=ports.store, holding=holding):
        raise customers.being_changed()
    else:
        claimed = await customers.take_over(
            ports=ports, row=holding.row, customer_id=customer_id, write_id=f"{job}:{customer_id}", job=job
        )
    if not claimed:
        raise customers.being_changed()


def _held(owner: Customer, customer_id: str) -> PhoneHeld:
    if owner.id == customer_id:
        message = "A record that was merged into this customer has this phone: it can sign in with it already."
    else:
        message = f"This phone is {owner.id}'s. Merge the two if it is one person, or share the phone if it is two."
    return PhoneHeld(message, details={"customerId": owner.id})


async def _complete(work: Work) -> None:
    customer_id, old, new = work.fact("customer"), work.fact("old"), PhoneNumber(work.fact("new"))
    await end_sessions_of(ports=work.ports, live=work.live, person_id=customer_id)
    if not old:
        return
    number = PhoneNumber(old)
    await customers.release_phone(
        ports=work.ports, phone=number, customer_id=customer_id, write_id=f"{work.job.id}:released"
    )

    async def one(work: Work, link: LeadLink) -> None:
        await renumber(work, link, owner=customer_id, old=number, new=new)

    await each_lead(work, customer_id, one)


async def _take_back(work: Work) -> None:
    """Give the new number up again, unless the customer's row says it after all."""
    customer_id, new = work.fact("customer"), PhoneNumber(work.fact("new"))
    customer = await customers.read_customer(store=work.ports.store, customer_id=customer_id)
    if customer is None or customer.phone != new:
        await customers.release_phone(
            ports=work.ports,
            phone=new,
            customer_id=customer_id,
            write_id=f"{work.job.id}:given-up",
            job=work.job.id,
        )


CHANGE_PHONE = Steps("change-phone", "customer", ("customer",), _decide, _complete, _take_back)
