"""The statuses of a lead, the moves between them and what each move needs: domain.md "Statuses" as tables."""

from __future__ import annotations

from enum import StrEnum

from domain.values import Role


class LeadStatus(StrEnum):
    """Where a lead stands in the funnel; the eleven values on which all clients agree."""

    NEW = "New Lead"
    IN_DISCUSSION = "In Discussion"
    MEETING = "Physical Meeting Assigned"
    CUSTOMER_ACCEPTED = "Customer Accepted"
    WON = "Won"
    PENDING = "Pending at Solarium"
    UNDER_EXECUTION = "Under Execution"
    EXECUTED = "Executed"
    NOT_RESPONDING = "Not Responding"
    NOT_INTERESTED = "Not Interested"
    OTHER_TERRITORY = "Other Territory"


_S = LeadStatus

MOVES: dict[LeadStatus, tuple[LeadStatus, ...]] = {
    _S.NEW: (_S.IN_DISCUSSION, _S.MEETING, _S.NOT_RESPONDING, _S.NOT_INTERESTED, _S.OTHER_TERRITORY),
    _S.IN_DISCUSSION: (_S.MEETING, _S.NOT_RESPONDING, _S.NOT_INTERESTED, _S.OTHER_TERRITORY),
    _S.MEETING: (_S.IN_DISCUSSION, _S.NOT_RESPONDING, _S.NOT_INTERESTED, _S.OTHER_TERRITORY),
    _S.CUSTOMER_ACCEPTED: (_S.WON,),
    _S.WON: (_S.PENDING,),
    _S.PENDING: (_S.UNDER_EXECUTION,),
    _S.UNDER_EXECUTION: (_S.EXECUTED,),
    _S.NOT_RESPONDING: (),
    _S.NOT_INTERESTED: (),
    _S.OTHER_TERRITORY: (),
    _S.EXECUTED: (),
}
"""What the lead's CP, its KAM or an Admin may do without an override."""

ACCEPTABLE_FROM = frozenset({_S.NEW, _S.IN_DISCUSSION, _S.MEETING, _S.NOT_RESPONDING})
"""Where the customer's accept moves a lead to *Customer Accepted* from; nothing else moves it there."""

TERMINAL = frozenset({_S.NOT_INTERESTED, _S.OTHER_TERRITORY, _S.EXECUTED})

ACCEPTED_OR_LATER = frozenset({_S.CUSTOMER_ACCEPTED, _S.WON, _S.PENDING, _S.UNDER_EXECUTION, _S.EXECUTED})
"""Exactly the statuses in which one of the lead's quotations is *Accepted*."""

WON_OR_LATER = frozenset({_S.WON, _S.PENDING, _S.UNDER_EXECUTION, _S.EXECUTED})
"""Exactly the statuses in which the lead has a commission."""

MAY_MOVE = frozenset({Role.CP, Role.KAM, Role.ADMIN})
MAY_OVERRIDE = frozenset({Role.KAM, Role.ADMIN})

NEEDS_FOLLOW_UP = frozenset({_S.IN_DISCUSSION, _S.MEETING})
"""Targets for which the date must be sent. For the other non-terminal ones it may be left out and is then
tomorrow: neither the CP app nor the portal sends one there (docs/adr/0008)."""
