"""The model of what one instance and one account hold: its arithmetic."""

from __future__ import annotations

from typing import ClassVar

from tests.bench import capacity


class TestCapacity:
    """Against figures worked out by hand, for a load of one change in ten requests and one list in twenty."""

    MEASURED: ClassVar = {
        "cpuMs": {"worker": 4.0},
        "useCases": [
            {"name": "edit a lead", "share": 0.1},
            {"name": "leads of staff", "share": 0.05},
            {"name": "poll", "share": 0.85},
        ],
    }

    def test_what_600_users_ask_for(self) -> None:
        load = capacity.load_of(self.MEASURED, 600)
        assert {name: round(value, 3) for name, value in load.items()} == {
            "requests": 60.0,
            "instances": 2.0,
            "storage": 60 * (0.1 * 14 + 0.9 * 1.2) + 3 * 2 * 1.2,  # 3 lists a second ask 2.4 logs
            "markers": 12.0,  # 6 changes a second
            "names": 7.2,
            "log": 2 * 6 + 3 + 3,  # read twice, the last row with each list, and written by one of two
            "rows": 2 * 2 * 6 + 7.2 + 7.2,  # each change twice by two, last rows, names
        }

    def test_ten_times_as_many_is_well_below_every_limit_and_the_first_is_told(self) -> None:
        load = capacity.load_of(self.MEASURED, 6_000)
        assert max(load["markers"], load["names"], load["log"]) < 400 and capacity.of_account(load) < 0.2
        what, users = capacity.first_limit(self.MEASURED)
        assert what == "the partition of the logs' names"
        before, after = (capacity.load_of(self.MEASURED, users - less)["names"] for less in (100, 0))
        assert before < 2_000 <= after

    def test_the_bill_of_a_month(self) -> None:
        """9 hours of 26 days on one instance of 2 GB, and 7 timers a minute for a second each in 30 days."""
        lines = "\n".join(capacity.costs(self.MEASURED))
        assert "| a GB-second of its work | 0.000016 | 1,684,800.0 | 26.96 |" in lines
        assert "| a GB-second on demand | 0.000026 | 604,800.0 | 15.72 |" in lines
        assert "| a GB-second that an instance is kept ready | 0.000004 | 5,184,000.0 | 20.74 |" in lines
