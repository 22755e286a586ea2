"""Two records of one person: one survives and stands for both, the other keeps its row, phone and timeline, so
that the merge can be taken back. Which leads were whose is told by the links, which stay where they were."""

from __future__ import annotations

from dataclasses import replace

from domain import customers, leads, notifications
from domain.customer_exceptions._leads import each_lead, move
from domain.customer_exceptions._step import (
    Work,
    check_reason,
    check_seen,
    check_standing,
    refuse_if_stale,
    standing,
)
from domain.customer_exceptions._steps import Steps, begin, nothing, resumed
from domain.customer_exceptions.errors import CustomerNotMerged
from domain.customers import PROFILE, Customer, CustomerDecision, CustomerInvalid, CustomerNotFound, LeadLink
from domain.errors import Fault
from domain.identity import LiveSessions, end_sessions_of
from domain.jobs import Job
from domain.ports import Ports
from domain.timeline import Act, Note, changes_between


async def merge_customers(
    *, ports: Ports, live: LiveSessions, job_id: str, survivor_id: str, loser_id: str, reason: str, act: Act
) -> str:
    """Let one record stand for two: all leads of the loser go to the survivor, its phone signs in as the
    survivor, its id answers with the survivor, and its sessions end. Critical. The survivor's id.

    Raises CustomerNotFound, CustomerInvalid, CustomerMerged, CustomerBusy, VersionRequired, VersionStale,
    StorageUnavailable.
    """
    check_reason(reason)
    if await resumed(MERGE, ports=ports, live=live, job_id=job_id, act=act):
        return survivor_id
    survivor = await standing(ports=ports, customer_id=survivor_id)
    if loser_id == survivor_id:
        raise CustomerInvalid(faults=[Fault("otherCustomerId", "A customer can't be merged with itself.")])
    absorbed = [*survivor.absorbed, loser_id]
    await refuse_if_stale(ports=ports, customer=survivor, act=act, absorbed=absorbed)
    await standing(ports=ports, customer_id=loser_id, field="otherCustomerId")
    facts = {"survivor": survivor_id, "loser": loser_id, "reason": reason.strip(), "version": survivor.version}
    await begin(MERGE, Work(ports, live, Job(job_id, MERGE.kind, act.actor, act.at, facts)))
    return survivor_id


async def unmerge_customer(
    *, ports: Ports, live: LiveSessions, job_id: str, loser_id: str, reason: str, act: Act
) -> str:
    """Take a merge back: the record stands for itself again, with its phone, the leads that it had and those that
    came under its phone since. What it gave to an empty field of the survivor's profile stays there. Critical, by
    the survivor's version, which is what the merged id shows. The id of the restored customer.

    A merge of merges is taken back from its end. Raises CustomerNotMerged and what `merge_customers` does.
    """
    check_reason(reason)
    if await resumed(UNMERGE, ports=ports, live=live, job_id=job_id, act=act):
        return loser_id
    loser = await customers.read_customer(store=ports.store, customer_id=loser_id)
    if loser is None:
        raise CustomerNotFound(f"There is no customer {loser_id[:40]}.")
    if loser.merged_into is None:
        raise _not_merged(loser_id)
    survivor = await standing(ports=ports, customer_id=loser.merged_into)
    await refuse_if_stale(ports=ports, customer=survivor, act=act)
    facts = {"survivor": survivor.id, "loser": loser_id, "reason": reason.strip(), "version": survivor.version}
    await begin(UNMERGE, Work(ports, live, Job(job_id, UNMERGE.kind, act.actor, act.at, facts)))
    return loser_id


def _not_merged(customer_id: str) -> CustomerNotMerged:
    return CustomerNotMerged(f"{customer_id} isn't merged into another customer.")


async def _absorb(work: Work) -> None:
    """The pivot: the survivor says that it stands for the loser, and takes what its own profile lacks."""
    loser_id, act = work.fact("loser"), work.act("absorb", critical=True)
    loser = await standing(ports=work.ports, customer_id=loser_id, field="otherCustomerId")

    def decide(survivor: Customer) -> CustomerDecision:
        check_seen(survivor, act, absorbed=[*survivor.absorbed, loser_id])
        check_standing(survivor)
        lacking = {n: getattr(loser.profile, n) for n in PROFILE if not getattr(survivor.profile, n)}
        profile = replace(survivor.profile, **{n: v for n, v in lacking.items() if v})
        after = replace(survivor, absorbed=(*survivor.absorbed, loser_id), profile=profile)
        return _decision(survivor, after, work, "CustomersMerged", f"merged {loser_id} into this customer")

    await customers.change_customer(ports=work.ports, customer_id=work.fact("survivor"), act=act, decide=decide)


