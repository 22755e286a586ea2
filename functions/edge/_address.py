"""Whose request it is, by network address: the one that our own front end saw, never one that a client claims."""

from __future__ import annotations

import ipaddress
import re

UNKNOWN = "unknown"
_WITH_PORT = re.compile(r"\[(?P<six>[^\]]+)\](?::[0-9]+)?|(?P<four>[0-9.]+)(?::[0-9]+)?")


def client_address(forwarded: str, *, proxies: int) -> str:
    """The address that the outermost of our own `proxies` saw, from `X-Forwarded-For`.

    Each proxy appends whom it was called by, so only the last `proxies` entries are ours, and whatever stands
    before them was sent by the caller. Azure's front end is one; another in front of it makes two. An IPv6
    address counts as its /64, which is what one household gets. `UNKNOWN` if there is no such entry.
    """
    entries = [entry.strip() for entry in forwarded.split(",") if entry.strip()]
    if proxies < 1 or len(entries) < proxies:
        return UNKNOWN
    found = _WITH_PORT.fullmatch(entries[-proxies])
    text = (found["six"] or found["four"]) if found else entries[-proxies]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return UNKNOWN
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False).network_address) + "-64"
    return str(address)
