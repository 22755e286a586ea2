"""Where documents stand: the partition of a lead or of a customer, read and changed in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Protocol

from domain.documents._model import Document, Filing, Folder
from domain.documents.errors import DocumentNotFound
from domain.ports import Ports
from domain.store import Store
from domain.timeline import Act
from domain.values import Actor

Decide = Callable[[Folder], Filing | None]
"""Pure: refuses by raising, or returns None if there is nothing to change."""


class Shelf(Protocol):
    """The documents of one kind of owner."""

    async def folder(self, *, store: Store, owner: str, actor: Actor) -> Folder:
        """All documents of an owner that is the actor's own. Raises NotFound of the owner's kind."""
        ...

    async def change(self, *, ports: Ports, owner: str, act: Act, decide: Decide) -> tuple[Folder, str | None]:
        """Carry out a decision in one transaction with its entries; the folder after it, and the result.

        Raises what `decide` raises, NotFound of the owner's kind, StorageUnavailable.
        """
        ...

    def finished(self, folder: Folder, document: Document, act: Act) -> Filing:
        """What it means for the folder that this document has arrived and was found good. Pure."""
        ...


def in_order(documents: Iterable[Document]) -> tuple[Document, ...]:
    """Oldest first."""
    return tuple(sorted(documents, key=lambda d: (d.requested_at, d.id)))


def stamped(filing: Filing, version: int) -> list[Document]:
    """The documents of a filing at the version that storing it makes."""
    return [replace(document, version=version) for document in filing.documents]


def held(folder: Folder, document_id: str) -> Document:
    """The document in the folder. Raises DocumentNotFound."""
    found = folder.get(document_id)
    if found is None:
        raise document_not_found(document_id)
    return found


def document_not_found(document_id: str) -> DocumentNotFound:
    """The one refusal for a document that isn't there or isn't the caller's."""
    return DocumentNotFound(f"There is no document {document_id[:40]}, or it isn't yours.")
