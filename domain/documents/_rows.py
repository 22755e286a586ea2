"""How a document is stored: a row in its lead's or customer's partition (docs/tables.md)."""

from __future__ import annotations

from domain.documents._model import Document, DocumentStatus, Fault, MediaType, plain
from domain.store import Create, Replace, Row, Value, Write
from domain.values import moment


def document_write(prefix: str, document: Document, row: Row | None) -> Write:
    """The write that stores it: a new row, or in place of `row` as it was read."""
    values: dict[str, Value] = {n: v for n, v in plain(document).items() if v is not None}
    values["version"] = document.version
    key = prefix + document.id
    return Replace(key, values, row.etag) if row else Create(key, values)


def document_from_row(prefix: str, row: Row) -> Document:
    """The document that a row holds."""
    v = row.values

    def text(name: str) -> str | None:
        return str(v[name]) if name in v else None

    uploaded, closed, media_type, fault = (text(n) for n in ("uploadedAt", "closedAt", "mediaType", "fault"))
    return Document(
        id=row.key.removeprefix(prefix),
        doc_type=str(v["docType"]),
        status=DocumentStatus(str(v["status"])),
        lead_id=text("leadId"),
        requested_at=moment(str(v["requestedAt"])),
        requested_by=str(v["requestedBy"]),
        requested_by_name=str(v["requestedByName"]),
        version=int(str(v["version"])),
        uploaded_at=moment(uploaded) if uploaded else None,
        size=int(str(v["size"])) if "size" in v else None,
        media_type=MediaType(media_type) if media_type else None,
        sha256=text("sha256"),
        fault=Fault(fault) if fault else None,
        reason=text("reason"),
        closed_at=moment(closed) if closed else None,
        closed_by=text("closedBy"),
        closed_by_name=text("closedByName"),
    )
