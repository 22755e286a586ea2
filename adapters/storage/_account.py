"""Which storage account, and how we prove who we are: a connection string, or a name and an identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal


@dataclass(frozen=True)
class Account:
    """A storage account. With a `connection` string (Azurite) its key is in there; with a `name` the function
    app's own managed identity is used and there is no key that could leak."""

    connection: str | None = field(default=None, repr=False)
    name: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], prefix: str) -> Account | None:
        """From `<prefix>_CONNECTION` or `<prefix>_ACCOUNT`; None if neither is set."""
        connection, name = environment.get(f"{prefix}_CONNECTION"), environment.get(f"{prefix}_ACCOUNT")
        return cls(connection or None, name or None) if connection or name else None

    @property
    def secondary(self) -> Account | None:
        """Its read-only copy in the other region; None with a connection string, which doesn't name it."""
        return None if self.connection else Account(name=f"{self.name}-secondary")

    def address(self, service: Literal["table", "blob"]) -> str:
        """What the SDK's clients are given: the connection string, or the service's endpoint."""
        return self.connection or f"https://{self.name}.{service}.core.windows.net"

    @cached_property
    def credential(self) -> Any:
        """The token credential that goes with an endpoint; None with a connection string."""
        if self.connection:
            return None
        from azure.identity.aio import ManagedIdentityCredential  # noqa: PLC0415 - 0.2 s that Azurite needn't pay

        return ManagedIdentityCredential()
