"""One thing done to each of many leads: each its own transaction, and a refused one doesn't stop the others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from domain.errors import DomainError, StaleVersion, Unavailable
from domain.timeline import Act, VersionRequired, VersionStale

AT_ONCE = 8
"""Leads that are changed at the same time: enough to hide the storage's latency, few enough to leave room."""

Do = Callable[[str, Act], Awaitable[object]]


@dataclass(frozen=True)
class Outcome:
    """What became of one lead: changed (or as asked for already), or refused."""

    lead_id: str
    refusal: DomainError | None = None

    def said(self) -> dict[str, Any]:
        """As it is answered."""
        told: dict[str, Any] = {"id": self.lead_id, "success": self.refusal is None}
        if self.refusal:
            told |= {"error": self.refusal.told, "code": self.refusal.code}  # clients show `error` as it is
        return told


async def each_lead(
    *, lead_ids: Sequence[str], versions: Mapping[str, int], act: Act, critical: bool, do: Do
) -> tuple[Outcome, ...]:
    """Do it to each lead, one named twice once, as an act of its own; the outcomes in the order that was asked for.

    A lead's version is that of `versions`, else `act.version`. With an Idempotency-Key every lead's transaction
    has the request's proof, so that carrying it out again changes only what wasn't changed yet. Raises
    VersionRequired, VersionStale, StorageUnavailable where that is what became of the request as a whole.
    """
    if critical and act.version is None and not versions:
        raise VersionRequired(
            "This change needs to know which version of each lead you saw: send them as versions {leadId: version}."
        )
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(lead_id: str) -> Outcome:
        version = versions.get(lead_id, act.version)
        own = replace(act, write_id=f"{act.write_id}:{lead_id}", version=version, bulk=True)
        async with gate:
            try:
                await do(lead_id, own)
            except DomainError as refused:
                return Outcome(lead_id, refused)
        return Outcome(lead_id)

    outcomes = tuple(await asyncio.gather(*(one(lead_id) for lead_id in dict.fromkeys(lead_ids))))
    _refuse_as_a_whole(outcomes, act)
    return outcomes


def _refuse_as_a_whole(outcomes: Sequence[Outcome], act: Act) -> None:
    """If every lead was refused for its version, or what became of some isn't known.

    The latter only if all are unknown or the request can be sent again by its key: its answer isn't kept then.
    """
    refusals = [o.refusal for o in outcomes if o.refusal]
    unknown = [r for r in refusals if isinstance(r, Unavailable)]
    if unknown and (act.proof or len(unknown) == len(outcomes)):
        raise unknown[0]
    if len(refusals) == len(outcomes) and all(isinstance(r, StaleVersion) for r in refusals):
        first = next((r for r in refusals if isinstance(r, VersionStale)), refusals[0])
        results = [o.said() for o in outcomes]
        raise type(first)(first.message, details={**(first.details or {}), "results": results})
