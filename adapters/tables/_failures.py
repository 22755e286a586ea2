"""What the SDK's failures mean: a refusal, no answer, or a fault of ours. The SDK's own names end here."""

from __future__ import annotations

from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError

from domain.store import RowChanged, RowExists, StorageUnavailable, TransactionTooLarge

FAILURES = (AzureError, OSError, TimeoutError)

_CHANGED = ("UpdateConditionNotSatisfied", "ConditionNotMet", "ResourceNotFound", "EntityNotFound")


class Unanswered(Exception):
    """No answer, or one that leaves open whether it was done. Never leaves this package."""


def unavailable(message: str = "Storage doesn't answer at the moment. Try again.") -> StorageUnavailable:
    """The refusal that says: not known, try again."""
    return StorageUnavailable(message, retry_after=5)


def meaning_of(failure: Exception) -> Exception:
    """The error to raise, or `Unanswered` if asking again can help."""
    code = code_of(failure)
    if code == "TableNotFound":
        return unavailable("A table isn't there; tables are made when the app is set up.")
    if code == "EntityAlreadyExists":
        return RowExists("A row that was to be created is there already.")
    if code in _CHANGED:
        return RowChanged("A row has changed since it was read.")
    if isinstance(failure, HttpResponseError):
        return _meaning_of_status(failure)
    return Unanswered()


def _meaning_of_status(failure: HttpResponseError) -> Exception:
    if failure.status_code == 413:
        return TransactionTooLarge("The storage finds this transaction too large.")
    # A reply cut short can fail in parsing and then bears the status of its success: open, too. An error of
    # one part of a transaction counts like one of the whole.
    if isinstance(failure, ClientAuthenticationError):
        return unavailable()
    open_ = failure.status_code is None or failure.status_code < 400 or failure.status_code >= 500
    return Unanswered() if open_ or failure.status_code in (408, 429) else unavailable()


def code_of(failure: Exception) -> str:
    """The storage's own word for it; empty if it gave none."""
    code = getattr(failure, "error_code", None)
    return str(getattr(code, "value", code) or "")
