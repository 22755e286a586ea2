"""The facts and pure decisions of identity, by topic; nothing here reads or writes anything."""

from domain.identity._model.credentials import (
    CODE_LIFE,
    EmailAddress,
    check_password,
    normal_password,
    one_time_code,
)
from domain.identity._model.person import (
    PREFIX,
    STAFF,
    Person,
    PersonStatus,
    check_person,
    person_id,
    plain_person,
)
from domain.identity._model.session import Account, Caller, Session, SignedIn, account_of, caller_for
from domain.identity._model.tries import MAX_WRONG_TRIES, NO_TRIES, Tries

__all__ = [
    "CODE_LIFE",
    "MAX_WRONG_TRIES",
    "NO_TRIES",
    "PREFIX",
    "STAFF",
    "Account",
    "Caller",
    "EmailAddress",
    "Person",
    "PersonStatus",
    "Session",
    "SignedIn",
    "Tries",
    "account_of",
    "caller_for",
    "check_password",
    "check_person",
    "normal_password",
    "one_time_code",
    "person_id",
    "plain_person",
]
