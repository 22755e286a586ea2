"""`python -m tests.bench.price`: how long one price takes, and one read of the master data for the apps."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from domain.pricing import Configuration, Phase, catalogue_for_apps, price
from local.master_data import example_catalogue
from tests.bench.results import note

DAY, ROUNDS = date(2026, 3, 31), 2_000


def each(work: Callable[[], object]) -> float:
    """Microseconds for one, the best of five series."""
    best = float("inf")
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(ROUNDS // 5):
            work()
        best = min(best, (time.perf_counter() - began) / (ROUNDS // 5))
    return best * 1e6


def main() -> None:
    """Note the figures."""
    whole = example_catalogue()
    today = whole.on(DAY)
    chosen = Configuration(
        state="Gujarat", discom="PGVCL", phase=Phase.SINGLE, smart_meter=True, panel="PANEL-1", panel_count=6,
        inverter="INVERTER-1", structure_height=Decimal(1),
    )  # fmt: skip
    works = {
        "price of a configuration": lambda: price(chosen, today),
        "the same, with the day's rows chosen first": lambda: price(chosen, whole.on(DAY)),
        "master data in the apps' shape": lambda: catalogue_for_apps(today),
    }
    for name, work in works.items():
        note("price", name, us=each(work))


if __name__ == "__main__":
    main()
