"""What the table SDK's failures mean: a refusal, no answer, or a fault of ours. Its own names end here."""

from __future__ import annotations

from azure.core.exceptions import HttpResponseError

from adapters.storage import code_of, meaning_of_status, unavailable
from domain.store import RowChanged, RowExists, TransactionTooLarge

_CHANGED = ("UpdateConditionNotSatisfied", "ConditionNotMet", "ResourceNotFound", "EntityNotFound")


def meaning_of(failure: Exception) -> Exception:
    """The error to raise, or `Unanswered` if asking again can help."""
    code = code_of(failure)
    if code == "TableNotFound":
        return unavailable("A table isn't there; tables are made when the app is set up.")
    if code == "EntityAlreadyExists":
        return RowExists("A row that was to be created is there already.")
    if code in _CHANGED:
        return RowChanged("A row has changed since it was read.")
    if isinstance(failure, HttpResponseError) and failure.status_code == 413:
        return TransactionTooLarge("The storage finds this transaction too large.")
    return meaning_of_status(failure)
