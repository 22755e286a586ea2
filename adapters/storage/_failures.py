"""What is common to the failures of every storage service: no answer, or one that leaves open what was done."""

from __future__ import annotations

from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError

from domain.store import StorageUnavailable

FAILURES = (AzureError, OSError, TimeoutError)


class Unanswered(Exception):
    """No answer, or one that leaves open whether it was done. Never leaves the adapters."""


def unavailable(message: str = "Storage doesn't answer at the moment. Try again.") -> StorageUnavailable:
    """The refusal that says: not known, try again."""
    return StorageUnavailable(message, retry_after=5)


def meaning_of_status(failure: Exception) -> Exception:
    """The error to raise for what has no meaning of its own, or `Unanswered` if asking again can help."""
    if not isinstance(failure, HttpResponseError):
        return Unanswered()
    if isinstance(failure, ClientAuthenticationError):
        return unavailable()
    # A reply cut short can fail in parsing and then bears the status of its success: open, too. An error of
    # one part of a transaction counts like one of the whole.
    open_ = failure.status_code is None or failure.status_code < 400 or failure.status_code >= 500
    return Unanswered() if open_ or failure.status_code in (408, 429) else unavailable()


def code_of(failure: Exception) -> str:
    """The storage's own word for it; empty if it gave none."""
    code = getattr(failure, "error_code", None)
    return str(getattr(code, "value", code) or "")
