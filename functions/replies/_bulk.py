"""The form of what bulk work came to."""

from __future__ import annotations

from typing import Any

from functions.models.fields import Shape


class OutcomeReply(Shape):
    """What became of one lead; a refusal says why in words (`error`), and to programs (`code`)."""

    id: str
    success: bool
    error: str | None = None
    code: str | None = None


class OutcomesReply(Shape):
    """What became of each lead, in both forms that the portal reads."""

    total: int
    successful: int
    failed: int
    success_ids: list[str]
    results: list[OutcomeReply]


class ImportResults(Shape):
    """The same figures, where the portal's documentation has them."""

    total: int
    successful: int
    failed: int
    errors: list[Any]


class ImportReply(Shape):
    """An import: rows stored so far, and then shown in lists; `imported` is 0 until all are."""

    job_id: str
    state: str
    total: int
    stored: int
    shown: int
    imported: int
    errors: list[Any]
    lead_ids: list[str]
    import_results: ImportResults
