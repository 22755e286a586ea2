"""The facts and pure decisions of identity, by topic; nothing here reads or writes anything."""

from domain.identity._model.credentials import (
    CODE_LIFE,
    EmailAddress,
    check_new_password,
    check_password,
    normal_password,
    one_time_code,
)
from domain.identity._model.life import check_reason, with_status
from domain.identity._model.person import (
    NOWHERE,
    PREFIX,
    STAFF,
    Person,
    PersonStatus,
    Place,
    check_person,
    is_person_id,
    person_id,
    plain_person,
)
from domain.identity._model.session import (
    Account,
    Caller,
    ExternalIdentity,
    Session,
    SignedIn,
    account_of,
    belongs_to,
    caller_for,
)
from domain.identity._model.tries import MAX_WRONG_TRIES, NO_TRIES, Tries

__all__ = [
    "CODE_LIFE",
    "MAX_WRONG_TRIES",
    "NOWHERE",
    "NO_TRIES",
    "PREFIX",
    "STAFF",
    "Account",
    "Caller",
    "EmailAddress",
    "ExternalIdentity",
    "Person",
    "PersonStatus",
    "Place",
    "Session",
    "SignedIn",
    "Tries",
    "account_of",
    "belongs_to",
    "caller_for",
    "check_new_password",
    "check_password",
    "check_person",
    "check_reason",
    "is_person_id",
    "normal_password",
    "one_time_code",
    "person_id",
    "plain_person",
    "with_status",
]
