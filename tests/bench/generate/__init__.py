"""Leads by the thousand, as the product would have written them, in a data folder for `make run` and benches."""

from tests.bench.generate._fill import FIRST, PARTNERS, CannotFill, fill

__all__ = ["FIRST", "PARTNERS", "CannotFill", "fill"]
