"""Uploads that nobody completed: what has arrived is checked, what hasn't in time is given up, what was left is
removed."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.blobs import Blobs
from domain.documents import _uploads as uploads
from domain.documents._completion import abandoned
from domain.documents._model import LINK_LASTS, UPLOAD_LASTS, Document, DocumentStatus, Filing, Folder
from domain.documents._operations import complete_document, document_of_actor, shelf_of
from domain.documents._shelf import held
from domain.documents._uploads import DOCUMENTS
from domain.documents.errors import DocumentNotFound
from domain.errors import DomainError, Unavailable
from domain.ports import Ports
from domain.timeline import Act
from domain.values import system

YOUNG = timedelta(minutes=1)
"""How long clients are left to complete their uploads themselves."""

_STRAY = LINK_LASTS + timedelta(minutes=5)
"""After this time no link can bring anything to a document's place any more, clocks that differ included."""


async def sweep_uploads(*, ports: Ports, blobs: Blobs) -> int:
    """Look after every upload that is out; the number of those that came to an end. Raises StorageUnavailable."""
    done = 0
    now = ports.clock.now()
    async for document_id, since in uploads.marked(store=ports.store):
        if now - since >= YOUNG and await _settle(ports, blobs, document_id, now):
            await uploads.unmark(store=ports.store, document_id=document_id)
            done += 1
    return done


async def _settle(ports: Ports, blobs: Blobs, document_id: str, now: datetime) -> bool:
    """Whether nothing is left to do for this upload."""
    act = Act(actor=system("sweep-uploads"), at=now, write_id=ports.ids.unique())
    try:
        document = await document_of_actor(store=ports.store, document_id=document_id, actor=act.actor)
    except DocumentNotFound:
        return True  # its request was refused, or never landed
    if document.status is DocumentStatus.AWAITED:
        document = await _finish(ports, blobs, document, act)
    if document.status is DocumentStatus.AWAITED:
        return False
    if document.checked:
        return True
    if now < document.requested_at + _STRAY:
        return False
    await blobs.delete(container=DOCUMENTS, name=document.blob)
    return True


async def _finish(ports: Ports, blobs: Blobs, document: Document, act: Act) -> Document:
    over = act.at >= document.requested_at + UPLOAD_LASTS
    try:
        return await complete_document(ports=ports, blobs=blobs, document_id=document.id, act=act)
    except Unavailable:
        raise
    except DomainError:  # nothing has arrived, or there is no place for it any more, or it was found bad
        if over:
            return await _abandon(ports, document.id, act)
    return await document_of_actor(store=ports.store, document_id=document.id, actor=act.actor)


async def _abandon(ports: Ports, document_id: str, act: Act) -> Document:
    def decide(folder: Folder) -> Filing | None:
        document = held(folder, document_id)
        return abandoned(document, act) if document.status is DocumentStatus.AWAITED else None

    shelf, owner = shelf_of(document_id)
    folder, _ = await shelf.change(ports=ports, owner=owner, act=act, decide=decide)
    return held(folder, document_id)
