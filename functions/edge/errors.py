"""Refusals that have to do with HTTP itself and not with the business."""

from __future__ import annotations

from domain.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable


class BodyNotJson(Invalid):
    """The body isn't the JSON object that this endpoint reads."""


class BodyTooLarge(Invalid):
    """The body is larger than this endpoint reads."""


class MediaTypeNotSupported(Invalid):
    """This endpoint reads `application/json`."""


class QueryInvalid(Invalid):
    """A query parameter can't be used; every faulty one is named."""


class HeaderInvalid(Invalid):
    """A request header, such as `If-Match` or `Idempotency-Key`, isn't what it has to be."""


class FieldsInvalid(Invalid):
    """Fields of the body are missing, unknown or wrong; every one is named."""


class RouteUnknown(NotFound):
    """There is no such path."""


class MethodNotAllowed(RouteUnknown):
    """There is such a path, but not with this method; `details.allowed` names those there are."""


class RoleNotAllowed(NotAllowed):
    """The caller's role may not do this at all."""


class IdempotencyKeyReused(Invalid):
    """The Idempotency-Key was used before, for another request."""


class RequestInProgress(Conflict):
    """The first request with this Idempotency-Key is still being carried out."""


class TookTooLong(Unavailable):
    """The request wasn't finished in the time that a client waits; whether it was done isn't known."""


class TooBusy(Unavailable):
    """This instance works on as many requests as it can; nothing of this one was done."""


class NotReady(Unavailable):
    """A part of what the application needs is down; the details name every part."""
