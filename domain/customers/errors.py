"""Refusals about customers."""

from __future__ import annotations

from domain.errors import NotFound


class CustomerNotFound(NotFound):
    """There is no customer with this id among those that the caller may see."""
