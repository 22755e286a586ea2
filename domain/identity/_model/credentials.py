"""What people sign in with, and the rules for it: email address, password, one-time code. No hashing here."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from domain.errors import Fault
from domain.identity.errors import EmailInvalid, OneTimeCodeMalformed, PasswordTooWeak

CODE_LIFE = timedelta(minutes=2)
"""domain.md "Sign-in": a one-time code is valid for 2 minutes."""

MIN_PASSWORD, LONG_PASSWORD, MAX_PASSWORD = 8, 12, 128

_CODE = re.compile(r"[0-9]{6}")
_EMAIL = re.compile(
    r"[a-z0-9!$&'*+=^_`{|}~-]+(?:\.[a-z0-9!$&'*+=^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
)


@dataclass(frozen=True)
class EmailAddress:
    """A staff sign-in address in lower case: ASCII, no `/ \\ # ? %` (it is a storage key), ≤ 254 characters."""

    text: str

    def __post_init__(self) -> None:
        if len(self.text) > 254 or not _EMAIL.fullmatch(self.text):
            message = "An email address must look like name@example.com, in plain letters and digits."
            raise EmailInvalid(message, faults=[Fault("email", message)])

    @classmethod
    def parse(cls, typed: str) -> EmailAddress:
        """From what was typed; case and spaces around it don't matter. Raises EmailInvalid."""
        return cls(typed.strip().lower())


def one_time_code(typed: str) -> str:
    """The code if it is exactly six ASCII digits; digits of other scripts aren't. Raises OneTimeCodeMalformed."""
    if _CODE.fullmatch(typed):
        return typed
    message = "The code must be exactly six digits, 0 to 9."
    raise OneTimeCodeMalformed(message, faults=[Fault("otp", message)])


def normal_password(typed: str) -> str:
    """The one spelling of a password (NFKC), so that it is the same from every keyboard."""
    return unicodedata.normalize("NFKC", typed)


def check_password(password: str, *, field: str = "password") -> None:
    """Refuse a weak password (client-contract.md §3: at least 8 characters and 4 of 5 rules).

    Raises PasswordTooWeak that names `field` and what is missing.
    """
    text = normal_password(password)
    rules = {
        "an upper-case letter": any(c.isupper() for c in text),
        "a lower-case letter": any(c.islower() for c in text),
        "a digit": any(c.isdigit() for c in text),
        "a special character": any(not c.isalnum() and not c.isspace() for c in text),
        f"{LONG_PASSWORD} or more characters": len(text) >= LONG_PASSWORD,
    }
    if MIN_PASSWORD <= len(text) <= MAX_PASSWORD and sum(rules.values()) >= 4:
        return
    missing = ", ".join(rule for rule, kept in rules.items() if not kept)
    message = f"A password needs {MIN_PASSWORD} to {MAX_PASSWORD} characters and four of these five"
    message += f"; yours lacks: {missing}." if missing else "."
    raise PasswordTooWeak(message, faults=[Fault(field, message)])


def check_new_password(new: str, *, old: str, field: str) -> None:
    """As `check_password`, and it isn't the old one. Raises PasswordTooWeak."""
    check_password(new, field=field)
    if normal_password(new) == normal_password(old):
        message = "The new password must differ from the current one."
        raise PasswordTooWeak(message, faults=[Fault(field, message)])
