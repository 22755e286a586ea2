"""What the table SDK's failures mean: a refusal, no answer, or a fault of ours. Its own names end here."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from azure.core.exceptions import HttpResponseError

from adapters.storage import code_of, meaning_of_status, unavailable
from domain.store import RowChanged, RowExists, TransactionTooLarge

_CHANGED = ("UpdateConditionNotSatisfied", "ConditionNotMet", "ResourceNotFound", "EntityNotFound")


_TABLE = re.compile(r"/([A-Za-z][A-Za-z0-9]{2,62})(?:\(.*\))?$")


def meaning_of(failure: Exception) -> Exception:
    """The error to raise, or `Unanswered` if asking again can help."""
    code = code_of(failure)
    if code == "TableNotFound":
        return unavailable(
            f"{_table_in(failure)} isn't there; tables are made when the app is set up, or by restore."
        )
    if code == "TableBeingDeleted":
        return unavailable(f"{_table_in(failure)} is still being deleted, which takes about a minute. Try again.")
    if code == "EntityAlreadyExists":
        return RowExists("A row that was to be created is there already.")
    if code in _CHANGED:
        return RowChanged("A row has changed since it was read.")
    if isinstance(failure, HttpResponseError) and failure.status_code == 413:
        return TransactionTooLarge("The storage finds this transaction too large.")
    return meaning_of_status(failure)


def _table_in(failure: Exception) -> str:
    """The table that a request was about, as far as its address tells: that of a transaction doesn't."""
    request = getattr(getattr(failure, "response", None), "request", None)
    found = _TABLE.search(urlsplit(str(getattr(request, "url", ""))).path)
    return f"The table {found[1]}" if found else "A table"
