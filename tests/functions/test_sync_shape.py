"""What a partner's sync says of documents: those that arrived, and nothing of where they lie; and when it is new."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta

from domain.leads import Summary
from domain.lists import Collection
from domain.values import Actor, Role
from functions.models.list_items import listed_lead, sync_shape, sync_tag

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


def test_is_new_with_each_version_with_a_lead_that_left_and_with_the_day() -> None:
    lead = json.dumps({"id": "LEAD-1001", "status": "New Lead"})
    last = datetime(2026, 3, 31, 18, 29, 59, 999_000, tzinfo=UTC)
    before = sync_tag(Collection([Summary("LEAD-1001", 3, lead)]), last)
    assert sync_tag(Collection([Summary("LEAD-1001", 3, lead)]), last - timedelta(hours=20)) == before
    midnight = last + timedelta(
        milliseconds=1
    )  # quotations end with the day in India, without a change of the lead
    others = {
        sync_tag(Collection([Summary("LEAD-1001", 3, lead)]), midnight),
        sync_tag(Collection([Summary("LEAD-1001", 4, lead)]), last),
        sync_tag(Collection([Summary("LEAD-1001", 3)]), last),
        sync_tag(Collection(), last),
    }
    assert len(others | {before}) == 5
