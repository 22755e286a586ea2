"""Clients that send nonsense, lie about lengths or take their time: the local host answers, and others don't wait."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable

import azure.functions as func
import pytest

from local.host import Host, Options

Peer = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def an_app() -> func.FunctionApp:
    """Answers any path with how many bytes came, and how they were packed."""
    app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)

    @app.route("{*path}", methods=["GET", "POST"])
    async def echo(req: func.HttpRequest) -> func.HttpResponse:
        said = f"{len(req.get_body())} {req.headers.get('content-encoding')} {req.route_params.get('path')!r}"
        return func.HttpResponse(said)

    return app


def with_a_host(ask: Callable[[Callable[[], Awaitable[Peer]]], Awaitable[bytes]], **options: float) -> bytes:
    async def run() -> bytes:
        async with Host(an_app(), Options(**options)) as host:
            port = int(host.base.rpartition(":")[2])
            return await asyncio.wait_for(ask(lambda: asyncio.open_connection("127.0.0.1", port)), 10)

    return asyncio.run(run())


def sent(data: bytes, **options: float) -> bytes:
    """All that comes back until the host hangs up."""

    async def ask(connect: Callable[[], Awaitable[Peer]]) -> bytes:
        reader, writer = await connect()
        writer.write(data)
        answer = await reader.read()
        writer.close()
        return answer

    return with_a_host(ask, **options)


def a_post(*headers: bytes, path: bytes = b"/api/x", body: bytes = b"") -> bytes:
    head = [b"POST %s HTTP/1.1" % path, b"Connection: close", *headers]
    return b"\r\n".join([*head, b"", body])


class TestNonsense:
    @pytest.mark.parametrize("host", [b"x:99999999", b"\xff\xfe", b"x:y"])
    def test_a_host_that_none_can_have_is_400(self, host: bytes) -> None:
        assert sent(a_post(b"Host: " + host, b"Content-Length: 0")).startswith(b"HTTP/1.1 400 ")

    @pytest.mark.parametrize("encoding", [b"gzip", b"deflate", b"br", b"x"])
    @pytest.mark.parametrize("body", [gzip.compress(bytes(1000), mtime=0), b"not packed at all"])
    def test_a_packed_body_arrives_as_it_was_sent(self, encoding: bytes, body: bytes) -> None:
        told = (b"Host: x", b"Content-Encoding: " + encoding, b"Content-Length: %d" % len(body))
        assert f"{len(body)} {encoding.decode()} 'x'".encode() in sent(a_post(*told, body=body))

    def test_a_line_break_in_a_path_is_a_character(self) -> None:
        answer = sent(a_post(b"Host: x", b"Content-Length: 0", path=b"/api/a%0d%0ab"))
        assert answer.endswith(rb"0 None 'a\r\nb'")


class TestSlowness:
    @pytest.mark.parametrize("beginning", [b"", b"GET /api/x HT", b"GET /api/x HTTP/1.1\r\nHost: x\r\nX-A: "])
    def test_whoever_sends_no_whole_head_is_hung_up_on(self, beginning: bytes) -> None:
        assert sent(beginning, idle_for=0.2) == b""

    @pytest.mark.parametrize(
        "told", [(b"Content-Length: 500",), (b"Transfer-Encoding: chunked",)], ids=["length", "chunked"]
    )
    def test_a_body_that_does_not_come_is_408(self, told: tuple[bytes, ...]) -> None:
        async def ask(connect: Callable[[], Awaitable[Peer]]) -> bytes:
            reader, writer = await connect()
            writer.write(a_post(b"Host: x", *told, body=b"5\r\n"))
            answer = await reader.readline()
            writer.close()
            return answer

        assert with_a_host(ask, body_within=0.2) == b"HTTP/1.1 408 Request Timeout\r\n"

    def test_others_do_not_wait_for_them(self) -> None:
        async def ask(connect: Callable[[], Awaitable[Peer]]) -> bytes:
            slow = [await connect() for _ in range(200)]
            for _, writer in slow:
                writer.write(a_post(b"Host: x", b"Content-Length: 500", body=b"{"))
            reader, writer = await connect()
            writer.write(a_post(b"Host: x", b"Content-Length: 0"))
            answer = await reader.read()
            for _, other in (*slow, (reader, writer)):
                other.close()
            return answer

        assert with_a_host(ask).endswith(b"0 None 'x'")
