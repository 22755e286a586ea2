"""The statuses of a quotation and the steps between them, as tables: domain.md "Quotation"."""

from __future__ import annotations

from enum import StrEnum


class QuotationStatus(StrEnum):
    """Draft → Created → Shared → Accepted | Rejected, plus Expired and Withdrawn (domain.md)."""

    DRAFT = "Draft"
    CREATED = "Created"
    SHARED = "Shared"
    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    EXPIRED = "Expired"
    WITHDRAWN = "Withdrawn"


class Step(StrEnum):
    """What is done to a quotation; who may do it is each endpoint's, and the timer's, to say."""

    EDIT = "edit"
    FINALIZE = "finalize"
    PRICE = "price"
    SHARE = "share"
    ACCEPT = "accept"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


_S = QuotationStatus

STEPS: dict[Step, tuple[frozenset[QuotationStatus], QuotationStatus]] = {
    Step.EDIT: (frozenset({_S.DRAFT}), _S.DRAFT),
    Step.FINALIZE: (frozenset({_S.DRAFT}), _S.CREATED),
    Step.PRICE: (frozenset({_S.CREATED}), _S.CREATED),  # "final pricing" (api.md)
    Step.SHARE: (frozenset({_S.CREATED}), _S.SHARED),
    Step.ACCEPT: (frozenset({_S.SHARED}), _S.ACCEPTED),
    Step.REJECT: (frozenset({_S.SHARED}), _S.REJECTED),
    Step.WITHDRAW: (frozenset({_S.DRAFT, _S.CREATED, _S.SHARED}), _S.WITHDRAWN),
    Step.EXPIRE: (frozenset({_S.SHARED}), _S.EXPIRED),
}
"""From where each step leads, and to where. *Accepted* ends only by a forced move of the lead (domain/sales)."""

OPEN = frozenset({_S.DRAFT, _S.CREATED, _S.SHARED})
EDITABLE = frozenset({_S.DRAFT, _S.CREATED})
"""From *Shared* on nothing in it can change (domain.md)."""


def allows(step: Step, status: QuotationStatus) -> bool:
    """Whether the step can be done to a quotation in this status."""
    return status in STEPS[step][0]
