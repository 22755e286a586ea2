"""Documents of leads over HTTP: clients get links and speak to blob storage themselves."""

from __future__ import annotations

import azure.functions as func

from domain import documents
from domain.blobs import Blobs
from domain.leads import lead_of_actor
from functions.edge import SIGNED_IN, Call, Edge, Endpoint, Reply
from functions.models.documents import (
    DocumentChange,
    DocumentQuery,
    DocumentShape,
    LeadDocumentsQuery,
    LinkShape,
    NewLeadDocumentBody,
    UploadShape,
    lead_document_shape,
    link_shape,
    upload_shape,
)
from functions.models.kyc import KycShape, document_shape
from functions.replies import DocumentsReply


def blueprint(edge: Edge, blobs: Blobs) -> func.Blueprint:
    """The functions of the document endpoints."""
    bp = func.Blueprint()
    ports = edge.ports

    @edge.endpoint(
        bp,
        Endpoint(
            "AddLeadDocument",
            "POST",
            "api/v1/leadDocuments",
            SIGNED_IN,
            "Get a link to upload a document of a lead; at most seven are in use at once",
            body=NewLeadDocumentBody,
            reply=UploadShape,
            status=201,
        ),
    )
    async def add_lead_document(call: Call) -> Reply:
        upload = await documents.add_lead_document(
            ports=ports, blobs=blobs, lead_id=call.body.lead_id, doc_type=call.body.doc_type, act=call.act
        )
        said = upload_shape(upload, lead_document_shape(upload.document))
        return Reply(said, status=201, version=upload.document.version)

    @edge.endpoint(
        bp,
        Endpoint(
            "ListLeadDocuments",
            "GET",
            "api/v1/leadDocuments",
            SIGNED_IN,
            "The documents of a lead, oldest first",
            query=LeadDocumentsQuery,
            reply=DocumentsReply,
        ),
    )
    async def list_lead_documents(call: Call) -> Reply:
        file = await lead_of_actor(store=ports.store, lead_id=call.query.lead_id, actor=call.actor)
        found = documents.documents_in(file)
        shown = found if call.query.include_inactive else documents.active(found, call.act.at)
        return Reply({"documents": [lead_document_shape(d) for d in shown], "total": len(shown)})

    @edge.endpoint(
        bp,
        Endpoint(
            "CompleteDocument",
            "POST",
            "api/v1/documents/{documentId}/complete",
            SIGNED_IN,
            "Check what was uploaded (at most 10 MB; PDF, JPG or PNG by content) and take it into use",
            body=DocumentChange,
            reply=DocumentShape | KycShape,
        ),
    )
    async def complete_document(call: Call) -> Reply:
        done = await documents.complete_document(
            ports=ports, blobs=blobs, document_id=call.path["documentId"], act=call.act
        )
        return Reply(document_shape(done), version=done.version)

    @edge.endpoint(
        bp,
        Endpoint(
            "ReadDocument",
            "GET",
            "api/v1/documents/sas",
            SIGNED_IN,
            "Get a link of five minutes to read a document",
            query=DocumentQuery,
            refuses=(409,),
            reply=LinkShape,
        ),
    )
    async def read_document(call: Call) -> Reply:
        document, link = await documents.read_document(
            ports=ports, blobs=blobs, document_id=call.query.doc_id, act=call.act
        )
        return Reply(link_shape(document, link))

    @edge.endpoint(
        bp,
        Endpoint(
            "DeleteDocument",
            "DELETE",
            "api/v1/documents/{documentId}",
            SIGNED_IN,
            "Take a document of a lead out of use; its history and its file are kept",
            reply=DocumentShape | KycShape,
        ),
    )
    async def delete_document(call: Call) -> Reply:
        gone = await documents.delete_document(ports=ports, document_id=call.path["documentId"], act=call.act)
        return Reply(document_shape(gone), version=gone.version)

    return bp
