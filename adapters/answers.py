"""All of the body with which another server answers, and no more than we want. Who asks for what is elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import aiohttp


async def whole_body(reply: aiohttp.ClientResponse, *, most: int) -> bytes | None:
    """The body, or None if it has more than `most` bytes. (`content.read(most)` gives what has come so far.)"""
    body = bytearray()
    async for part in reply.content.iter_any():
        body += part
        if len(body) > most:
            return None
    return bytes(body)
