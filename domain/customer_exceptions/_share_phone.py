"""One number, two people: one holds the login, the other is only reachable at it. Sharing, and ending it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain import customers
from domain.customer_exceptions._step import (
    Work,
    check_reason,
    check_seen,
    check_standing,
    refuse_if_stale,
    standing,
)
from domain.customer_exceptions._steps import Steps, begin, nothing, resumed
from domain.customer_exceptions.errors import AlreadyReachable, PhoneNotHeld
from domain.customers import Customer, CustomerDecision, CustomerInvalid, Profile
from domain.errors import Fault
from domain.identity import LiveSessions
from domain.jobs import Job
from domain.ports import Ports
from domain.timeline import Act, Note, changes_between
from domain.values import PhoneNumber


@dataclass(frozen=True)
class Sharing:
    """Who shares with whom. `phone` may be left out if it is the customer's own. The other person is a customer
    who exists (`other_id`), or is made with this `name` and has no login."""

    phone: PhoneNumber | None = None
    other_id: str | None = None
    name: str | None = None


async def share_phone(
    *, ports: Ports, live: LiveSessions, job_id: str, customer_id: str, sharing: Sharing, reason: str, act: Act
) -> str:
    """Let two people be reachable at one number. Critical. The id of the customer in the request.

    If the number is the customer's own, the other person becomes reachable at it; if it is somebody else's, this
    customer does. Whoever has the login keeps it, and a lead under the number is still the login's holder's.
    Raises CustomerNotFound, CustomerInvalid, CustomerMerged, CustomerBusy, PhoneNotHeld, VersionRequired,
    VersionStale, StorageUnavailable.
    """
    check_reason(reason)
    if await resumed(SHARE, ports=ports, live=live, job_id=job_id, act=act):
        return customer_id
    customer = await standing(ports=ports, customer_id=customer_id)
    phone = sharing.phone or customer.phone
    await refuse_if_stale(ports=ports, customer=customer, act=act, phone=phone.e164 if phone else None)
    if phone is None:
        raise CustomerInvalid(faults=[Fault("phone", "Say which number is shared: this customer has none.")])
    if phone == customer.phone:
        other = await _other(ports, sharing, customer)
        pair = {"holder": customer.id, "other": other, "name": sharing.name or ""}
    else:
        pair = {"holder": await _holder(ports, phone), "other": customer.id, "name": ""}
    facts = {"customer": customer.id, **pair, "phone": phone.e164, "reason": reason.strip()}
    job = Job(job_id, SHARE.kind, act.actor, act.at, {**facts, "version": customer.version})
    await begin(SHARE, Work(ports, live, job))
    return customer.id


async def unshare_phone(
    *, ports: Ports, live: LiveSessions, job_id: str, customer_id: str, reason: str, act: Act
) -> str:
    """End that this customer is reachable at another's number. Critical. The customer's id.

    Raises what `share_phone` does.
    """
    check_reason(reason)
    if await resumed(UNSHARE, ports=ports, live=live, job_id=job_id, act=act):
        return customer_id
    customer = await standing(ports=ports, customer_id=customer_id)
    await refuse_if_stale(ports=ports, customer=customer, act=act)
    if customer.reachable_at is None:
        raise PhoneNotHeld("This customer isn't reachable at another customer's number.")
    facts = {
        "customer": customer.id,
        "holder": customer.reachable_through or customer.id,
        "other": customer.id,
        "phone": customer.reachable_at.e164,
        "reason": reason.strip(),
        "version": customer.version,
    }
    await begin(UNSHARE, Work(ports, live, Job(job_id, UNSHARE.kind, act.actor, act.at, facts)))
    return customer.id


async def _other(ports: Ports, sharing: Sharing, holder: Customer) -> str:
    """The id of the other person: one who exists, or a new one."""
    if sharing.other_id:
        other = await standing(ports=ports, customer_id=sharing.other_id, field="otherCustomerId")
        if other.id == holder.id:
            raise CustomerInvalid(faults=[Fault("otherCustomerId", "A number is shared with somebody else.")])
        return other.id
    if not sharing.name:
        raise CustomerInvalid(faults=[Fault("name", "Say who the other person is: name, or otherCustomerId.")])
    return await customers.new_customer_id(ports)


async def _holder(ports: Ports, phone: PhoneNumber) -> str:
    """The customer who signs in with this number. Raises PhoneNotHeld."""
    holding = await customers.holding_of(store=ports.store, phone=phone)
    if holding is None or holding.customer is None or not holding.agreed:
        raise PhoneNotHeld("Nobody signs in with this number. To make it this customer's, use change-phone.")
    check_standing(holding.customer)
    return holding.customer.id


def _held_by(work: Work, customer: Customer) -> Customer:
    others = tuple(sorted({*customer.shared_with, work.fact("other")}))
    return replace(customer, shared_with=others)


def _not_held_by(work: Work, customer: Customer) -> Customer:
    return replace(customer, shared_with=tuple(o for o in customer.shared_with if o != work.fact("other")))


def _reachable(work: Work, customer: Customer) -> Customer:
    return replace(customer, reachable_at=PhoneNumber(work.fact("phone")), reachable_through=work.fact("holder"))


def _not_reachable(work: Work, customer: Customer) -> Customer:
    return replace(customer, reachable_at=None, reachable_through=None)


async def _enter(work: Work, customer_id: str, *, shared: bool, pivot: bool) -> None:
    """Enter on one of the two that the number is shared, or no more."""
    act = work.act("shared", critical=pivot)
    as_holder = customer_id == work.fact("holder")
    change = (_held_by if shared else _not_held_by) if as_holder else (_reachable if shared else _not_reachable)
    action, said = ("PhoneShared", "shared the number") if shared else ("PhoneUnshared", "ended sharing the number")

    def decide(customer: Customer) -> CustomerDecision:
        if pivot:
            check_seen(customer, act)
            check_standing(customer)
            if shared and as_holder and customer.phone != PhoneNumber(work.fact("phone")):
                raise PhoneNotHeld("This number isn't the customer's any more.")
        after = change(work, customer)
        changes = changes_between(customers.plain(customer), customers.plain(after))
        pair = {"holder": work.fact("holder"), "other": work.fact("other")}
        note = Note(action, f"{act.actor.name} {said}", changes, reason=work.fact("reason"), facts=pair)
        return CustomerDecision(after, (note,))

    await customers.change_customer(ports=work.ports, customer_id=customer_id, act=act, decide=decide)


async def _share(work: Work) -> None:
    """The pivot, once both are known to stand for themselves and to stay so: they are locked."""
    await standing(ports=work.ports, customer_id=work.fact("holder"))
    if not work.fact("name"):
        other = await standing(ports=work.ports, customer_id=work.fact("other"))
        if other.reachable_through not in (None, work.fact("holder")):
            raise AlreadyReachable(
                f"{other.id} is reachable at the number of {other.reachable_through} already. End that first.",
                details={"customerId": other.reachable_through},
            )
    await _enter(work, work.fact("customer"), shared=True, pivot=True)


async def _complete_sharing(work: Work) -> None:
    if work.fact("name"):
        await customers.make_reachable(
            ports=work.ports,
            customer_id=work.fact("other"),
            profile=Profile(name=work.fact("name")),
            phone=PhoneNumber(work.fact("phone")),
            through=work.fact("holder"),
            act=work.act("made"),
        )
    for customer_id in {work.fact("holder"), work.fact("other")} - {work.fact("customer")}:
        if not (work.fact("name") and customer_id == work.fact("other")):
            await _enter(work, customer_id, shared=True, pivot=False)


async def _unshare(work: Work) -> None:
    await _enter(work, work.fact("customer"), shared=False, pivot=True)


async def _complete_unsharing(work: Work) -> None:
    if work.fact("holder") != work.fact("other"):
        await _enter(work, work.fact("holder"), shared=False, pivot=False)


SHARE = Steps("share-phone", "customer", ("holder", "other"), _share, _complete_sharing, nothing)
UNSHARE = Steps("unshare-phone", "customer", ("holder", "other"), _unshare, _complete_unsharing, nothing)
