"""What is said of a value that can't be taken: pydantic's findings, in sentences for the people who meet them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NEEDED = "This field is needed."

_TEXT = "This must be a text."
_LIST = "This must be a list."
_OBJECT = "This must be an object."
_WHOLE = "This must be a whole number."
_NUMBER = "This must be a number."
_YES_OR_NO = "This must be true or false."
_EMPTY = "This can't be empty."

_SAID: Mapping[str, str] = {
    "missing": NEEDED,
    "extra_forbidden": "There is no such field here.",
    "string_type": _TEXT,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": "This number is too large.",
    "int_from_float": _WHOLE,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "bool_type": _YES_OR_NO,
    "bool_parsing": _YES_OR_NO,
    "string_too_short": "This must have at least {min_length} characters.",
    "string_too_long": "This can have at most {max_length} characters.",
    "too_short": "This must have at least {min_length} {counted}.",
    "too_long": "This can have at most {max_length} {counted}.",
    "greater_than_equal": "This must be at least {ge}.",
    "less_than_equal": "This can be at most {le}.",
    "enum": "This must be {expected}.",
    "literal_error": "This must be {expected}.",
}


def sentence(error: Mapping[str, Any]) -> str:
    """What one finding says of a field: what is allowed there. `error` is one of `ValidationError.errors()`."""
    limits = dict(error.get("ctx", {}))
    if limits.get("min_length") == 1:
        return _EMPTY
    limits["counted"] = "characters" if limits.get("field_type") == "Value" else "entries"
    limits["expected"] = str(limits.get("expected", "")).replace("'", "")
    if error["type"] in _SAID:
        return _SAID[error["type"]].format_map(limits)
    return str(error["msg"]).removeprefix("Value error, ")
