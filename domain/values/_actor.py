"""Who does something: a person in a role, or a timer."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """The roles of domain.md, spelled as the tokens carry them (api.md, "auth")."""

    ADMIN = "Admin"
    KAM = "KAM"
    CP = "CP"
    CUSTOMER = "Customer"
    SYSTEM = "System"


@dataclass(frozen=True)
class Actor:
    """Who acts, as the timeline will say it. `id` is a person's id, or `system:<job>` for a timer.

    `partners` are the ids of the channel partners that a KAM looks after; empty for everybody else.
    """

    id: str
    name: str
    role: Role
    partners: frozenset[str] = field(default=frozenset(), compare=False)


def system(job: str) -> Actor:
    """The actor of a timer or a command (cases.md 9)."""
    return Actor(id=f"system:{job}", name=job, role=Role.SYSTEM)
