"""What a crash between a lead's transaction and the rest left undone, made good: views, the customer's link, and
whom to tell."""

from __future__ import annotations

from collections.abc import Collection

from domain.leads import _notices as notices
from domain.leads import _views as views
from domain.leads._customer_link import mend_link
from domain.leads._model import Lead
from domain.ports import Ports


async def sweep(*, ports: Ports) -> int:
    """Go through the leads with an old marker; the number of leads looked after."""

    async def mend(lead: Lead) -> None:
        await mend_link(ports=ports, lead=lead)

    async def tell(lead_id: str, write_ids: Collection[str]) -> None:
        await notices.tell_again(ports=ports, lead_id=lead_id, write_ids=write_ids)

    return await views.sweep(ports=ports, mend=mend, tell=tell)
