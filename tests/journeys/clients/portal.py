"""The web portal: what it sends and reads (client-contract.md, the rows "WEB"). No tests here."""

from __future__ import annotations

from tests.journeys.clients.cp_app import LEAD_STATUSES, NOTIFICATION
from tests.journeys.clients.reading import (
    Shape,
    anything,
    count,
    day,
    each,
    equal,
    filled,
    flag,
    instant,
    jwt,
    like,
    positive,
    rupees,
    some,
    text,
    yes,
)

ORIGIN = "http://localhost:5173"
OWN_HEADERS = {  # utils/axiosClient.ts, apiSlice.ts, territory.ts
    "X-Client-Type": "web-portal",
    "X-Client-Version": "1.0.0",
    "X-Correlation-ID": "axios-1764075600000-k3j9x2",
    "X-Environment": "STAGING",
    "X-User-Role": "admin",
    "X-User-Territories": "North,East",
}
HEADERS = {
    "Accept": "application/json, text/plain, */*",
    "Content-Type": "application/json",
    "Origin": ORIGIN,
    **OWN_HEADERS,
}
CLAIMS: Shape = {  # utils/jwt.ts
    **dict.fromkeys(("sub", "iss", "aud"), filled),
    **dict.fromkeys(("exp", "iat"), positive),
    **dict.fromkeys(("email?", "role?", "name?", "session_id?"), text),
    "permissions?": each(filled),
}
PERMISSIONS = (
    *("leads:read", "leads:write", "leads:delete", "quotations:read", "quotations:write", "quotations:approve"),
    *("commissions:read", "commissions:write", "commissions:approve", "users:read", "users:write", "users:delete"),
    *("master-data:read", "master-data:write", "reports:read", "reports:advanced", "settings:read"),
    "settings:write",
)
USER: Shape = {  # user.types.ts
    **dict.fromkeys(("id", "email", "name"), filled),
    "role": equal("Admin", "KAM"),  # docs/clients.md: the portal compares admin, kam
    "permissions": some(equal(*PERMISSIONS)),
    **dict.fromkeys(("firstName?", "lastName?", "phoneNumber?", "avatar?", "department?", "manager?"), text),
    "territories": each(text),
    **dict.fromkeys(("isActive", "isVerified"), flag),
    "lastLoginAt?": instant,
    **dict.fromkeys(("createdAt", "updatedAt"), instant),
    **dict.fromkeys(("timezone?", "language?"), text),
}
SESSION: Shape = {"token": jwt, "refreshToken?": filled, "expiresAt": instant}
SIGNED_IN: Shape = {
    **SESSION,
    "user": USER,
    "sessionId": filled,
    "requiresTwoFactor?": flag,
    "lockoutInfo?": anything,
}
LISTED_LEAD: Shape = {  # lead.types.ts
    **dict.fromkeys(("id", "leadId", "customerName", "customerPhone", "address"), filled),
    **dict.fromkeys(("customerEmail?", "state?", "source?", "remarks?", "requirements?"), text),
    "pinCode?": like(r"\d{6}"),
    "status": equal(*LEAD_STATUSES),
    "origin": equal("CP", "Customer", "Admin", "KAM", "Import"),
    **dict.fromkeys(("assignedTo?", "assignedCpName?", "quotationRef?", "tokenNumber?"), filled),
    **dict.fromkeys(("createdBy", "createdByName"), filled),
    "followUpDate?": day,
    "services": each(filled),
    **dict.fromkeys(("createdAt", "updatedAt"), instant),
    **dict.fromkeys(("documentCount", "quotationCount"), count),
    "hasActiveQuotation": flag,
}
LEADS: Shape = {
    "items": some(LISTED_LEAD),
    "total": count,
    "offset": count,
    "limit": positive,
    "totalPages": positive,
}
TIMELINE: Shape = {
    "timeline": some(
        {
            **dict.fromkeys(("id", "leadId", "action", "actor"), filled),
            "actorName?": filled,
            "timestamp": instant,
            "details": {"field?": text, "oldValue?": anything, "newValue?": anything, "reason?": text},
        }
    ),
    "total": count,
    "leadId": filled,
}
BULK: Shape = {
    "total": positive,
    "successful": count,
    "failed": count,
    "results": some({"id": filled, "success": flag, "error?": text}),
}
IMPORT: Shape = {
    "total": positive,
    "imported": count,
    "errors": each({"row": positive, "field": text, "value": text, "message": filled}),
}
NOTE: Shape = {**NOTIFICATION, "readAt?": instant}
INBOX: Shape = {
    "notifications": some(NOTE),
    **dict.fromkeys(("total", "unreadCount", "totalPages"), count),
    "page": positive,
    "limit": positive,
}
METRICS: Shape = {
    **dict.fromkeys(("activeLeads", "pendingQuotations"), count),
    "recentLeads": some({**dict.fromkeys(("id", "customerName", "status"), filled), "createdAt": instant}),
    **dict.fromkeys(("channelPartners?", "pendingCommissions?"), count),
    "totalRevenue?": rupees,
    "recentActivities": some(
        {**dict.fromkeys(("id", "title", "description", "type"), filled), "timestamp": instant}
    ),
    "dateRange": {"from": day, "to": day},
    "lastUpdated": instant,
    "refreshInterval?": positive,
}
SETTINGS: Shape = {
    **dict.fromkeys(("sessionTimeoutMin", "tokenExpiryMin"), positive),
    "featureFlags": {},
    "thresholds": {},
    "lastUpdated?": instant,
    "updatedBy?": filled,
}
AUDIT: Shape = {
    "logs": some(
        {
            **dict.fromkeys(("id", "userId", "userName", "field"), filled),
            **dict.fromkeys(("oldValue", "newValue"), anything),
            "timestamp": instant,
        }
    ),
    "total": count,
    **dict.fromkeys(("page", "limit"), positive),
    "totalPages": count,
}
PEOPLE: Shape = {
    "items": some(
        {
            **dict.fromkeys(("id", "name", "phone"), filled),
            "email?": text,
            "status": equal("Active", "Deactivated", "Pending"),  # docs/clients.md: active, inactive, pending
            "address?": text,
            "createdAt?": instant,
        }
    ),
    "total": count,
}
FAILURE: Shape = {"message": filled, "validationErrors?": {}, "error": {"code": filled, "message": filled}}
CHANGED: Shape = {"message": text, "success?": yes, "requiresReauth?": flag}
