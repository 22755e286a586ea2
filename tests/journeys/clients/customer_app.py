"""The later customer app: what it sends and reads (client-contract.md, the rows "CUSTDOC"). No tests here."""

from __future__ import annotations

from tests.journeys.clients.cp_app import (  # what is the same in both mobile apps
    LEAD_STATUSES,
    NOTIFICATION,
    QUOTATION,
)
from tests.journeys.clients.reading import (
    Shape,
    anything,
    count,
    each,
    equal,
    filled,
    flag,
    instant,
    jwt,
    number,
    or_null,
    positive,
    some,
    text,
    yes,
)

HEADERS = {
    "Accept": "application/json",
    "Content-Type": "application/json",
    "X-App-Version": "1.0.0",
    "X-Platform": "mobile",
}

SIGNED_IN: Shape = {  # the bare members, and the fallback
    "accessToken": jwt,
    "user": {"id": filled, "name": text, "email?": text, "phone": filled, "role": equal("Customer")},
    "success": yes,
    "data": {"token": jwt, "userId": filled, "role": equal("Customer")},
}
LISTED_LEAD: Shape = {
    **dict.fromkeys(("leadId", "customerName", "phone", "address"), filled),
    "status": equal(*LEAD_STATUSES),
    "services": each(filled),
    "createdAt": instant,
    "updatedAt": instant,
}
LEAD: Shape = {**LISTED_LEAD, "quotations": each(QUOTATION), "documents": each(anything)}
EARLY_USER: Shape = {  # the early app's
    **dict.fromkeys(("id", "phone", "name"), filled),
    **dict.fromkeys(("email?", "address?", "state?", "pinCode?"), text),
}
EARLY_SESSION: Shape = {"token": jwt, "refreshToken?": filled, "expiresIn": positive}
EARLY_PAGE: Shape = {
    "data": some(LISTED_LEAD),
    "pagination": {
        **dict.fromkeys(("page", "limit"), positive),
        **dict.fromkeys(("total", "totalPages"), count),
        **dict.fromkeys(("hasNext", "hasPrev"), flag),
    },
}
SERVICE: Shape = {
    **dict.fromkeys(("serviceId", "name", "description", "type"), filled),
    "priceRange?": {"min": number, "max": number, "currency": equal("INR")},
    "status": equal("Active", "Inactive"),
    "category?": text,
    "features?": each(filled),
    "estimatedDuration?": text,
}
INBOX: Shape = {
    "notifications": each({**NOTIFICATION, "severity": equal("info", "success", "warning", "error")}),
    **dict.fromkeys(("total", "unreadCount", "totalPages"), count),
    "page": positive,
    "limit": positive,
}
PROFILE: Shape = {
    **dict.fromkeys(("userId", "name", "phone", "role", "status", "firstName", "timezone", "language"), filled),
    "lastName": text,
    "email": or_null(text),
    "avatar": or_null(text),
    "lastLoginAt": or_null(instant),
    "updatedAt": instant,
}
FAILURE: Shape = {  # `data.error.message` if there is an `error`, else `data.message`
    "success": equal(False),
    "error": {"code": filled, "message": filled},
    "message": filled,
    "status": positive,
}
