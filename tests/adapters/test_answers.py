"""The body of another server's answer, which comes in pieces over the internet."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from adapters.answers import whole_body


def read(pieces: list[bytes], most: int) -> bytes | None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % sum(map(len, pieces)))
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.02)
        writer.close()

    async def run() -> bytes | None:
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server, aiohttp.ClientSession() as session:
            port = server.sockets[0].getsockname()[1]
            async with session.get(f"http://127.0.0.1:{port}/") as reply:
                return await whole_body(reply, most=most)

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("pieces", "most", "whole"),
    [
        ([], 5, b""),
        ([b"sun"], 3, b"sun"),
        ([b"so", b"la", b"r"], 5, b"solar"),
        ([b"so", b"la", b"r"], 4, None),
        ([b"solar"], 4, None),
    ],
)
def test_is_read_whole_or_not_at_all(pieces: list[bytes], most: int, whole: bytes | None) -> None:
    assert read(pieces, most) == whole
