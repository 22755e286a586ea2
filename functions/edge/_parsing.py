"""From an HTTP request to typed values; every fault is named at once, and nothing faulty gets further."""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, TypeVar

import azure.functions as func
from pydantic import BaseModel, ValidationError

from domain.errors import Fault, Invalid
from domain.values import Role
from functions.edge.errors import (
    BodyNotJson,
    BodyTooLarge,
    FieldsInvalid,
    HeaderInvalid,
    MediaTypeNotSupported,
    QueryInvalid,
)
from functions.models.wording import sentence

MAX_BODY_BYTES = 100 * 1024  # the clients' own cap (client-contract.md §4)
_STRONG_TAG = re.compile(r'"([^"]*)"')
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_CORRELATION = re.compile(r"[A-Za-z0-9._-]{1,64}")

Model = TypeVar("Model", bound=BaseModel)


def read_body(req: func.HttpRequest, model: type[Model], role: Role | None = None) -> Model:
    """The body as its model; what is needed in it may depend on the caller's role.

    Raises MediaTypeNotSupported, BodyTooLarge, BodyNotJson, FieldsInvalid.
    """
    raw = _plain_body(req, MAX_BODY_BYTES)
    media_type = req.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if raw and media_type != "application/json":
        raise MediaTypeNotSupported("Send the body as Content-Type: application/json.")
    return _validated(_object(raw), model, FieldsInvalid, role)


def read_upload(req: func.HttpRequest, most: int) -> str:
    """The text of the file that was sent: the body itself (text/csv), or the part `file` of a form.

    Raises BodyTooLarge, MediaTypeNotSupported, FieldsInvalid.
    """
    raw = _plain_body(req, most)
    media_type = req.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type == "multipart/form-data":
        part = req.files.get("file")
        if part is None:
            raise FieldsInvalid.field("file", "The form needs a part named file.")
        raw = part.read()
    elif media_type != "text/csv":
        raise MediaTypeNotSupported("Send the file as text/csv, or as the part file of multipart/form-data.")
    return _text_of(bytes(raw))


