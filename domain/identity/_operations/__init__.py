"""The writes of identity, by topic."""

from domain.identity._operations.enrolment import enroll
from domain.identity._operations.one_time_codes import redeem_code, request_code
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
    "clear_idle_sessions",
    "end_session",
    "end_sessions_of",
    "enroll",
    "open_session",
    "redeem_code",
    "refresh_session",
    "request_code",
    "sign_in_with_code",
    "sign_in_with_password",
    "use_session",
]