async def _complete_merge(work: Work) -> None:
    """The loser's phone and row first, then its leads: whoever registers one meanwhile finds either."""
    survivor_id, loser_id = work.fact("survivor"), work.fact("loser")

    def decide(loser: Customer) -> CustomerDecision:
        after = replace(loser, merged_into=survivor_id)
        return _decision(loser, after, work, "MergedInto", f"merged this customer into {survivor_id}")

    loser = await customers.read_customer(store=work.ports.store, customer_id=loser_id)
    if loser and loser.phone:
        await customers.mark_merged(
            ports=work.ports, phone=loser.phone, merged=True, write_id=f"{work.job.id}:phone"
        )
    await customers.change_customer(ports=work.ports, customer_id=loser_id, act=work.act("into"), decide=decide)

    async def one(work: Work, link: LeadLink) -> None:
        await move(work, link, origin=loser_id, target=survivor_id)

    await each_lead(work, loser_id, one)
    await _hand_over_unread(work, loser_id, survivor_id)
    await end_sessions_of(ports=work.ports, live=work.live, person_id=loser_id)


async def _hand_over_unread(work: Work, loser_id: str, survivor_id: str) -> None:
    """What the loser was told and hasn't read, the survivor is told: nobody signs in as the loser any more."""
    inbox = await notifications.inbox_of(store=work.ports.store, person=loser_id)
    unread = [n.notice for n in inbox.notifications if n.read_at is None]
    await notifications.deliver(ports=work.ports, person=survivor_id, notices=unread)


async def _release(work: Work) -> None:
    """The pivot of the way back: the survivor doesn't stand for the loser any more."""
    loser_id, act = work.fact("loser"), work.act("release", critical=True)

    def decide(survivor: Customer) -> CustomerDecision:
        check_seen(survivor, act)
        check_standing(survivor)
        if loser_id not in survivor.absorbed:
            raise _not_merged(loser_id)
        after = replace(survivor, absorbed=tuple(i for i in survivor.absorbed if i != loser_id))
        return _decision(survivor, after, work, "MergeTakenBack", f"took back the merge of {loser_id}")

    await customers.change_customer(ports=work.ports, customer_id=work.fact("survivor"), act=act, decide=decide)


async def _complete_unmerge(work: Work) -> None:
    survivor_id, loser_id = work.fact("survivor"), work.fact("loser")

    def decide(loser: Customer) -> CustomerDecision:
        after = replace(loser, merged_into=None)
        return _decision(loser, after, work, "MergeTakenBack", f"took back the merge into {survivor_id}")

    act = work.act("restore")
    loser = await customers.change_customer(ports=work.ports, customer_id=loser_id, act=act, decide=decide)
    if loser.phone:
        await customers.mark_merged(
            ports=work.ports, phone=loser.phone, merged=False, write_id=f"{work.job.id}:phone"
        )

    async def back(work: Work, link: LeadLink) -> None:
        await move(work, link, origin=survivor_id, target=loser_id)
        await leads.leave_customer(
            ports=work.ports, customer_id=survivor_id, lead_id=link.lead_id, write_id=f"{work.job.id}:back"
        )

    async def if_by_phone(work: Work, link: LeadLink) -> None:
        file = await leads.lead_of_actor(store=work.ports.store, lead_id=link.lead_id, actor=work.job.actor)
        if (file.lead.customer_id, file.lead.phone) == (survivor_id, loser.phone):
            await back(work, link)

    await each_lead(work, loser_id, back)
    await each_lead(work, survivor_id, if_by_phone)
    await end_sessions_of(ports=work.ports, live=work.live, person_id=survivor_id)


def _decision(before: Customer, after: Customer, work: Work, action: str, said: str) -> CustomerDecision:
    changes = changes_between(customers.plain(before), customers.plain(after))
    note = Note(action, f"{work.job.actor.name} {said}", changes, reason=work.fact("reason"))
    return CustomerDecision(after, (note,))


MERGE = Steps("merge-customers", "survivor", ("survivor", "loser"), _absorb, _complete_merge, nothing)
UNMERGE = Steps("unmerge-customer", "survivor", ("survivor", "loser"), _release, _complete_unmerge, nothing)
