"""State and PIN code at the end of an address of one line."""

from __future__ import annotations

import pytest

from domain.leads._address import state_and_pin


class TestStateAndPin:
    @pytest.mark.parametrize(
        ("address", "found"),
        [
            ("5 Station Road, Rajkot, Gujarat 360001", ("Gujarat", "360001")),
            ("5 Station Road, Rajkot, gujarat, 360 001", ("Gujarat", "360001")),
            ("5 Station Road, Rajkot,  UTTAR  PRADESH - 226001.", ("Uttar Pradesh", "226001")),
            ("12 Mall, Srinagar, Jammu & Kashmir 190001", ("Jammu and Kashmir", "190001")),
            ("5 Station Road\nTamil Nadu\n600001", ("Tamil Nadu", "600001")),
            ("5 Station Road, Rajkot 360001", (None, "360001")),
            ("5 Station Road, Goa", ("Goa", None)),
            ("5 Station Road, Rajkot", (None, None)),
            ("360001", (None, "360001")),
            ("Flat 360001, Station Road", (None, None)),
            ("5 Station Road, Gujarat 060001", (None, None)),
            ("5 Station Road, Gujarat 3600011", (None, None)),
            ("5 Station Road, Gujarat ३६०००१", (None, None)),
            ("", (None, None)),
        ],
    )
    def test_stand_at_the_end(self, address: str, found: tuple[str | None, str | None]) -> None:
        assert state_and_pin(address) == found
