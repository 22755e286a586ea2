"""Documents of a lead: rows `document:<id>` of its partition, at most seven in use (domain.md)."""

from __future__ import annotations

from domain.documents._model import (
    MAX_ACTIVE,
    MAX_KEPT,
    Document,
    DocumentStatus,
    Filing,
    Folder,
    active,
    awaited,
    closed,
    note_of,
)
from domain.documents._rows import document_from_row, document_write
from domain.documents._shelf import Decide, in_order, stamped
from domain.documents.errors import DocumentLimitReached
from domain.leads import Decision, LeadFile, change_lead, own_file
from domain.ports import Ports
from domain.store import Store
from domain.timeline import Act
from domain.values import Actor

PREFIX = "document:"


class LeadShelf:
    """The documents of leads."""

    async def folder(self, *, store: Store, owner: str, actor: Actor) -> Folder:
        """All documents of one of the actor's own leads: one request. Raises LeadNotFound."""
        return folder_of(await own_file(store=store, lead_id=owner, actor=actor))

    async def change(self, *, ports: Ports, owner: str, act: Act, decide: Decide) -> tuple[Folder, str | None]:
        """One transaction of the lead: three hops."""

        def decide_on(file: LeadFile) -> Decision | None:
            filing = decide(folder_of(file))
            if filing is None:
                return None
            documents = stamped(filing, file.lead.version + 1)
            writes = tuple(document_write(PREFIX, d, file.parts.get(PREFIX + d.id)) for d in documents)
            return Decision(file.lead, filing.notes, writes, result=filing.result)

        changed = await change_lead(ports=ports, lead_id=owner, act=act, decide=decide_on)
        return folder_of(changed.file), changed.result

    def finished(self, folder: Folder, document: Document, act: Act) -> Filing:
        """It is uploaded. One that arrived after its time takes up a place again, if there is one."""
        before = folder.get(document.id)
        if len(active([d for d in folder.documents if d.id != document.id], act.at)) >= MAX_ACTIVE:
            raise limit_reached()
        said = f"{document.requested_by_name} uploaded document {document.id} ({document.doc_type})"
        return Filing((document,), (note_of(before, document, "DocumentUploaded", said),))


def folder_of(file: LeadFile) -> Folder:
    """All documents of a lead, oldest first."""
    documents = in_order(document_from_row(PREFIX, row) for row in file.rows(PREFIX))
    return Folder(file.lead.id, file.lead.version, documents)


def requested(folder: Folder, doc_type: str, act: Act) -> Filing:
    """A new document that waits for its file. Raises DocumentLimitReached."""
    if len(active(folder.documents, act.at)) >= MAX_ACTIVE:
        raise limit_reached()
    if len(folder.documents) >= MAX_KEPT:
        raise DocumentLimitReached(f"This lead has had {MAX_KEPT} documents; no more can be added.")
    document = awaited(folder.owner, doc_type, act)
    said = f"{act.actor.name} began to upload document {document.id} ({doc_type})"
    return Filing((document,), (note_of(None, document, "DocumentRequested", said),), result=document.id)


def deleted(document: Document, act: Act) -> Filing:
    """No longer in use; the row and the file are kept for seven years (domain.md)."""
    after = closed(document, DocumentStatus.DELETED, act)
    said = f"{act.actor.name} deleted document {document.id} ({document.doc_type})"
    return Filing((after,), (note_of(document, after, "DocumentDeleted", said),))


def limit_reached() -> DocumentLimitReached:
    """Seven are in use. The first words are what the CP app looks for (api.md, last section)."""
    return DocumentLimitReached(
        f"Maximum {MAX_ACTIVE} documents per lead allowed. Delete one that is no longer needed first.",
        details={"limit": MAX_ACTIVE},
    )
