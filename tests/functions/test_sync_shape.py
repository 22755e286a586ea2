"""What a partner's sync says of documents: those that arrived, and nothing of where they lie."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

from domain.leads import Summary
from domain.lists import Collection
from domain.values import Actor, Role
from functions.models.list_items import listed_lead, sync_shape

PARTNER = Actor("CP-1001", "Ravi", Role.CP)
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)


def test_documents_are_those_that_arrived() -> None:
    arrived = {
        "id": "DOC-1",
        "leadId": "LEAD-1001",
        "docType": "GENERAL",
        "status": "Uploaded",
        "uploadedAt": "2026-03-30T10:00:00.000Z",
        "requestedBy": "CP-1001",
        "mediaType": "image/png",
        "size": 1200,
        "sha256": "ab",
    }
    documents = [
        arrived,
        {**arrived, "id": "DOC-2", "status": "Awaited"},
        {**arrived, "id": "DOC-3", "status": "Deleted"},
    ]
    lead = json.dumps({"id": "LEAD-1001", "status": "New Lead", "assignedTo": "CP-1001", "customerId": "CUST-1"})
    collection = Collection([Summary("LEAD-1001", 3, lead, documents=json.dumps(documents))])
    assert asyncio.run(sync_shape(collection, PARTNER, NOW))["documents"] == [
        {
            "docId": "DOC-1",
            "leadId": "LEAD-1001",
            "docType": "GENERAL",
            "status": "Uploaded",
            "uploadedAt": "2026-03-30T10:00:00.000Z",
            "uploadedBy": "CP-1001",
            "mediaType": "image/png",
            "size": 1200,
        }
    ]
    [listed] = collection
    assert listed_lead(listed, PARTNER)["documentCount"] == 1