def _text_of(raw: bytes) -> str:
    """UTF-8, or the UTF-16 that Excel calls Unicode text. Other encodings can't be told from each other."""
    if raw.startswith(_WORKBOOKS):
        raise FieldsInvalid.field("file", f"This is an Excel workbook, not text. {_SAVE_AS}")
    try:
        return raw.decode("utf-16" if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8")
    except UnicodeDecodeError:
        raise FieldsInvalid.field("file", f"The file must be text in UTF-8. {_SAVE_AS}") from None


_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .xls
_SAVE_AS = "In Excel, save it as “CSV UTF-8 (Comma delimited)”."


def _plain_body(req: func.HttpRequest, most: int) -> bytes:
    """The bytes that were sent. Nothing is unpacked: a few packed bytes can become any number of them."""
    raw = req.get_body() or b""
    if len(raw) > most:
        raise BodyTooLarge(f"The body has {len(raw)} bytes; at most {most} are read.")
    if raw and req.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise MediaTypeNotSupported("Send the body as it is: a Content-Encoding isn't read.")
    return bytes(raw)


def read_query(req: func.HttpRequest, model: type[Model]) -> Model:
    """The query parameters as their model; an empty one counts as absent. Raises QueryInvalid."""
    return _validated({n: v for n, v in req.params.items() if v != ""}, model, QueryInvalid)


def read_version(req: func.HttpRequest) -> int | None:
    """The version in `If-Match`, or None. One that can't be a version of ours is 0: it matches nothing."""
    header = req.headers.get("if-match")
    if header is None:
        return None
    found = _STRONG_TAG.fullmatch(header.strip())
    if header.strip() == "*":
        raise HeaderInvalid("If-Match: * says nothing about what you saw. Send the ETag that you were given.")
    tag = found[1] if found else ""
    return int(tag) if tag.isascii() and tag.isdigit() and len(tag) < 10 else 0


def read_key(req: func.HttpRequest) -> str | None:
    """The Idempotency-Key, or None. Raises HeaderInvalid."""
    key: str | None = req.headers.get("idempotency-key")
    if key is not None and not _KEY.fullmatch(key):
        raise HeaderInvalid("An Idempotency-Key has 1 to 255 visible ASCII characters.")
    return key


def correlation_id(req: func.HttpRequest, otherwise: str) -> str:
    """The caller's X-Correlation-ID if it is a plain one, else ours."""
    given = req.headers.get("x-correlation-id", "")
    return given if _CORRELATION.fullmatch(given) else otherwise


def _object(raw: bytes) -> dict[str, Any]:
    try:
        # Decoded here: given bytes, json takes UTF-16 and UTF-32 as well, in which nothing below would be found.
        value = json.loads(raw.decode("utf-8-sig") or "{}", object_pairs_hook=_once_each, **_NUMBERS)
    except (ValueError, RecursionError):
        raise BodyNotJson("The body isn't valid JSON (UTF-8).") from None
    if not isinstance(value, dict):
        raise BodyNotJson("The body must be a JSON object.")
    if raw.count(b"{") + raw.count(b"[") > _DEEPEST and _is_deeper(value):
        raise BodyNotJson(f"The body's objects and lists may stand in each other {_DEEPEST} deep.")
    if _SUSPECT.search(raw) and (faults := tuple(_unreadable(value, ""))):
        raise FieldsInvalid(faults=faults)
    return value


def _once_each(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """The members of an object. Of two with one name any reader may take either (RFC 8259 §4), so none is taken."""
    found = dict(members)
    if len(found) < len(members):
        names = Counter(name for name, _ in members)
        twice = [name.encode(errors="replace").decode() for name, count in names.items() if count > 1]
        raise FieldsInvalid(faults=[Fault(name or "?", _TWICE) for name in twice])
    return found


def _is_deeper(value: object) -> bool:
    """Whether something stands deeper than whatever walks through it later, level by level, can go."""
    level: list[Any] = [value]
    for _ in range(_DEEPEST):
        inner = (each.values() if isinstance(each, dict) else each for each in level)
        level = [part for parts in inner for part in parts if isinstance(part, dict | list)]
    return bool(level)


_DEEPEST = 32
_TWICE = "This name stands more than once in an object."
_HALF = "This has half of a character in it."
_BEYOND = "This number is too large, too small or too long."
_SUSPECT = re.compile(rb"\\u[dD]|[0-9][eE]|[0-9.]{30}")
"""What a body has in it if anything in it is unreadable: most bodies needn't be walked through."""


def _unreadable(value: object, place: str) -> Iterator[Fault]:
    """Where a text or a name can't be written as UTF-8: JSON can spell half of a character (`\ud800`), but neither
    a row nor a reply can hold it. And where a number is that nothing here could reckon with."""
    if isinstance(value, str):
        if value.encode(errors="replace") != value.encode(errors="surrogatepass"):
            yield Fault(place, _HALF)
    elif isinstance(value, Decimal):
        if not value.is_finite():
            yield Fault(place, _BEYOND)
    elif isinstance(value, dict):
        for name, part in value.items():
            sound = name.encode(errors="replace").decode()
            here = f"{place}.{sound or '?'}".removeprefix(".")
            yield from [Fault(here, _HALF)] if sound != name else _unreadable(part, here)
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _unreadable(part, f"{place}.{number}")


def _fraction(text: str) -> Decimal:
    """A number with a fraction or an exponent. One of more than 30 digits or beyond 10^±30 becomes infinite, and is
    found so by `_unreadable`: Decimal would fail at it (`1e9999999`), or make that many digits of it."""
    try:
        number = Decimal(text)
    except InvalidOperation:  # the exponent itself is too long
        return Decimal("Infinity")
    return number if len(text) <= _LONGEST and abs(number.adjusted()) <= _LONGEST else Decimal("Infinity")


def _whole(text: str) -> int | Decimal:
    return int(text) if len(text) <= _LONGEST else Decimal("Infinity")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


_LONGEST = 30
"""Characters of a number."""
_NUMBERS: dict[str, Any] = {"parse_float": _fraction, "parse_int": _whole, "parse_constant": _no_constant}


def _validated(
    values: Mapping[str, Any], model: type[Model], kind: type[Invalid], role: Role | None = None
) -> Model:
    try:
        return model.model_validate(values, context=role)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    raise kind(faults=[Fault(_place(dict(e), model), sentence(dict(e))) for e in found])


def _place(error: Mapping[str, Any], model: type[BaseModel]) -> str:
    """Where a fault is, in the client's names; pydantic says its own of a field that was left out."""
    first, *inner = error["loc"] or ("",)
    own = model.model_fields.get(str(first)) if error["type"] != "extra_forbidden" else None
    return ".".join(map(str, [own.alias if own and own.alias else first, *inner])) or "body"
