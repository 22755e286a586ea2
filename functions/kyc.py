"""KYC documents of customers over HTTP: upload, list, review. Completing and reading is in `documents`."""

from __future__ import annotations

import azure.functions as func

from domain import documents
from domain.blobs import Blobs
from domain.leads import lead_of_actor
from domain.values import Role
from functions.edge import SIGNED_IN, Call, Edge, Endpoint, Reply
from functions.edge.errors import QueryInvalid
from functions.models.documents import DocumentChange
from functions.models.kyc import (
    KycDocumentsShape,
    KycQuery,
    KycShape,
    KycUploadShape,
    NewKycBody,
    RejectionBody,
    kyc_shape,
    kyc_upload_shape,
)

REVIEWERS = frozenset({Role.ADMIN, Role.KAM})


def blueprint(edge: Edge, blobs: Blobs) -> func.Blueprint:
    """The functions of the KYC endpoints."""
    bp = func.Blueprint()
    ports = edge.ports

    @edge.endpoint(
        bp,
        Endpoint(
            "AddKycDocument",
            "POST",
            "api/v1/kycDocuments",
            SIGNED_IN,
            "Get a link to upload a KYC document; it replaces one of its type that isn't approved",
            body=NewKycBody,
            reply=KycUploadShape,
            status=201,
        ),
    )
    async def add_kyc_document(call: Call) -> Reply:
        upload = await documents.add_kyc_document(
            ports=ports,
            blobs=blobs,
            customer_id=call.body.customer_id,
            kind=call.body.doc_type,
            lead_id=call.body.lead_id,
            act=call.act,
        )
        return Reply(kyc_upload_shape(upload), status=201, version=upload.document.version)

    @edge.endpoint(
        bp,
        Endpoint(
            "ListKycDocuments",
            "GET",
            "api/v1/kycDocuments",
            SIGNED_IN,
            "The KYC documents of a customer, oldest first",
            query=KycQuery,
            reply=KycDocumentsShape,
        ),
    )
    async def list_kyc_documents(call: Call) -> Reply:
        customer_id = await _customer_of(call, edge)
        _, found = await documents.kyc_of(
            store=ports.store, customer_id=customer_id, actor=call.actor, lead_id=call.query.lead_id
        )
        shown = found if call.query.include_inactive else documents.current_kyc(found, call.act.at)
        return Reply({"documents": [kyc_shape(d) for d in shown], "total": len(shown)})

    @edge.endpoint(
        bp,
        Endpoint(
            "ApproveKycDocument",
            "PATCH",
            "api/v1/kycDocuments/{documentId}/approve",
            REVIEWERS,
            "Approve a pending KYC document, which locks it",
            body=DocumentChange,
            reply=KycShape,
        ),
    )
    async def approve_kyc_document(call: Call) -> Reply:
        done = await documents.approve_kyc_document(ports=ports, document_id=call.path["documentId"], act=call.act)
        return Reply(kyc_shape(done), version=done.version)

    @edge.endpoint(
        bp,
        Endpoint(
            "RejectKycDocument",
            "PATCH",
            "api/v1/kycDocuments/{documentId}/reject",
            REVIEWERS,
            "Reject a pending KYC document, with a reason for the customer",
            body=RejectionBody,
            reply=KycShape,
        ),
    )
    async def reject_kyc_document(call: Call) -> Reply:
        done = await documents.reject_kyc_document(
            ports=ports, document_id=call.path["documentId"], reason=call.body.reason, act=call.act
        )
        return Reply(kyc_shape(done), version=done.version)

    return bp


async def _customer_of(call: Call, edge: Edge) -> str:
    """The customer that the query names, by its id, by a lead, or not at all if it is the caller."""
    if call.query.customer_id:
        return str(call.query.customer_id)
    if call.query.lead_id:
        file = await lead_of_actor(store=edge.ports.store, lead_id=call.query.lead_id, actor=call.actor)
        return file.lead.customer_id
    if call.actor.role is Role.CUSTOMER:
        return call.actor.id
    raise QueryInvalid.field("customerId", "Say whose documents: customerId or leadId.")
