"""What a crash between a lead's transaction and the rest left undone, made good: views and the customer's link."""

from __future__ import annotations

from domain.leads import _views as views
from domain.leads._customer_link import mend_link
from domain.leads._model import Lead
from domain.ports import Ports


async def sweep(*, ports: Ports) -> int:
    """Go through the leads with an old marker; the number of leads looked after."""

    async def mend(lead: Lead) -> None:
        await mend_link(ports=ports, lead=lead)

    return await views.sweep(ports=ports, mend=mend)
