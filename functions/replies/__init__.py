"""The form of replies whose data isn't a `Shape` of `functions.models`: what the OpenAPI document says of them.

Nothing is built from these: lists are answered from stored rows as they are, and one reply may serve several
clients. That they are true is seen by every journey, which compares each answer with the document
(tests/journeys/described.py).
"""

from functions.replies._accounts import (
    AssignmentsReply,
    CodeSentReply,
    PartnerRegisteredReply,
    PhoneFreeReply,
    PhoneKnownReply,
    SessionReply,
    SignedInReply,
    UserReply,
    ValidityReply,
)
from functions.replies._bulk import ImportReply, OutcomesReply
from functions.replies._continuity import BackupsReply, CheckReply, ContinuityReply, RunReply
from functions.replies._documents import DocumentsReply, KycDocumentsReply
from functions.replies._lists import (
    CommissionPageReply,
    CountersReply,
    CustomerItem,
    QuotationItem,
    SyncReply,
)
from functions.replies._master_data import (
    HistoryReply,
    ImportedReply,
    MasterDataReply,
    PriceReply,
    ServiceReply,
)
from functions.replies._notifications import CountReply, InboxReply, NotificationReply
from functions.replies._page import PageReply
from functions.replies._reports import CommissionReportReply, DashboardReply, FunnelReply, SettingsAuditReply
from functions.replies._system import DocumentReply, HealthReply, KeySetReply, ReadyReply
from functions.replies._timelines import CustomerTimelineReply, LeadAsOfReply, LeadTimelineReply, TimelineReply

__all__ = [
    "AssignmentsReply",
    "BackupsReply",
    "CheckReply",
    "CodeSentReply",
    "CommissionPageReply",
    "CommissionReportReply",
    "ContinuityReply",
    "CountReply",
    "CountersReply",
    "CustomerItem",
    "CustomerTimelineReply",
    "DashboardReply",
    "DocumentReply",
    "DocumentsReply",
    "FunnelReply",
    "HealthReply",
    "HistoryReply",
    "ImportReply",
    "ImportedReply",
    "InboxReply",
    "KeySetReply",
    "KycDocumentsReply",
    "LeadAsOfReply",
    "LeadTimelineReply",
    "MasterDataReply",
    "NotificationReply",
    "OutcomesReply",
    "PageReply",
    "PartnerRegisteredReply",
    "PhoneFreeReply",
    "PhoneKnownReply",
    "PriceReply",
    "QuotationItem",
    "ReadyReply",
    "RunReply",
    "ServiceReply",
    "SessionReply",
    "SettingsAuditReply",
    "SignedInReply",
    "SyncReply",
    "TimelineReply",
    "UserReply",
    "ValidityReply",
]
