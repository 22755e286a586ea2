"""Continuity: that nothing is lost and nothing is wrong unnoticed. Stands above all other contexts."""

from domain.continuity._check import Tables, violations
from domain.continuity._invariants import Rule, Violation, broken_in_file, plain_file
from domain.continuity._timelines import HEADS, Verified, verified_timelines

__all__ = [
    "HEADS",
    "Rule",
    "Tables",
    "Verified",
    "Violation",
    "broken_in_file",
    "plain_file",
    "verified_timelines",
    "violations",
]
