"""Refusals about quotations."""

from __future__ import annotations

from domain.errors import Conflict, Invalid, NotAllowed, NotFound, StaleVersion, Unavailable


class QuotationNotFound(NotFound):
    """There is no quotation with this id among those that the caller may see."""


class QuotationNotOpen(Conflict):
    """The quotation was accepted, rejected or withdrawn before; `details.status` says which."""


class QuotationExpired(Conflict):
    """The quotation's validity has ended; ask for a new one."""


class QuotationNotShareable(Conflict):
    """Only a quotation that was created and not yet shared can be shared."""


class QuotationLimitReached(Conflict):
    """A lead has at most 99 quotations, and at most 40 of them open at once."""


class QuotationChanged(StaleVersion):
    """The content hash that the customer saw isn't this quotation's."""


class LeadNotAcceptable(Conflict):
    """The lead's status doesn't let a quotation be accepted; `details.status` says which it is."""


class LeadNotQuotable(Conflict):
    """No more quotations can be made for a lead that is accepted, executed or closed."""


class QuotationNotEditable(Conflict):
    """From *Shared* on nothing in a quotation can change; `details.status` says which status it has."""


class QuotationNotWithdrawable(Conflict):
    """The quotation was answered, or has expired; `details.status` says which."""


class QuotationInvalid(Invalid):
    """What was asked of a quotation can't be; each field is named."""


class DraftNotAllowed(NotAllowed):
    """Channel partners finalize a quotation in one call."""


class QuotationHasNoPdf(Conflict):
    """A draft has no PDF; it gets one when it is finalized."""


class PdfNotMade(Unavailable):
    """The PDF couldn't be made, so the quotation wasn't made or changed either."""
