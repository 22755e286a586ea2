"""Refusals about the version that a change is based on; every aggregate with a timeline has one."""

from __future__ import annotations

from domain.errors import StaleVersion


class VersionRequired(StaleVersion):
    """A critical change must say which version it is based on: `If-Match`, or `version` in the body."""


class VersionStale(StaleVersion):
    """Somebody changed it since the version that this change is based on; `details` says who, when and what."""
