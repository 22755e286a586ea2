"""Critical changes of a lead name the version that they are based on; the rule is the timeline's."""

from __future__ import annotations

from domain.leads._model import is_for_customers
from domain.leads._rows import TABLE
from domain.store import Store
from domain.timeline import VersionStale, honour_if_match, require_version
from domain.timeline import with_changes as with_changes_of
from domain.values import Actor, Role

__all__ = ["honour_if_match", "require_version", "with_changes"]


async def with_changes(stale: VersionStale, *, store: Store, lead_id: str, actor: Actor) -> VersionStale:
    """The refusal with every change of the lead since the version that the client saw, who and when; for a customer
    without what isn't shown to customers."""
    told = await with_changes_of(stale, store=store, table=TABLE, partition=lead_id)
    if actor.role is not Role.CUSTOMER:
        return told
    details = dict(told.details or {})
    details["current"] = {n: value for n, value in details["current"].items() if is_for_customers(n)}
    details["changes"] = [change for change in details["changes"] if is_for_customers(change["field"])]
    return VersionStale(told.message, details=details)
