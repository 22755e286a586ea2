"""What an HTTP function declares about itself: the source of its binding, its checks and its documentation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from domain.values import Role

SIGNED_IN = frozenset({Role.ADMIN, Role.KAM, Role.CP, Role.CUSTOMER})
PARTNER_SIDE = frozenset({Role.ADMIN, Role.KAM, Role.CP})
JSON, CSV = "application/json", "text/csv"
ANYONE: frozenset[Role] | None = None
"""No sign-in is asked for; to be named explicitly, since nothing is open by default."""


@dataclass(frozen=True)
class Endpoint:
    """One use case at one method and path. `roles` is `ANYONE` only where no sign-in is needed.

    `critical` ones need a version (`If-Match`); `reserves` names the series of an id to reserve for a
    request with an Idempotency-Key. `patience` multiplies the time that a request may take (the setting
    REQUEST_SECONDS), for the few that do long work while the client waits. `upload` is the most bytes of a
    text file that is sent instead of a JSON body. `sensitive` names the budget that its requests count against:
    so many a minute for each client address (domain.md "Numbers to hold").

    What it answers: `reply` is the type of the reply's data (or a union of them), None if it has none;
    `bare` if that is all of the body, without an envelope; `media` its media types; `status`, or one of `also`;
    `refuses` are statuses of refusals that the rest doesn't tell (410, 423).
    """

    name: str
    method: str
    path: str
    roles: frozenset[Role] | None
    summary: str
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    reply: Any = None
    bare: bool = False
    media: tuple[str, ...] = (JSON,)
    status: int = 200
    also: tuple[int, ...] = ()
    critical: bool = False
    reserves: str | None = None
    patience: int = 1
    upload: int | None = None
    sensitive: str | None = None
    refuses: tuple[int, ...] = ()

    @property
    def methods(self) -> list[str]:
        """Those it is registered for. Where there is a GET there is a HEAD: the same, and the server keeps the body
        back (RFC 9110 §9.3.2). The host itself would say 404."""
        return ["GET", "HEAD"] if self.method == "GET" else [self.method]

    def stands_at(self, path: str) -> bool:
        """Whether a path, without its first slash, is one of this endpoint's, in any case, as the host has it."""
        mine, asked = self.path.lower().split("/"), path.lower().removesuffix("/").split("/")
        return len(mine) == len(asked) and all(
            part != "" if name.startswith("{") else part == name for name, part in zip(mine, asked, strict=True)
        )

    @property
    def path_parameters(self) -> list[str]:
        """The names in braces."""
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]
