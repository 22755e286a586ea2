"""How identity is stored: tables, keys, and the translation of each row both ways. No decisions here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.identity._model import (
    Account,
    EmailAddress,
    Person,
    PersonStatus,
    Session,
    SessionLimits,
    Tries,
    plain_person,
)
from domain.store import Row, Value
from domain.timeline import Provenance
from domain.values import PhoneNumber, Role, iso, moment

PEOPLE, PERSON_ROW, RESET_ROW, PROOF = "people", "person", "reset", "proof:"
PHONES, PARTNER_ROW = "phones", "partner"
EMAILS, STAFF_ROW, LOCK_ROW = "emails", "staff", "lock"
OTPS, OTP_ROW = "otps", "otp"
SESSIONS = "sessions"
IDENTITIES = "identities"


@dataclass(frozen=True)
class Claim:
    """Whose a phone or an email is said to be. It holds only if that person's row says the same."""

    person_id: str
    claimed_at: datetime


@dataclass(frozen=True)
class CodeState:
    """A phone's one-time code, if one is out, its wrong tries, and how many codes were sent and since when."""

    tries: Tries
    digest: str | None = None
    expires_at: datetime | None = None
    sent: int = 0
    sent_since: datetime | None = None


def _text(values: Mapping[str, Value], name: str) -> str | None:
    return str(values[name]) if name in values else None


def _moment(values: Mapping[str, Value], name: str) -> datetime | None:
    text = _text(values, name)
    return moment(text) if text else None


def _present(values: Mapping[str, Value | None]) -> dict[str, Value]:
    return {name: value for name, value in values.items() if value is not None}


def person_to_values(person: Person) -> dict[str, Value]:
    """The columns of the row `person`."""
    return _present(plain_person(person)) | _present(
        {
            "passwordHash": person.password_hash,
            "microsoftId": person.microsoft_id,
            "generation": person.generation,
            "updatedAt": iso(person.updated_at) if person.updated_at else None,
            "version": person.version,
            "lastHash": person.last_hash,
            "provenance": person.provenance.to_text(),
        }
    )


def person_from_row(row: Row) -> Person:
    """The person that a row `person` holds."""
    v = row.values
    phone, email = _text(v, "phone"), _text(v, "email")
    return Person(
        id=row.partition,
        name=str(v["name"]),
        role=Role(str(v["role"])),
        status=PersonStatus(str(v["status"])),
        created_at=moment(str(v["createdAt"])),
        phone=PhoneNumber(phone) if phone else None,
        email=EmailAddress(email) if email else None,
        kam_id=_text(v, "kamId"),
        address=_text(v, "address"),
        city=_text(v, "city"),
        state=_text(v, "state"),
        pin_code=_text(v, "pinCode"),
        password_hash=_text(v, "passwordHash"),
        microsoft_id=_text(v, "microsoftId"),
        generation=int(str(v.get("generation", 0))),
        updated_at=_moment(v, "updatedAt"),
        version=int(str(v["version"])),
        last_hash=str(v["lastHash"]),
        provenance=Provenance.from_text(str(v["provenance"])),
    )


def claim_to_values(claim: Claim) -> dict[str, Value]:
    """The columns of a row `partner` or `staff`."""
    return {"personId": claim.person_id, "claimedAt": iso(claim.claimed_at)}


def claim_from_row(row: Row) -> Claim:
    """The claim that a row `partner` or `staff` holds."""
    return Claim(str(row.values["personId"]), moment(str(row.values["claimedAt"])))


@dataclass(frozen=True)
class ResetLink:
    """The link that is out for a person's password: only a hash of its secret is kept."""

    digest: str
    sent_at: datetime
    expires_at: datetime


def reset_to_values(link: ResetLink) -> dict[str, Value]:
    """The columns of a row `reset`."""
    return {"digest": link.digest, "sentAt": iso(link.sent_at), "expiresAt": iso(link.expires_at)}


def reset_from_row(row: Row) -> ResetLink:
    """The link that a row `reset` holds."""
    v = row.values
    return ResetLink(str(v["digest"]), moment(str(v["sentAt"])), moment(str(v["expiresAt"])))


def tries_to_values(tries: Tries) -> dict[str, Value]:
    """The columns of a row `lock`, which the row `otp` has too."""
    return _present(
        {
            "wrongTries": tries.wrong,
            "lastWrongAt": iso(tries.last_wrong) if tries.last_wrong else None,
            "lockedUntil": iso(tries.locked_until) if tries.locked_until else None,
        }
    )


def tries_from_row(row: Row) -> Tries:
    """The count that a row `lock` or `otp` holds."""
    v = row.values
    return Tries(int(str(v["wrongTries"])), _moment(v, "lastWrongAt"), _moment(v, "lockedUntil"))


def code_to_values(state: CodeState) -> dict[str, Value]:
    """The columns of a row `otp`."""
    said = {
        "digest": state.digest,
        "expiresAt": iso(state.expires_at) if state.expires_at else None,
        "sent": state.sent,
        "sentSince": iso(state.sent_since) if state.sent_since else None,
    }
    return tries_to_values(state.tries) | _present(said)


def code_from_row(row: Row) -> CodeState:
    """The state that a row `otp` holds."""
    v = row.values
    return CodeState(
        tries_from_row(row),
        _text(v, "digest"),
        _moment(v, "expiresAt"),
        int(str(v.get("sent", 0))),
        _moment(v, "sentSince"),
    )


def session_to_values(session: Session) -> dict[str, Value]:
    """The columns of a session's row."""
    account = session.account
    return _present(
        {
            "role": str(account.role),
            "name": account.name,
            "phone": account.phone.e164 if account.phone else None,
            "email": account.email,
            "refreshHash": session.refresh_hash,
            "createdAt": iso(session.created_at),
            "lastUsedAt": iso(session.last_used),
            "generation": session.generation,
        }
    )


def session_from_row(row: Row, limits: SessionLimits) -> Session:
    """The session that a row holds, under the limits that count for its role now."""
    v = row.values
    phone = _text(v, "phone")
    account = Account(
        id=row.partition,
        name=str(v["name"]),
        role=Role(str(v["role"])),
        phone=PhoneNumber(phone) if phone else None,
        email=_text(v, "email"),
    )
    return Session(
        id=row.key,
        account=account,
        limits=limits,
        refresh_hash=str(v["refreshHash"]),
        created_at=moment(str(v["createdAt"])),
        last_used=moment(str(v["lastUsedAt"])),
        generation=int(str(v.get("generation", 0))),
    )
