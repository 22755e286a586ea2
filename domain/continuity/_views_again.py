"""The lists after leads were put back: a summary may be newer than the lead that it summarises."""

from __future__ import annotations

from collections.abc import Mapping

from domain.leads import lead_in, rebuild
from domain.lists import forget_packs
from domain.ports import Ports
from domain.store import Delete, Row, RowChanged

_VIEWS = "views"


async def settle_views(*, ports: Ports, versions: Mapping[str, int]) -> int:
    """Make the summaries of these leads (id → version) again where they tell of a version that is gone.

    A view row never goes back to an older version by itself (docs/tables.md): left alone, it would show lost
    values, and hide the lead's next changes. One pass over the views; the number of leads concerned. What was
    packed of them is forgotten; instances that are running have to be started again.
    """
    await forget_packs(ports=ports)
    ahead: set[str] = set()
    async for row in ports.store.scan(table=_VIEWS):
        lead_id = lead_in(row)
        if (
            lead_id is not None
            and lead_id in versions
            and int(str(row.values.get("version", 0))) > versions[lead_id]
        ):
            await _remove(ports, row)
            ahead.add(lead_id)
    for lead_id in sorted(ahead):
        await rebuild(ports=ports, lead_id=lead_id)
    return len(ahead)


async def _remove(ports: Ports, row: Row) -> None:
    removal = [Delete(row.key, row.etag)]
    write_id = ports.ids.unique()
    try:
        await ports.store.commit(table=_VIEWS, partition=row.partition, writes=removal, write_id=write_id)
    except RowChanged:
        return  # somebody has changed the lead since, so it is current again
