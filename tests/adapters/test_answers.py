"""The body of another server's answer, which comes in pieces over the internet."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from adapters.answers import whole_body
from tests.adapters.in_pieces import saying


def read(pieces: list[bytes], most: int) -> bytes | None:
    async def run() -> bytes | None:
        async with saying(pieces) as address, aiohttp.ClientSession() as session, session.get(address) as reply:
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
