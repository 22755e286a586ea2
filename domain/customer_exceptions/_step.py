"""What the steps of all exceptions share: who may begin, locks, and acts that land once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from domain import customers
from domain.customer_exceptions.errors import CustomerBusy, CustomerMerged
from domain.customers import Customer, CustomerInvalid, CustomerNotFound
from domain.errors import Fault
from domain.identity import LiveSessions
from domain.jobs import Job
from domain.ports import Ports
from domain.timeline import Act, Plain, VersionStale, require_version, with_changes

MIN_REASON = 10


@dataclass(frozen=True)
class Work:
    """A job being carried out, with what its steps need. Each step can be done again without harm."""

    ports: Ports
    live: LiveSessions
    job: Job

    def fact(self, name: str) -> str:
        """One of the job's arguments."""
        return str(self.job.facts[name])

    def act(self, step: str, *, critical: bool = False) -> Act:
        """The act of one step, as the person who asked for it; a `critical` one is bound to the version seen.

        The proof is the job's: in each customer's partition one transaction of the job lands, and lands once.
        """
        return Act(
            actor=self.job.actor,
            at=self.ports.clock.now(),
            write_id=f"{self.job.id}:{step}",
            proof=self.job.id,
            version=int(self.fact("version")) if critical else None,
            exact=critical,
        )

    async def lock(self, *customer_ids: str) -> None:
        """Keep other exceptions away from these customers. Raises CustomerBusy."""
        for customer_id in sorted(customer_ids):
            if not await customers.lock(ports=self.ports, customer_id=customer_id, job=self.job.id):
                raise CustomerBusy(
                    f"Another change of {customer_id} is being carried out. Try again in a moment.", retry_after=5
                )

    async def unlock(self, *customer_ids: str) -> None:
        """Let other exceptions at these customers again."""
        for customer_id in customer_ids:
            await customers.unlock(ports=self.ports, customer_id=customer_id, job=self.job.id)


async def reserve_job_id(ports: Ports) -> str:
    """An id for an exception that is about to be carried out; kept with a keyed request's record."""
    return f"JOB-{ports.ids.unique()}"


def check_reason(reason: str) -> None:
    """At least 10 characters (domain.md asks the same of an override). Raises CustomerInvalid."""
    if len(reason.strip()) < MIN_REASON:
        message = f"The reason must have at least {MIN_REASON} characters."
        raise CustomerInvalid(faults=[Fault("reason", message)])


async def standing(*, ports: Ports, customer_id: str, field: str | None = None) -> Customer:
    """The customer with exactly this id, if it stands for itself.

    Raises CustomerNotFound (CustomerInvalid where the id came in a `field`), CustomerMerged.
    """
    found = await customers.read_customer(store=ports.store, customer_id=customer_id)
    if found is None:
        if field is None:
            raise CustomerNotFound(f"There is no customer {customer_id[:40]}.")
        raise CustomerInvalid(faults=[Fault(field, "There is no customer with this id.")])
    check_standing(found)
    return found


def check_standing(customer: Customer) -> None:
    """Raises CustomerMerged."""
    if customer.merged_into is not None:
        raise CustomerMerged(
            f"{customer.id} was merged into {customer.merged_into}.", details={"survivor": customer.merged_into}
        )


def check_seen(customer: Customer, act: Act, **wanted: Plain) -> None:
    """The critical change is based on this version of the customer. Raises VersionRequired, VersionStale."""
    current: Mapping[str, Plain] = {**customers.plain(customer), "version": customer.version}
    require_version(act=act, version=customer.version, current=current, yours=wanted)


async def refuse_if_stale(*, ports: Ports, customer: Customer, act: Act, **wanted: Plain) -> None:
    """`check_seen` before the job begins; the refusal says what has changed since.

    Raises VersionRequired, VersionStale."""
    try:
        check_seen(customer, act, **wanted)
    except VersionStale as stale:
        raise await with_changes(stale, store=ports.store, table=customers.TABLE, partition=customer.id) from None
