"""What a crash between a lead's transaction and the rest left undone, made good: views, the customer's link, whom
to tell, and what the contexts above leave until after the answer."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from domain.leads import _notices as notices
from domain.leads import _views as views
from domain.leads._customer_link import mend_link
from domain.leads._model import Lead
from domain.ports import Ports


class Afterwork(Protocol):
    """What follows changes of a lead's parts (`follow` of `change_lead`), done again for all of them."""

    async def __call__(self, *, ports: Ports, lead_id: str) -> None:
        """Doing it again changes nothing. Raises StorageUnavailable."""
        ...


async def sweep(*, ports: Ports, afterwork: Afterwork | None = None) -> int:
    """Go through the leads with an old marker; the number of leads looked after."""

    async def mend(lead: Lead) -> None:
        await mend_link(ports=ports, lead=lead)
        if afterwork:
            await afterwork(ports=ports, lead_id=lead.id)

    async def tell(lead_id: str, write_ids: Collection[str]) -> None:
        await notices.tell_again(ports=ports, lead_id=lead_id, write_ids=write_ids)

    return await views.sweep(ports=ports, mend=mend, tell=tell)
