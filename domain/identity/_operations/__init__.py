"""The writes of identity, by topic."""

from domain.identity._operations.clearing import clear_old_codes, clear_old_locks
from domain.identity._operations.enrolment import enroll
from domain.identity._operations.life import (
    Assignment,
    activate_person,
    assign_kam,
    deactivate_person,
    edit_person,
)
from domain.identity._operations.microsoft import sign_in_with_microsoft
from domain.identity._operations.one_time_codes import redeem_code, request_code
from domain.identity._operations.passwords import (
    ResetPage,
    change_password,
    request_password_reset,
    reset_password,
    send_reset_link,
)
from domain.identity._operations.registration import (
    Registration,
    register_customer,
    register_partner,
    reserve_person_id,
)
from domain.identity._operations.sessions import (
    clear_idle_sessions,
    end_session,
    end_sessions_of,
    open_session,
    refresh_session,
    use_session,
)
from domain.identity._operations.sign_in import sign_in_with_code, sign_in_with_password

__all__ = [
    "Assignment",
    "Registration",
    "ResetPage",
    "activate_person",
    "assign_kam",
    "change_password",
    "clear_idle_sessions",
    "clear_old_codes",
    "clear_old_locks",
    "deactivate_person",
    "edit_person",
    "end_session",
    "end_sessions_of",
    "enroll",
    "open_session",
    "redeem_code",
    "refresh_session",
    "register_customer",
    "register_partner",
    "request_code",
    "request_password_reset",
    "reserve_person_id",
    "reset_password",
    "send_reset_link",
    "sign_in_with_code",
    "sign_in_with_microsoft",
    "sign_in_with_password",
    "use_session",
]
