"""The gate before everything else: how often one client address may do what is sensitive (domain.md "Numbers")."""

from __future__ import annotations

from typing import Protocol

import azure.functions as func

from domain.identity import TooManyRequests
from functions.edge._address import client_address
from functions.edge._endpoint import Endpoint


class Limits(Protocol):
    """What counts the requests of an address (`adapters.limits`)."""

    def admit(self, *, budget: str, address: str) -> int:
        """0 if the request may go on, and it is counted; else in how many seconds to try again."""
        ...


class Gate:
    """Lets requests in. It stands before authentication: guessing at tokens counts too."""

    def __init__(self, *, limits: Limits, proxies: int) -> None:
        self._limits = limits
        self._proxies = proxies

    def admit(self, req: func.HttpRequest, endpoint: Endpoint) -> str:
        """The client's address. Raises TooManyRequests if the endpoint's budget is used up by it."""
        address = client_address(req.headers.get("x-forwarded-for", ""), proxies=self._proxies)
        seconds = self._limits.admit(budget=endpoint.sensitive, address=address) if endpoint.sensitive else 0
        if seconds:
            raise TooManyRequests("Too many requests from your network. Wait a little.", retry_after=seconds)
        return address
