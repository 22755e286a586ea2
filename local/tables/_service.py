"""`python -m local.tables FILE`: the part of the table service's protocol that this product speaks, on SQLite.

Azurite looks through all rows of a table for each query and each new row, and keeps its tables in one text that
Node can't make longer than 512 MB: with 10,000 whole leads it takes in 34 more a second, and 100,000 it couldn't
save. This has an index, as Azure has. It stands in where there are that many rows; Azurite, which knows much more
of the protocol, where there aren't. Both are held to tests/contract. As the emulator's key is public, signatures
aren't looked at; it listens on this machine only.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

from aiohttp import web

from local.tables._rows import Change, Place, Refused, Rows

_TABLE = re.compile(r"/([a-z0-9]+)/([A-Za-z][A-Za-z0-9]{2,62})(?:\(\))?")
_ROW = re.compile(
    r"/([a-z0-9]+)/([A-Za-z][A-Za-z0-9]{2,62})\(PartitionKey='((?:[^']|'')*)',RowKey='((?:[^']|'')*)'\)"
)
_NAMED = re.compile(r"/([a-z0-9]+)/Tables\('([A-Za-z0-9]+)'\)")
_CLAUSE = re.compile(r"\(?(PartitionKey|RowKey) (eq|ge|gt|le|lt) '((?:[^']|'')*)'\)?")
_CHANGESET = re.compile(rb"boundary=\"?(changeset_[0-9A-Za-z-]+)")
_NEXT = ("NextPartitionKey", "NextRowKey")
_LONGEST = 32 * 2**10  # bytes of an address: two keys of 512 units, percent-encoded
_JSON = "application/json;odata=minimalmetadata"


class Service:
    """Requests in, replies out."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Any request. What isn't in Azure's protocol, or isn't needed here, is 501."""
        path, body = unquote(request.rel_url.raw_path), await request.content.read()
        try:
            return self._answered(request, path, body)
        except Refused as refused:
            code = refused.code.rpartition(":")[2]
            text = _error(refused)
            return web.Response(status=refused.status, text=text, headers=_headers(**{"x-ms-error-code": code}))

    def _answered(self, request: web.BaseRequest, path: str, body: bytes) -> web.Response:
        account = path.split("/")[1]
        if request.method == "POST" and path.endswith("/$batch"):
            return self._batch(body)
        if path.endswith("/Tables"):
            return self._tables(request.method, account, body)
        if request.method == "DELETE" and (found := _NAMED.fullmatch(path)):
            self._rows.drop("/".join(found.groups()))
            return web.Response(status=204)
        if request.method == "GET" and (found := _ROW.fullmatch(path)):
            return self._row(found)
        if request.method == "GET" and (found := _TABLE.fullmatch(path)):
            return self._page("/".join(found.groups()), request.query.get)
        raise Refused(501, "NotImplemented")

    def _tables(self, method: str, account: str, body: bytes) -> web.Response:
        if method == "POST":
            name = json.loads(body)["TableName"]
            self._rows.create(f"{account}/{name}")
            return web.Response(status=201, text=json.dumps({"TableName": name}), headers=_headers())
        names = [name.partition("/")[2] for name in self._rows.names() if name.startswith(f"{account}/")]
        return web.Response(text=json.dumps({"value": [{"TableName": n} for n in names]}), headers=_headers())

    def _row(self, found: re.Match[str]) -> web.Response:
        body = self._rows.get(f"{found[1]}/{found[2]}", _place(found))
        if body is None:
            raise Refused(404, "ResourceNotFound")
        return web.Response(text=body, headers=_headers(ETag=json.loads(body)["odata.etag"]))

    def _page(self, name: str, asked: Callable[[str], str | None]) -> web.Response:
        said = asked("$filter") or ""
        clauses = [_clause(text) for text in _split(said)] if said else []
        places = [asked(key) for key in _NEXT]
        after = (_unhex(places[0]), _unhex(places[1])) if places[0] and places[1] else None
        bodies, last = self._rows.page(name, clauses, after, min(int(asked("$top") or 1_000), 1_000))
        more = {f"x-ms-continuation-{n}": k.encode().hex() for n, k in zip(_NEXT, last or (), strict=False)}
        return web.Response(text=f'{{"value":[{",".join(bodies)}]}}', headers=_headers(**more))

    def _batch(self, body: bytes) -> web.Response:
        boundary = _CHANGESET.search(body)
        if boundary is None:
            raise Refused(400, "InvalidInput")
        parts = body.split(b"--" + boundary[1] + b"\r\n")[1:]
        named = [_change(part.rsplit(b"--" + boundary[1] + b"--", 1)[0]) for part in parts]
        try:
            etags = self._rows.commit(named[0][0], [change for _, change in named])
        except Refused as refused:
            if refused.code == "TableNotFound":
                raise
            said = [f"HTTP/1.1 {refused.status} Refused\r\nContent-Type: {_JSON}\r\n\r\n{_error(refused)}"]
        else:
            said = [f"HTTP/1.1 204 No Content\r\nETag: {etag}\r\n\r\n" for etag in etags]
        return _multipart(said)


