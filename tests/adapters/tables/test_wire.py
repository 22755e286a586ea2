"""Our own requests beside azure-data-tables': the same on the wire, and the same rows out of the replies."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest
from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError
from azure.data.tables import EdmType, EntityProperty, UpdateMode

from adapters.storage import Unanswered
from adapters.tables import AzureTableStore
from adapters.tables import _odata as odata
from adapters.tables._connections import TableConnection
from adapters.tables._failures import meaning_of
from adapters.tables._signing import SharedKey, policy_for
from adapters.tables._wire import Refused
from domain.store import Create, Delete, Replace

AT = datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=UTC)
PARTITION, KEY = "o'neil é+%", "a'b, (c)=@"
VALUES: dict[str, Any] = {"text": 'ü "x"\r\n--batch', "whole": 2**40, "yes": True, "at": AT, "bytes": b"\x00\xff"}
SENT = {**VALUES, "whole": EntityProperty(2**40, EdmType.INT64)}
ROW = {"PartitionKey": PARTITION, "RowKey": KEY}


class Seen:
    """What went over the wire, as far as it means something."""

    def __init__(self) -> None:
        self.requests: list[Any] = []

    async def __call__(self, request: Any, send: Callable[[], Awaitable[Any]]) -> Any:
        self.requests.append(
            (request.method, unquote(request.url), _meant(request.headers), _parts(request.content))
        )
        return await send()


MEANT = ("x-ms-version", "dataserviceversion", "maxdataserviceversion", "if-match")


def _meant(headers: Any) -> dict[str, str]:
    said = {name.lower(): value for name, value in dict(headers).items()}
    return {name: said[name] for name in MEANT if name in said} | {
        "type": said.get("content-type", "").split(";")[0]
    }


def _parts(body: Any) -> list[Any]:
    """The operations of a transaction: method and address, condition, entity."""
    text = body.decode() if isinstance(body, bytes) else str(body or "")
    parts = [part for part in re.split(r"--changeset_[^\r]*\r\n", text) if "HTTP/1.1" in part]
    return [_part(part) for part in parts]


def _part(text: str) -> Any:
    _, head, body = text.split("\r\n\r\n", 2)
    line, *headers = head.split("\r\n")
    said = dict(header.split(": ", 1) for header in headers)
    entity = json.loads(body) if body.strip() else None
    if entity:  # the SDK also says which columns are text, which is what untyped text is
        entity = {n: v for n, v in entity.items() if v != "Edm.String"}
    return unquote(line), _meant(said), entity


def both(connection: str, work: Callable[[TableConnection], list[Callable[[], Awaitable[Any]]]]) -> tuple[Any, Any]:
    """What the SDK sent and what we sent for the same."""

    async def run() -> tuple[Any, Any]:
        seen = Seen()
        made = TableConnection(connection, credential=None, intercept=seen, connection_timeout=2, read_timeout=5)
        try:
            for ask in work(made):
                with suppress(HttpResponseError):  # what is sent is compared, not what comes of it
                    await ask()
        finally:
            await made.close()
        return seen.requests[0], seen.requests[1]

    return asyncio.run(run())


class TestRequests:
    def test_a_transaction_is_the_sdks(self, azurite_connection, table):
        unchanged = {"etag": 'W/"x"', "match_condition": MatchConditions.IfNotModified}
        theirs = [
            ("create", {**ROW, **SENT}),
            ("update", {**ROW, "RowKey": "b", "n": "1"}, {"mode": UpdateMode.REPLACE, **unchanged}),
            ("delete", {**ROW, "RowKey": "c"}, unchanged),
        ]
        ours = [Create(KEY, VALUES), Replace("b", {"n": "1"}, 'W/"x"'), Delete("c", 'W/"x"')]
        sdk, own = both(
            azurite_connection,
            lambda made: [
                lambda: made.client(table).submit_transaction(theirs),
                lambda: made.wire.transact(table, PARTITION, ours),
            ],
        )
        assert len(own[3]) == 3
        assert own == sdk

    def test_reading_a_row_is_the_sdks(self, azurite_connection, table):
        sdk, own = both(
            azurite_connection,
            lambda made: [
                lambda: made.client(table).get_entity(PARTITION, KEY),
                lambda: made.wire.row(table, PARTITION, KEY),
            ],
        )
        assert own == sdk

    def test_reading_rows_is_the_sdks(self, azurite_connection, table):
        wanted = "PartitionKey eq 'o''neil é+%' and RowKey ge 'a&b'"

        async def first_page(made: TableConnection) -> None:
            await anext(made.client(table).query_entities(wanted, results_per_page=7).by_page())

        sdk, own = both(
            azurite_connection,
            lambda made: [lambda: first_page(made), lambda: made.wire.rows(table, wanted, 7, None)],
        )
        assert own == sdk


def test_rows_that_the_sdk_wrote_are_read_alike(azurite_connection, table):
    async def run() -> None:
        store = AzureTableStore(azurite_connection)
        await store.create_table(table=table)
        client = store._connections.current().client(table)
        await client.create_entity({**ROW, **SENT, "small": 7})
        theirs = await client.get_entity(PARTITION, KEY)
        ours = await store.get(table=table, partition=PARTITION, key=KEY)
        (scanned,) = [row async for row in store.scan(table=table, partition=PARTITION)]
        await store.close()
        assert ours == scanned
        assert dict(ours.values) == {**VALUES, "small": 7}
        assert ours.etag == theirs.metadata["etag"]

    asyncio.run(run())


def test_a_walk_goes_on_from_page_to_page(azurite_connection, table):
    async def run() -> None:
        store = AzureTableStore(azurite_connection)
        await store.create_table(table=table)
        for partition in "ab":
            await store.commit(
                table=table, partition=partition, writes=[Create(f"k{n}", {}) for n in range(5)], write_id="w"
            )
        wire, after, pages = store._connections.current().wire, None, []
        while not pages or after:
            rows, after = await wire.rows(table, "", 3, after)
            pages.append([row.partition + row.key for row in rows])
        await store.close()
        assert pages == [["ak0", "ak1", "ak2"], ["ak3", "ak4", "bk0"], ["bk1", "bk2", "bk3"], ["bk4"]]

    asyncio.run(run())


class TestReplies:
    REPLY = (
        b"--batchresponse_1\r\nContent-Type: multipart/mixed; boundary=changesetresponse_1\r\n\r\n"
        b'--changesetresponse_1\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 204 No Content\r\nETag: W/"1"\r\n\r\n\r\n'
        b'--changesetresponse_1\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 204 No Content\r\nETag: W/"2"\r\n\r\n\r\n'
    )
    REFUSED = (
        b"--changesetresponse_1\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 412 Precondition Failed\r\n\r\n"
        b'{"odata.error":{"code":"UpdateConditionNotSatisfied","message":{"lang":"en-US","value":"1:The update"}}}\r\n'
    )

    def test_each_part_has_to_have_succeeded(self):
        assert odata.outcome(self.REPLY, 2) == (202, "")
        assert odata.outcome(self.REFUSED, 3) == (412, "UpdateConditionNotSatisfied")
        assert odata.outcome(self.REPLY, 3) == (0, "")

    def test_one_cut_short_leaves_it_open(self):
        """Wherever it is cut before the last part's status, nobody may take it for done or refused."""
        for end in range(self.REPLY.rindex(b" 204") + 4):
            assert odata.outcome(self.REPLY[:end], 2) == (0, ""), end
        assert isinstance(meaning_of(Refused(0, "")), Unanswered)

    def test_a_row_without_an_etag_has_the_one_of_its_timestamp(self):
        """As the service leaves it out of rows at this level of metadata, and the SDK fills it in."""
        said = {**ROW, "Timestamp": "2026-01-02T03:04:05.6789Z"}
        assert odata.row_of(said).etag == "W/\"datetime'2026-01-02T03%3A04%3A05.6789Z'\""

    @pytest.mark.parametrize(
        ("text", "micros"),
        [
            ("2026-01-02T03:04:05Z", 0),
            ("2026-01-02T03:04:05.6Z", 600_000),
            ("2026-01-02T03:04:05.1234567Z", 123_456),
        ],
    )
    def test_moments_have_as_many_digits_as_the_service_likes(self, text, micros):
        said = {**ROW, "Timestamp": text, "at": text, "at@odata.type": "Edm.DateTime"}
        assert odata.row_of(said).values == {"at": datetime(2026, 1, 2, 3, 4, 5, micros, tzinfo=UTC)}


class TestProof:
    def test_an_identity_signs_with_a_token_for_the_service_that_it_calls(self):
        storage = policy_for(SimpleNamespace(), "https://x.table.core.windows.net")
        cosmos = policy_for(SimpleNamespace(), "https://x.table.cosmos.azure.com")
        assert storage._scopes == ("https://storage.azure.com/.default",)
        assert cosmos._scopes == ("https://cosmos.azure.com/.default",)

    def test_the_key_is_never_sent(self):
        request = SimpleNamespace(method="GET", url="http://h/a/t()?$top=1", headers={})
        SharedKey("a", "c2VjcmV0").on_request(SimpleNamespace(http_request=request))
        assert request.headers["Authorization"].startswith("SharedKey a:")
        assert "c2VjcmV0" not in str(request.headers) and "secret" not in str(request.headers)
