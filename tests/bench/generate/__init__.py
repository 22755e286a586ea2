"""Leads by the thousand, as the product would have written them, in a data folder for `make run` and benches."""

from tests.bench.generate._fill import BIG, BIG_PARTNER, FIRST, PARTNERS, CannotFill, fill
from tests.bench.generate._people import kam_of

__all__ = ["BIG", "BIG_PARTNER", "FIRST", "PARTNERS", "CannotFill", "fill", "kam_of"]
