"""Bodies and replies of bulk work on leads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field, StrictBool, StrictInt, model_validator

from domain.bulk import MAX_LEADS, Outcome, Progress
from domain.jobs import JobState
from domain.leads import LeadStatus, StatusChange
from functions.models.fields import Body, Day, Line, LongText, QuotationRef, TokenNumber

LeadIds = Annotated[list[Line], Field(min_length=1, max_length=MAX_LEADS)]
Versions = Annotated[dict[str, StrictInt], Field(max_length=MAX_LEADS)]
_MOVE_ONLY = {
    "quotation_ref": "quotationRef",
    "token_number": "tokenNumber",
    "override": "override",
    "override_reason": "overrideReason",
}


class BulkUpdates(Body):
    """With a `status` a move, as of one lead; without, an edit of remarks and follow-up date (null clears)."""

    status: LeadStatus | None = None
    remarks: LongText | None = None
    follow_up_date: Day | None = None
    quotation_ref: QuotationRef | None = None
    token_number: TokenNumber | None = None
    override: StrictBool = False
    override_reason: LongText | None = None

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> BulkUpdates:
        if self.status is not None:
            if self.remarks is None:
                raise ValueError("A move to another status needs remarks.")
            return self
        alone = [said for name, said in _MOVE_ONLY.items() if name in self.model_fields_set]
        if alone:
            raise ValueError(f"{', '.join(alone)}: only together with a status.")
        if not self.model_fields_set & {"remarks", "follow_up_date"}:
            raise ValueError("Say what is to be updated.")
        return self

    def change(self) -> StatusChange | None:
        """The move, if it is one."""
        if self.status is None:
            return None
        return StatusChange(**{**self.model_dump(), "status": self.status, "remarks": self.remarks or ""})

    def edits(self) -> dict[str, Any]:
        """The fields that the client named, null included, under the names of the domain."""
        named = self.model_fields_set & {"remarks", "follow_up_date"}
        return {name: getattr(self, name) or None for name in named}


class BulkBody(Body):
    """Up to 50 leads. `versions` says which version of each was seen; `version` counts for the others."""

    lead_ids: LeadIds
    versions: Versions = Field(default_factory=dict)
    version: StrictInt | None = None


class BulkChangeBody(BulkBody):
    """The same change for each of the leads; finalizing to Won and overriding need their versions."""

    updates: BulkUpdates


class BulkReassignmentBody(BulkBody):
    """The channel partner that the leads are given to, and why; needs their versions."""

    cp_id: Line
    reason: Annotated[LongText, Field(min_length=1)]


def outcomes_shape(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The results as the portal's code reads them, and its documentation (client-contract.md §4)."""
    done = [o.lead_id for o in outcomes if o.refusal is None]
    return {
        "total": len(outcomes),
        "successful": len(done),
        "failed": len(outcomes) - len(done),
        "successIds": done,
        "results": [o.said() for o in outcomes],
    }


def import_shape(progress: Progress) -> dict[str, Any]:
    """An import as the portal's code reads it, and its documentation; `imported` is 0 until all are."""
    total, state = progress.total, progress.job.state
    imported = total if state is JobState.FINISHED else 0
    failed = total if state is JobState.REFUSED else 0
    return {
        "jobId": progress.job.id,
        "state": str(state),
        "total": total,
        "stored": progress.stored,
        "shown": progress.shown,
        "imported": imported,
        "errors": [],
        "leadIds": list(progress.lead_ids),
        "importResults": {"total": total, "successful": imported, "failed": failed, "errors": []},
    }
