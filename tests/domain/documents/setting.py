"""A lead of Ravi's on fakes, with a clock that can be put forward, for the tests of documents. No tests here."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from domain import documents, leads
from domain.documents import Document, Upload
from domain.leads import LeadFile
from domain.ports import Ports
from domain.timeline import Act, verify
from domain.values import Actor, PhoneNumber, Role
from tests.domain.documents.files import A_JPEG
from tests.fakes.blobs import FakeBlobs
from tests.fakes.ids import FakeIds
from tests.fakes.pauses import no_pause
from tests.fakes.store import FakeStore

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
RAVI = Actor("CP-1001", "Ravi", Role.CP)
MEERA = Actor("CP-1002", "Meera", Role.CP)
ADMIN = Actor("ADMIN-1001", "Asha", Role.ADMIN)
LEAD = "LEAD-1001"


@dataclass
class Clock:
    """Stands until it is put forward."""

    at: datetime = NINE

    def now(self) -> datetime:
        return self.at

    def forward(self, **time: int) -> None:
        self.at += timedelta(**time)


@dataclass
class Setting:
    """One lead, its storage, and what people do with its documents."""

    store: FakeStore = field(default_factory=FakeStore)
    clock: Clock = field(default_factory=Clock)
    left: list[Coroutine[Any, Any, None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.blobs = FakeBlobs(now=self.clock.now)
        self.ports = Ports(
            store=self.store, clock=self.clock, ids=FakeIds(), pause=no_pause, later=self.left.append
        )

    async def open(self) -> Setting:
        for container in ("documents", "quarantine"):
            await self.blobs.create_container(container=container)
        new = leads.NewLead(
            customer_name="Kavita",
            phone=PhoneNumber("+919800000001"),
            address="x",
            assigned_to=RAVI.id,
            assigned_name=RAVI.name,
        )
        await leads.register_lead(ports=self.ports, lead_id=LEAD, new=new, act=self.act(RAVI))
        return self

    def act(self, actor: Actor = RAVI, **said: Any) -> Act:
        return Act(actor=actor, at=self.clock.now(), write_id=self.ports.ids.unique(), **said)

    async def add(self, doc_type: str = "GENERAL", actor: Actor = RAVI) -> Upload:
        return await documents.add_lead_document(
            ports=self.ports, blobs=self.blobs, lead_id=LEAD, doc_type=doc_type, act=self.act(actor)
        )

    def put(self, upload: Upload, content: bytes = A_JPEG) -> None:
        assert self.blobs.follow_put(upload.link.url, content, "image/jpeg").status == 201

    async def complete(self, document_id: str, actor: Actor = RAVI) -> Document:
        return await documents.complete_document(
            ports=self.ports, blobs=self.blobs, document_id=document_id, act=self.act(actor)
        )

    async def uploaded(self, content: bytes = A_JPEG) -> Document:
        upload = await self.add()
        self.put(upload, content)
        return await self.complete(upload.document.id)

    async def delete(self, document_id: str, actor: Actor = RAVI) -> Document:
        return await documents.delete_document(ports=self.ports, document_id=document_id, act=self.act(actor))

    async def read(self, document_id: str, actor: Actor = RAVI) -> bytes:
        _, link = await documents.read_document(
            ports=self.ports, blobs=self.blobs, document_id=document_id, act=self.act(actor)
        )
        return self.blobs.follow_get(link.url).content

    async def sweep(self) -> int:
        return await documents.sweep_uploads(ports=self.ports, blobs=self.blobs)

    async def do_what_was_left(self) -> None:
        while self.left:
            await self.left.pop(0)

    def forget_what_was_left(self) -> None:
        """The process has died."""
        for work in self.left:
            work.close()
        self.left.clear()

    def __del__(self) -> None:  # most tests don't care; without this Python warns of work that was never begun
        self.forget_what_was_left()

    async def file(self) -> LeadFile:
        """The lead, whose timeline is whole."""
        file = await leads.lead_of_actor(store=self.store, lead_id=LEAD, actor=ADMIN)
        entries = await leads.timeline_of(store=self.store, lead_id=LEAD, actor=ADMIN)
        assert verify(entries, last_hash=file.lead.last_hash, version=file.lead.version) is None
        return file

    async def documents(self) -> list[Document]:
        return list(documents.documents_in(await self.file()))

    async def actions(self) -> list[str]:
        """What the timeline says of documents."""
        entries = await leads.timeline_of(store=self.store, lead_id=LEAD, actor=ADMIN)
        return [e.action for e in entries if e.action.startswith("Document")]

    async def files(self, container: str) -> list[str]:
        return [blob.name async for blob in self.blobs.list(container=container)]

    async def markers(self) -> list[str]:
        return [row.key async for row in self.store.scan(table="views", partition="uploads")]
