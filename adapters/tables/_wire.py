"""The three requests that the store lives on, sent through azure-core's transport (docs/adr/0027).

azure-data-tables sends the same ones, but takes three to five times as much CPU for each, and reading and writing
tables is most of what this application does. Tables are still made, listed and backed up with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from azure.core.exceptions import HttpResponseError
from azure.core.pipeline import AsyncPipeline
from azure.core.rest import HttpRequest
from azure.data.tables.aio import TableServiceClient
from yarl import URL

from adapters.storage import CountingTransport
from adapters.tables import _odata as odata
from adapters.tables._signing import policy_for
from domain.store import Row, Write

_AFTER = ("NextPartitionKey", "NextRowKey")

After = Mapping[str, str] | None
"""Where the next page begins; None if there is none."""


class Refused(HttpResponseError):
    """An answer that isn't a success, in the SDK's own terms. `status` 0: the answer can't be understood."""

    def __init__(self, status: int, code: str, reply: Any = None) -> None:
        super().__init__(message=f"{status} {code}")
        self.response = reply
        self.status_code = status or None
        self.error_code = code


class Wire:
    """Requests to the account of an SDK's client, through its transport."""

    def __init__(self, service: TableServiceClient, transport: CountingTransport) -> None:
        self._service = service.url.rstrip("/")
        self._version = service.api_version
        self._pipeline: Any = AsyncPipeline(transport, [policy_for(service.credential, self._service)])
        self._headers = {
            "x-ms-version": self._version,
            "DataServiceVersion": "3.0",
            "Accept": odata.ACCEPT,
            "Accept-Encoding": "identity",
            "User-Agent": "solarium-backend",
        }

    async def row(self, table: str, partition: str, key: str) -> Row | None:
        """One row, or None. Raises Refused, or what the transport raises."""
        reply = await self._send("GET", odata.address(table, partition, key))
        if reply.status_code == 404 and _code(reply) != "TableNotFound":
            return None
        found: Row = _understood(lambda: odata.row_of(_entity(reply), reply.headers.get("ETag")))
        return found

    async def rows(self, table: str, wanted: str, most: int, after: After) -> tuple[list[Row], After]:
        """A page of rows that match a filter, and where the next one begins."""
        asked = {"$top": str(most), **({"$filter": wanted} if wanted else {}), **(after or {})}
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in asked.items())
        reply = await self._send("GET", f"{table}()?{query}")
        found = _understood(lambda: [odata.row_of(entity) for entity in _entity(reply)["value"]])
        places = {name: reply.headers.get(f"x-ms-continuation-{name}") for name in _AFTER}
        following = {name: place for name, place in places.items() if place}
        return found, following or None

    async def transact(self, table: str, partition: str, writes: Sequence[Write]) -> None:
        """All the writes or none. Raises Refused, or what the transport raises: then it may have landed."""
        body = odata.transaction(self._service, table, partition, writes, self._version)
        kind = {"Content-Type": f"multipart/mixed; boundary={odata.BOUNDARY}", "MaxDataServiceVersion": "3.0;NetFx"}
        reply = await self._send("POST", "$batch", headers=kind, content=body)
        if reply.status_code != 202:
            raise Refused(reply.status_code, _code(reply))
        status, code = odata.outcome(reply.content, len(writes))
        if status != 202:
            raise Refused(status, code)

    async def _send(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> Any:
        url = str(URL(f"{self._service}/{path}"))  # as aiohttp will spell it: the signature is over that
        request = HttpRequest(method, url, headers={**self._headers, **(headers or {})}, content=content)
        return (await self._pipeline.run(request)).http_response


def _entity(reply: Any) -> Any:
    if reply.status_code != 200:
        raise Refused(reply.status_code, _code(reply), reply)
    return json.loads(reply.content)


def _understood(read: Any) -> Any:
    try:
        return read()
    except (ValueError, KeyError, TypeError):  # cut short on the way: it can be asked for again
        raise Refused(0, "") from None


def _code(reply: Any) -> str:
    return str(reply.headers.get("x-ms-error-code") or odata.code(reply.content))
