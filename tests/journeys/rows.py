"""All that is stored, to be compared before and after. No tests here."""

from __future__ import annotations

import json
import time

from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient

from adapters.schema import CONTAINERS, TABLES
from tests.conftest import Backend

Stored = dict[tuple[str, ...], str]

MEANT = {
    "limits": "how many sensitive requests came from an address: refused ones count",
    "packs": "made by a timer, of rows that are compared themselves",
    "runs": "what timers note about themselves",
}
"""Tables in which something may change although nothing was done, and why."""


def everything(backend: Backend) -> Stored:
    """Every row with its storage ETag, and every blob with its own."""
    found: Stored = {}
    with TableServiceClient.from_connection_string(backend.storage) as tables:
        for name in TABLES:
            for row in tables.get_table_client(name).list_entities() if name not in MEANT else ():
                at = (name, row["PartitionKey"], row["RowKey"])
                found[at] = row.metadata["etag"] + json.dumps(row, default=str, sort_keys=True)
    with BlobServiceClient.from_connection_string(backend.storage) as blobs:
        for name in CONTAINERS:
            for blob in blobs.get_container_client(name).list_blobs():
                found[name, blob.name] = str(blob.etag)
    return found


def settled(backend: Backend) -> Stored:
    """Everything, once what goes on after the answers (views, notifications) has come to its end."""
    before = everything(backend)
    for _ in range(20):
        time.sleep(0.2)
        after = everything(backend)
        if after == before:
            return after
        before = after
    raise AssertionError("the storage doesn't come to rest")


def changes(before: Stored, after: Stored) -> list[str]:
    """What was added, removed or replaced, for people."""
    places = sorted(place for place in {*before, *after} if before.get(place) != after.get(place))
    return [f"{'/'.join(p)}: {before.get(p, 'nothing')[:300]} → {after.get(p, 'nothing')[:300]}" for p in places]
