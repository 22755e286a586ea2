"""Uploads that are out: the client's link, and a marker for the sweep until the upload has come to an end.

A marker is a row `views / uploads / <document's id>`. It is written beside the document's own transaction: one
without a document is swept away, and a document without one (its marker's write failed, so the client was
refused) frees its place by time alone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import datetime

from domain.blobs import Blobs, Link
from domain.documents._model import LINK_LASTS, Document, DocumentStatus
from domain.errors import DomainError
from domain.store import Create, Delete, Row, RowChanged, RowExists, Store
from domain.values import iso, moment

DOCUMENTS = "documents"
QUARANTINE = "quarantine"
_TABLE = "views"
UPLOADS = "uploads"
_DOCUMENTS = ("document:", "kyc:")


async def mark(*, store: Store, document_id: str, at: datetime) -> bool:
    """Say that an upload is about to be awaited; False if that was said before."""
    marker = Create(document_id, {"at": iso(at)})
    try:
        await store.commit(table=_TABLE, partition=UPLOADS, writes=[marker], write_id=document_id)
    except RowExists:
        return False  # the same request, carried out again
    return True


async def keep_markers(*, store: Store, rows: Iterable[Row]) -> int:
    """Put the markers that are missing of a lead's or customer's parts; how many that were. Raises
    StorageUnavailable."""
    return sum([await mark(store=store, document_id=name, at=at) for name, at in awaited_in(rows)])


def awaited_in(rows: Iterable[Row]) -> list[tuple[str, datetime]]:
    """The documents among a lead's or customer's parts that wait for their file, and since when."""
    documents = (row for row in rows if row.key.startswith(_DOCUMENTS))
    return [
        (row.key.partition(":")[2], moment(str(row.values["requestedAt"])))
        for row in documents
        if row.values["status"] == DocumentStatus.AWAITED
    ]


async def unmark(*, store: Store, document_id: str) -> None:
    """The upload has come to an end, one way or the other. What fails here is the sweep's."""
    try:
        row = await store.get(table=_TABLE, partition=UPLOADS, key=document_id)
        if row:
            done = [Delete(document_id, row.etag)]
            await store.commit(table=_TABLE, partition=UPLOADS, writes=done, write_id=document_id)
    except RowChanged:
        return  # the sweep was faster
    except DomainError:
        return  # storage is down


async def marked(*, store: Store) -> AsyncIterator[tuple[str, datetime]]:
    """The ids of documents whose upload may be out, and since when."""
    async for row in store.scan(table=_TABLE, partition=UPLOADS):
        yield row.key, moment(str(row.values["at"]))


async def upload_link(*, blobs: Blobs, document: Document, at: datetime) -> Link:
    """A link of five minutes for one PUT of the document's file."""
    return await blobs.upload_link(container=DOCUMENTS, name=document.blob, at=at, expires_at=at + LINK_LASTS)


async def download_link(*, blobs: Blobs, document: Document, at: datetime) -> Link:
    """A link of five minutes for reading the document's checked file."""
    return await blobs.download_link(
        container=DOCUMENTS,
        name=document.blob,
        at=at,
        expires_at=at + LINK_LASTS,
        file_name=document.file_name,
        media_type=str(document.media_type),
    )
