"""The CP app: what it sends and reads, row by row (client-contract.md, the rows "CP"). No tests here."""

from __future__ import annotations

from tests.journeys.clients.reading import (
    anything,
    count,
    each,
    equal,
    filled,
    flag,
    instant,
    jwt,
    like,
    number,
    or_null,
    positive,
    rupees,
    some,
    text,
    yes,
)

HEADERS = {"accept": "*/*", "Content-Type": "application/json"}

LEAD_STATUSES = (
    *("New Lead", "In Discussion", "Physical Meeting Assigned", "Customer Accepted", "Won", "Pending at Solarium"),
    *("Under Execution", "Executed", "Not Responding", "Not Interested", "Other Territory"),
)
QUOTATION_STATUSES = ("Draft", "Created", "Shared", "Accepted", "Rejected", "Expired", "Withdrawn")
COMMISSION_STATUSES = ("pending", "approved", "paid", "cancelled", "processing")

SIGNED_IN = {  # two readers of one answer: the slice's bare members, and the OTP screen's envelope
    "accessToken": jwt,
    "user": {"id": filled, "name": filled, "phone": filled, "email?": text, "role": equal("CP")},
    "success": yes,
    "data": {"token": jwt, "userId": filled},
}
LISTED_LEAD = {  # the sync skips an item that lacks one of these (models/LeadModel.ts)
    **dict.fromkeys(("leadId", "customerName", "phone", "address"), filled),
    "status": equal(*LEAD_STATUSES),
    "assignedTo": filled,
    "services": each(filled),
    "remarks?": text,
    "followUpDate?": like(r"\d{4}-\d{2}-\d{2}"),
    "createdAt": instant,
    "updatedAt": instant,
}
QUOTATION_ITEM = {
    "quotationId": like(r"QUOT-\d+"),
    "leadId": filled,
    "systemKW": positive,
    "totalCost": rupees,
    "status": equal(*QUOTATION_STATUSES),
    "createdAt": instant,
}
PART = {"id": filled, "name": filled, "quantity": positive}
QUOTATION = {
    "quotationId": like(r"QUOT-\d+"),
    "leadId": filled,
    "systemKW": positive,
    "roofType": equal("RCC", "TinShed", "Other"),
    "components": {"panels": some(PART), "inverters": some(PART)},
    "pricing": dict.fromkeys(("systemCost", "installationFee", "transportFee", "gst", "total"), rupees),
    "status": equal(*QUOTATION_STATUSES),
    "sharedAt?": instant,
    "acceptedAt?": instant,
    "rejectedAt?": instant,
    "createdAt": instant,
    "updatedAt": instant,
}
LEAD_DOCUMENT = {
    **dict.fromkeys(("docId", "leadId", "docType"), filled),
    "status": equal("pending", "uploaded", "failed"),
    "uploadedAt": instant,
    "uploadedBy": filled,
}
KYC_DOCUMENT = {
    **dict.fromkeys(("docId", "customerId", "docType"), filled),
    "status": equal("Pending", "Approved", "Rejected"),
    "uploadedAt": instant,
    "uploadedBy": filled,
}
LEAD = {**LISTED_LEAD, "documents": each(LEAD_DOCUMENT), "quotations": each(QUOTATION)}
HOME = {"total": count, "todayPending": count, "overdue": count, "inProgress?": count, "newLeads?": count}
STORED_COUNTERS = {
    **dict.fromkeys(("totalLeads", "leadsWon", "customerAccepted", "followUpPending", "activeQuotations"), count),
    **dict.fromkeys(("totalCommission", "pendingCommission"), rupees),
    "lastUpdatedAt": instant,
}
CUSTOMER_ITEM = {
    **dict.fromkeys(("customerId", "name", "phone", "address"), text),
    "email": or_null(text),
    "totalOrders": count,
}
CUSTOMER = {
    **CUSTOMER_ITEM,
    **dict.fromkeys(("pincode", "city", "state"), or_null(text)),
    "status": filled,
    "totalValue": rupees,
    "registrationDate": instant,
    "lastOrderDate": or_null(instant),
    "createdAt": instant,
    "updatedAt": instant,
}
SERVICE = dict.fromkeys(("serviceId", "name", "type", "description", "status"), filled)
COMMISSION_ITEM = {
    **dict.fromkeys(("commissionId", "cpId", "leadId"), filled),
    "amount": rupees,
    "status": equal(*COMMISSION_STATUSES),
    "createdAt": instant,
}
COMMISSION = {
    **COMMISSION_ITEM,
    "approvedAt?": instant,
    "paidAt?": instant,
    "utrNumber?": filled,
    "updatedAt": instant,
}
PANEL = {
    **dict.fromkeys(("panelId", "make", "variant"), filled),
    "wattage": positive,
    "unitPrice": rupees,
    **dict.fromkeys(("isDCR", "isRecommended", "isActive"), flag),
    # An Admin may leave these two empty; the app only shows them.
    "specifications": {"technology": text, "efficiency": number, "warranty": text, "dimensions?": text},
}
INVERTER = {
    **dict.fromkeys(("inverterId", "make", "model"), filled),
    "capacityKW": positive,
    "phase": equal("Single", "Three"),
    "unitPrice": rupees,
    **dict.fromkeys(("isRecommended", "isActive"), flag),
    "compatibilityRange": {"minCapacityKW": number, "maxCapacityKW": number},
    "specifications": {"efficiency": number, "warranty": text, "features": each(filled)},
}
BOM_ITEM = {
    **dict.fromkeys(("itemId", "name", "unit"), filled),
    "type": equal("Cable", "Structure", "Accessory"),
    "subType?": text,
    "unitPrice": rupees,
    "isActive": flag,
    "specifications": anything,
}
FEES = ("discomFee", "discomMiscCharges", "installationFee", "meterCharges", "modemBoxCharges")
FEE = {
    **dict.fromkeys(("id", "state", "discom"), filled),
    "phase": equal("Single", "Three"),
    "hasSmartMeter": flag,
    "fees": dict.fromkeys(FEES, rupees),
    "isActive": flag,
}
STATE = {
    **dict.fromkeys(("stateId", "stateName", "stateCode"), filled),
    "isActive": flag,
    "subsidyType": equal("S1", "S2", "S3"),
}
DISCOM = {
    **dict.fromkeys(("discomId", "discomName", "stateId"), filled),
    "isActive": flag,
    "supportedPhases": some(equal("Single", "Three")),
    "smartMeterOptions": some(flag),
}
MASTER_DATA = {
    "panels": some(PANEL),
    "inverters": some(INVERTER),
    "states": some(STATE),
    "bomItems?": each(BOM_ITEM),
    "fees?": each(FEE),
    "discoms?": each(DISCOM),
    "subsidyRules?": anything,
    "lastUpdated?": instant,
}
NOTIFICATION = {
    **dict.fromkeys(("id", "title", "message"), filled),
    "type": equal("system", "security", "lead", "quotation", "commission", "user", "announcement"),
    "severity": equal("info", "success", "warning", "error"),
    "read": flag,
    "createdAt": instant,
    "metadata?": anything,
}
INBOX = {
    "notifications": some(NOTIFICATION),
    **dict.fromkeys(("total", "unreadCount", "totalPages"), count),
    "page": positive,
    "limit": positive,
}
FAILURE = {  # utils/errorMessage.ts tries them in this order
    "success": equal(False),
    "error": {"message": filled},
    "message": filled,
}
