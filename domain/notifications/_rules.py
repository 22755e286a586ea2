"""Who is told what: the one table from an entry of a timeline to notices. Pure.

A rule knows what happened by the entry's action and by the fields of the aggregate as its timeline names them.
Nobody is told what they did themselves, unless a rule says so, and nobody twice of one entry: the first rule that
names a person counts.
What a customer is told has no amounts in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.notifications._model import Kind, Notice, Severity, event_key
from domain.timeline import Entry, Plain
from domain.values import Money, Role

_REASON = 500  # characters of a reason that are shown


class To(StrEnum):
    """Whom a rule means; who that is, `domain.notifications._recipients` finds out."""

    CUSTOMER = "the lead's customer"
    PARTNER = "the channel partner who has the lead"
    FORMER = "the channel partner who had it before"
    KAM = "the partner's key account manager"
    EARNER = "the channel partner whose commission it is"
    UPLOADER = "who brought the document"
    BRINGER = "the channel partner of the lead that the document came with"
    SELF = "the person or customer whose timeline it is"
    ADMINS = "all active Admins"


@dataclass(frozen=True)
class News:
    """One entry, the aggregate's fields after its transaction, and all actions that the transaction entered."""

    source: str
    entry: Entry
    state: Mapping[str, Plain]
    beside: frozenset[str]

    @property
    def part(self) -> str:
        """The id of the part that it is about (`QUOT-100101`), "" if it is about the aggregate itself."""
        parts = [change.field.split(".")[0] for change in self.entry.changes if "." in change.field]
        return parts[0] if parts else ""


When = Callable[[News], bool]


@dataclass(frozen=True)
class Rule:
    """One row of the table. `title` and `message` may name the words that `_words` gives.

    `own`: who did it is told too, since this is what the platform made of it.
    """

    action: str
    to: tuple[To, ...]
    kind: Kind
    severity: Severity
    title: str
    message: str
    when: When = lambda news: True
    own: bool = False


def _status(*values: str) -> When:
    return lambda news: news.state.get("status") in values


def _refused_by_customer(news: News) -> bool:
    """Not one of those that an acceptance closes in the same transaction."""
    accepted = news.beside & {"QuotationAccepted", "AcceptanceForced"}
    return news.entry.actor.role is Role.CUSTOMER and not accepted


_K, _S = Kind, Severity

