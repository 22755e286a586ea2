"""Rows as the table service spells them: entities as JSON, and transactions as multipart text.

What can be stored at all is `domain.store`'s to say; how a request travels is in `_wire.py`.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from domain.store import Create, Delete, Replace, Row, Value, Write

ACCEPT = "application/json;odata=minimalmetadata"
BOUNDARY, CHANGESET = "batch_6d61726b-6572-4f66-8072-74732d6f6f6f", "changeset_6d61726b-6572-4f66-8072-74732d6f6f6f"
"""Always the same ones: no line between the parts can begin so, since JSON has no raw line ends in it."""

_KEYS = frozenset({"PartitionKey", "RowKey", "Timestamp"})
_MOMENT = "%Y-%m-%dT%H:%M:%S"
_STATUS = re.compile(rb"^HTTP/1\.[01] ([0-9]{3})", re.MULTILINE)
_CODE = re.compile(rb'"code"\s*:\s*"([A-Za-z]+)"')


def address(table: str, partition: str, key: str) -> str:
    """The path of a row below the service's address."""
    return f"{table}(PartitionKey='{_quoted(partition)}',RowKey='{_quoted(key)}')"


def _quoted(key: str) -> str:
    return quote(key.replace("'", "''"), safe="")  # OData doubles its quote


def transaction(service: str, table: str, partition: str, writes: Sequence[Write], version: str) -> bytes:
    """The body of a `$batch` request with one changeset: all the writes or none."""
    head = f"--{BOUNDARY}\r\nContent-Type: multipart/mixed; boundary={CHANGESET}\r\n\r\n"
    parts = "".join(_part(f"{service}/", table, partition, write, version) for write in writes)
    return f"{head}{parts}--{CHANGESET}--\r\n\r\n--{BOUNDARY}--\r\n".encode()


def _part(service: str, table: str, partition: str, write: Write, version: str) -> str:
    said = f"x-ms-version: {version}\r\nDataServiceVersion: 3.0\r\nAccept: {ACCEPT}\r\n"
    values: Mapping[str, Value] | None = None
    match write:
        case Create(key, values):
            line, said = f"POST {service}{table}", f"{said}Prefer: return-no-content\r\n"
        case Replace(key, values, etag):
            line, said = f"PUT {service}{address(table, partition, key)}", f"{said}If-Match: {etag}\r\n"
        case Delete(key, etag):
            line, said = f"DELETE {service}{address(table, partition, key)}", f"{said}If-Match: {etag}\r\n"
    body = "" if values is None else entity_text(partition, key, values)
    kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
    opening = f"--{CHANGESET}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    return f"{opening}{line} HTTP/1.1\r\n{kind}{said}\r\n{body}\r\n"


def entity_text(partition: str, key: str, values: Mapping[str, Value]) -> str:
    """A row as JSON, in ASCII."""
    return json.dumps(_entity(partition, key, values), separators=(",", ":"))


def _entity(partition: str, key: str, values: Mapping[str, Value]) -> dict[str, Any]:
    """Every whole number is sent as a 64-bit one; the service takes an untyped one for 32 bits."""
    entity: dict[str, Any] = {"PartitionKey": partition, "RowKey": key}
    for name, value in values.items():
        if isinstance(value, str | bool):
            entity[name] = value
            continue
        text, kind = _typed(value)
        entity[name], entity[f"{name}@odata.type"] = text, kind
    return entity


def _typed(value: int | datetime | bytes) -> tuple[str, str]:
    if isinstance(value, int):
        return str(value), "Edm.Int64"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC).strftime(_MOMENT)}.{value.microsecond:06d}Z", "Edm.DateTime"
    return b64encode(value).decode(), "Edm.Binary"


def outcome(reply: bytes, writes: int) -> tuple[int, str]:
    """Status and error code of a transaction: those of a refused part, else 202; 0 if the reply is cut short."""
    found = list(_STATUS.finditer(reply))
    for part in found:
        status = int(part[1])
        if status >= 300:
            return status, code(reply[part.end() :])
    return (202 if len(found) == writes else 0), ""


def code(body: bytes) -> str:
    """The service's own word for an error; empty if it says none."""
    found = _CODE.search(body)
    return found[1].decode() if found else ""


def row_of(entity: Mapping[str, Any], etag: str | None = None) -> Row:
    """The row that an entity holds. Raises KeyError or ValueError for what isn't an entity of ours."""
    values: dict[str, Value] = {}
    for name, value in entity.items():
        if name in _KEYS or "odata." in name:
            continue
        kind = entity.get(f"{name}@odata.type")
        values[name] = value if kind is None or kind == "Edm.String" else _READ[kind](value)
    tag = entity.get("odata.etag") or etag or f"W/\"datetime'{quote(entity['Timestamp'])}'\""
    return Row(entity["PartitionKey"], entity["RowKey"], values, tag)


def _moment(text: str) -> datetime:
    """Storage knows tenths of microseconds, and leaves out what is zero."""
    whole, _, part = text.removesuffix("Z").partition(".")
    return datetime.strptime(whole, _MOMENT).replace(microsecond=int(part[:6].ljust(6, "0")), tzinfo=UTC)


_READ: Mapping[str, Callable[[Any], Value]] = {
    "Edm.Int64": int,
    "Edm.DateTime": _moment,
    "Edm.Binary": b64decode,
    "Edm.Boolean": bool,
    "Edm.Int32": int,
    "Edm.Guid": str,
}
