"""A directory that says what it was told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class FakeDirectory:
    """The port `domain.ports.Directory`."""

    kams: Mapping[str, str] = field(default_factory=lambda: {"CP-1001": "KAM-1001"})
    partners: Mapping[str, str] = field(default_factory=lambda: {"LEAD-1001": "CP-1001"})
    everybody: tuple[str, ...] = ("ADMIN-1001", "ADMIN-1002")

    async def kam_of(self, partner_id: str) -> str | None:
        """The partner's KAM."""
        return self.kams.get(partner_id)

    async def partner_of(self, lead_id: str) -> str | None:
        """Who has the lead."""
        return self.partners.get(lead_id)

    async def admins(self) -> tuple[str, ...]:
        """The Admins."""
        return self.everybody