def _change(part: bytes) -> tuple[str, Change]:
    _, head, sent = part.decode().split("\r\n\r\n", 2)
    line, *lines = head.split("\r\n")
    method, url, _ = line.split(" ", 2)
    path = "/" + unquote(url).split("/", 3)[3]
    headers = dict(said.split(": ", 1) for said in lines if ": " in said)
    if method == "POST" and (found := _TABLE.fullmatch(path)):
        entity = json.loads(sent)
        return "/".join(found.groups()), Change((entity["PartitionKey"], entity["RowKey"]), sent, None)
    if method in ("PUT", "DELETE") and (found := _ROW.fullmatch(path)):
        change = Change(_place(found), sent if method == "PUT" else None, headers["If-Match"])
        return f"{found[1]}/{found[2]}", change
    raise Refused(501, "NotImplemented")


def _multipart(parts: list[str]) -> web.Response:
    opening = "--changesetresponse\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    said = "".join(f"{opening}{part}\r\n" for part in parts)
    text = f"--batchresponse\r\nContent-Type: multipart/mixed; boundary=changesetresponse\r\n\r\n{said}"
    text += "--changesetresponse--\r\n--batchresponse--\r\n"
    kind = {"Content-Type": "multipart/mixed; boundary=batchresponse"}
    return web.Response(status=202, body=text.encode(), headers=_headers(**kind))


def _split(said: str) -> list[str]:
    """The clauses of a filter, each with its quotes doubled still."""
    return re.split(r" and (?=\(?(?:PartitionKey|RowKey) )", said)


def _clause(text: str) -> tuple[str, str, str]:
    found = _CLAUSE.fullmatch(text)
    if found is None:
        raise Refused(501, "NotImplemented")
    return found[1], found[2], found[3].replace("''", "'")


def _place(found: re.Match[str]) -> Place:
    return found[3].replace("''", "'"), found[4].replace("''", "'")


def _unhex(text: str | None) -> str:
    return bytes.fromhex(text or "").decode()


def _error(refused: Refused) -> str:
    number, _, code = refused.code.rpartition(":")
    said = {"lang": "en-US", "value": f"{number or 0}:{code}"}
    return json.dumps({"odata.error": {"code": code, "message": said}})


def _headers(**more: str) -> dict[str, str]:
    return {"Content-Type": _JSON, "x-ms-version": "2019-02-02", **more}


async def serve(file: Path) -> None:
    """Serve until standard input is closed, which happens however the parent goes. Prints the port first."""
    rows = Rows(file)
    service = Service(rows)
    runner = web.ServerRunner(web.Server(service.answer, max_line_size=_LONGEST), shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    try:
        await asyncio.to_thread(sys.stdin.buffer.read)
    finally:
        await runner.cleanup()
        rows.close()