RULES: tuple[Rule, ...] = (
    Rule("LeadCreated", (To.PARTNER,), _K.LEAD, _S.INFO, "New lead",
         "{actor} registered {source} ({customer}) for you."),
    Rule("LeadCreated", (To.ADMINS,), _K.LEAD, _S.INFO, "Lead to assign",
         "{customer} asked for a service: {source} has no channel partner yet.",
         when=lambda news: not news.state.get("assignedTo")),
    Rule("LeadReassigned", (To.PARTNER,), _K.LEAD, _S.INFO, "Lead assigned to you",
         "{actor} assigned {source} ({customer}) to you."),
    Rule("LeadReassigned", (To.FORMER,), _K.LEAD, _S.WARNING, "Lead assigned to somebody else",
         "{actor} assigned {source} ({customer}) to somebody else."),
    Rule("StatusChanged", (To.CUSTOMER,), _K.LEAD, _S.SUCCESS, "Your request is {status}",
         "Your request {source} is now: {status}.", when=_status("Won", "Executed")),
    Rule("StatusChanged", (To.CUSTOMER,), _K.LEAD, _S.INFO, "Your request is {status}",
         "Your request {source} is now: {status}."),
    Rule("StatusChanged", (To.PARTNER, To.KAM), _K.LEAD, _S.INFO, "Lead moved to {status}",
         "{actor} moved {source} ({customer}) to {status}."),
    Rule("StatusChanged", (To.ADMINS,), _K.COMMISSION, _S.INFO, "Commission to approve",
         "{source} ({customer}) is Executed: its commission can be approved.", when=_status("Executed")),
    Rule("QuotationShared", (To.CUSTOMER,), _K.QUOTATION, _S.INFO, "A quotation for you",
         "{actor} shared quotation {part} with you. Look at it, and accept or reject it."),
    Rule("QuotationAccepted", (To.PARTNER, To.KAM), _K.QUOTATION, _S.SUCCESS, "Quotation accepted",
         "{customer} accepted quotation {part}. Verify the details, then finalize {source} to Won."),
    Rule("QuotationAccepted", (To.ADMINS,), _K.QUOTATION, _S.INFO, "Lead to finalize",
         "{customer} accepted quotation {part}: {source} waits to be finalized to Won."),
    Rule("AcceptanceForced", (To.CUSTOMER,), _K.QUOTATION, _S.INFO, "Your acceptance was entered",
         "{actor} entered that you accepted quotation {part}. If you didn't, tell us."),
    Rule("AcceptanceForced", (To.PARTNER, To.KAM), _K.QUOTATION, _S.INFO, "Acceptance entered",
         "{actor} entered that {customer} accepted quotation {part} of {source}.{because}"),
    Rule("AcceptanceWithdrawn", (To.CUSTOMER,), _K.QUOTATION, _S.WARNING, "Your acceptance was withdrawn",
         "{actor} withdrew your acceptance of quotation {part}."),
    Rule("QuotationRejected", (To.PARTNER, To.KAM), _K.QUOTATION, _S.WARNING, "Quotation rejected",
         "{customer} rejected quotation {part} of {source}.{because}", when=_refused_by_customer),
    Rule("QuotationExpired", (To.PARTNER,), _K.QUOTATION, _S.WARNING, "Quotation expired",
         "Quotation {part} of {source} ({customer}) expired without an answer."),
    Rule("CommissionCreated", (To.EARNER,), _K.COMMISSION, _S.SUCCESS, "Commission earned",
         "{part} of {amount} for {source} is pending. It is approved once the lead is Executed.", own=True),
    Rule("CommissionApproved", (To.EARNER,), _K.COMMISSION, _S.SUCCESS, "Commission approved",
         "{part} of {amount} for {source} was approved.{because}"),
    Rule("CommissionPaid", (To.EARNER,), _K.COMMISSION, _S.SUCCESS, "Commission paid",
         "{part} of {amount} for {source} was paid."),
    Rule("CommissionVoided", (To.EARNER,), _K.COMMISSION, _S.WARNING, "Commission voided",
         "{part} of {amount} for {source} was voided.{because}"),
    Rule("CommissionClawedBack", (To.EARNER,), _K.COMMISSION, _S.WARNING, "Commission clawed back",
         "{part} of {amount} for {source} was clawed back.{because}"),
    Rule("KycApproved", (To.SELF, To.BRINGER, To.UPLOADER), _K.USER, _S.SUCCESS, "Document approved",
         "KYC document {part} ({document}) was approved."),
    Rule("KycRejected", (To.SELF, To.BRINGER, To.UPLOADER), _K.USER, _S.WARNING, "Document rejected",
         "KYC document {part} ({document}) was rejected; upload another.{because}"),
    Rule("PersonEnrolled", (To.ADMINS,), _K.USER, _S.INFO, "Channel partner to activate",
         "{person} ({source}) registered and waits to be activated.", when=_status("Pending")),
    Rule("PersonActivated", (To.SELF,), _K.USER, _S.SUCCESS, "Your account is active",
         "Welcome, {person}. Your account is active."),
    Rule("PersonDeactivated", (To.SELF,), _K.USER, _S.WARNING, "Your account was deactivated",
         "Your account was deactivated.{because}"),
)  # fmt: skip

ACTIONS = frozenset(rule.action for rule in RULES)
"""What anybody is ever told of."""

_ABOUT = {
    "LEAD": "leadId",
    "QUOT": "quotationId",
    "COMM": "commissionId",
    "CUST": "customerId",
    "CP": "cpId",
    "KYC": "documentId",
}
"""Under which name an app finds an id, by the id's beginning."""


def rules_for(news: News) -> list[Rule]:
    """The rows that apply, in the table's order."""
    return [rule for rule in RULES if rule.action == news.entry.action and rule.when(news)]


def notice_of(rule: Rule, news: News) -> Notice:
    """What the rule says of the news."""
    entry, words = news.entry, _words(news)
    about = {_ABOUT[i.split("-")[0]]: i for i in (news.source, news.part) if i.split("-")[0] in _ABOUT}
    return Notice(
        key=event_key(source=news.source, at=entry.at, version=entry.version, sequence=entry.sequence),
        at=entry.at,
        kind=rule.kind,
        severity=rule.severity,
        title=rule.title.format_map(words),
        message=rule.message.format_map(words),
        about={**about, "action": entry.action},
    )


def _words(news: News) -> dict[str, str]:
    state, part = news.state, news.part
    reason = (news.entry.reason or "").strip()
    paise = state.get(f"{part}.approvedAmountPaise", state.get(f"{part}.amountPaise"))
    return {
        "actor": news.entry.actor.name,
        "source": news.source,
        "part": part,
        "customer": str(state.get("customerName")),
        "person": str(state.get("name")),
        "status": str(state.get("status")),
        "document": str(state.get(f"{part}.docType")),
        "because": f" Reason: {reason[:_REASON]}" if reason else "",
        "amount": "" if paise is None else str(Money(int(paise))),
    }
