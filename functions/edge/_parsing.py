"""From an HTTP request to typed values; every fault is named at once, and nothing faulty gets further."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NoReturn, TypeVar

import azure.functions as func
from pydantic import BaseModel, ValidationError

from domain.errors import Fault, Invalid
from functions.edge.errors import (
    BodyNotJson,
    BodyTooLarge,
    FieldsInvalid,
    HeaderInvalid,
    MediaTypeNotSupported,
    QueryInvalid,
)

MAX_BODY_BYTES = 100 * 1024  # the clients' own cap (client-contract.md §4)
_STRONG_TAG = re.compile(r'"([^"]*)"')
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_CORRELATION = re.compile(r"[A-Za-z0-9._-]{1,64}")

Model = TypeVar("Model", bound=BaseModel)


def read_body(req: func.HttpRequest, model: type[Model]) -> Model:
    """The body as its model. Raises MediaTypeNotSupported, BodyTooLarge, BodyNotJson, FieldsInvalid."""
    raw = req.get_body() or b""
    if len(raw) > MAX_BODY_BYTES:
        raise BodyTooLarge(f"The body has {len(raw)} bytes; at most {MAX_BODY_BYTES} are read.")
    media_type = req.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if raw and media_type != "application/json":
        raise MediaTypeNotSupported("Send the body as Content-Type: application/json.")
    return _validated(_object(raw), model, FieldsInvalid)


def read_upload(req: func.HttpRequest, most: int) -> str:
    """The text of the file that was sent: the body itself (text/csv), or the part `file` of a form.

    Raises BodyTooLarge, MediaTypeNotSupported, FieldsInvalid.
    """
    raw = req.get_body() or b""
    if len(raw) > most:
        raise BodyTooLarge(f"The body has {len(raw)} bytes; at most {most} are read.")
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
        value = json.loads(raw or b"{}", parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise BodyNotJson("The body isn't valid JSON (UTF-8).") from None
    if not isinstance(value, dict):
        raise BodyNotJson("The body must be a JSON object.")
    if b"\\ud" in raw.lower() and (halves := list(_halves(value, ""))):
        raise FieldsInvalid(_HALF, faults=[Fault(place, _HALF) for place in halves])
    return value


_HALF = "This has half of a character in it."


def _halves(value: object, place: str) -> Iterator[str]:
    """Where a text or a name can't be written as UTF-8: JSON can spell half of a character (`\\ud800`), but neither
    a row nor a reply can hold it."""
    if isinstance(value, str):
        if place and value.encode(errors="replace") != value.encode(errors="surrogatepass"):
            yield place
    elif isinstance(value, dict):
        for name, part in value.items():
            sound = name.encode(errors="replace").decode()
            here = f"{place}.{sound}".removeprefix(".")
            yield from [here] if sound != name else _halves(part, here)
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _halves(part, f"{place}.{number}")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _validated(values: Mapping[str, Any], model: type[Model], kind: type[Invalid]) -> Model:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        faults = tuple(_fault(dict(e)) for e in error.errors(include_url=False, include_input=False))
    raise kind(_summary(faults), faults=faults)


def _fault(error: dict[str, Any]) -> Fault:
    place = ".".join(str(part) for part in error["loc"]) or "body"
    if error["type"] == "missing":
        return Fault(place, "This field is needed.")
    if error["type"] == "extra_forbidden":
        return Fault(place, "There is no such field here.")
    return Fault(place, str(error["msg"]).removeprefix("Value error, "))


def _summary(faults: tuple[Fault, ...]) -> str:
    names = ", ".join(dict.fromkeys(f.field for f in faults))
    return f"Invalid: {names}." if len(faults) > 1 else f"{faults[0].field}: {faults[0].message}"
