"""The one table from refusals to HTTP: status, and the body that every client can read (api.md "errors")."""

from __future__ import annotations

import re
from typing import Any

from domain.documents.errors import FileTooLarge, FileTypeNotAllowed
from domain.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, StaleVersion, Unavailable
from domain.identity import NotAuthenticated, SignInLocked, TooManyRequests
from domain.quotations.errors import QuotationExpired
from domain.timeline import VersionRequired
from functions.edge.errors import (
    BodyNotJson,
    BodyTooLarge,
    HeaderInvalid,
    MediaTypeNotSupported,
    MethodNotAllowed,
    QueryInvalid,
)
from functions.models.changes import stale_details

PROBLEM_MEDIA_TYPE = "application/problem+json"
PROBLEM_PATH = "/api/problems/"

STATUS: dict[type[DomainError], int] = {
    Invalid: 422,
    BodyNotJson: 400,
    QueryInvalid: 400,
    HeaderInvalid: 400,
    BodyTooLarge: 413,
    MediaTypeNotSupported: 415,
    FileTooLarge: 413,
    FileTypeNotAllowed: 415,
    NotAllowed: 403,
    NotAuthenticated: 401,
    SignInLocked: 423,
    TooManyRequests: 429,
    NotFound: 404,
    MethodNotAllowed: 405,
    Conflict: 409,
    QuotationExpired: 410,
    StaleVersion: 412,
    VersionRequired: 428,
    Unavailable: 503,
}
"""A refusal has the status of the nearest of its classes that stands here."""


def status_of(error: DomainError) -> int:
    """The HTTP status of a refusal."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem(error: DomainError, *, correlation_id: str) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Status, body and headers of a refusal: RFC 9457 members and what each client reads besides."""
    status = status_of(error)
    faults: dict[str, list[str]] = {}
    for fault in error.faults if isinstance(error, Invalid) else ():
        faults.setdefault(fault.field, []).append(fault.message)
    details = stale_details(error.details) if isinstance(error, StaleVersion) and error.details else error.details
    body = _body(status, error.code, error.told, correlation_id, details)
    if faults:
        body["validationErrors"] = faults
    headers = {"Retry-After": str(error.retry_after or 5)} if status in (423, 429, 503) else {}
    if error.retry_after and "Retry-After" not in headers:
        headers["Retry-After"] = str(error.retry_after)
    if status == 423 and error.details:
        body["lockoutInfo"] = error.details  # where the portal's sign-in page looks (client-contract.md §3)
    version = (error.details or {}).get("current", {}).get("version") if status == 412 else None
    if version is not None:
        headers["ETag"] = f'"{version}"'
    if status == 405:
        headers["Allow"] = ", ".join((error.details or {})["allowed"])
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return status, body, headers


def unexpected(*, correlation_id: str) -> dict[str, Any]:
    """The body of a 500: what happened is in the log under the correlation id, and never in the reply."""
    message = "Something went wrong on our side. Try again; if it persists, tell us the instance."
    return _body(500, "INTERNAL_ERROR", message, correlation_id, None)


def slug(code: str) -> str:
    """`QUOTATION_EXPIRED` → `quotation-expired`, the last part of the problem's `type`."""
    return code.lower().replace("_", "-")


def _body(
    status: int, code: str, message: str, correlation_id: str, details: dict[str, Any] | None
) -> dict[str, Any]:
    error: dict[str, Any] = {"code": code, "message": message}
    if details:
        error["details"] = details
    return {
        "type": PROBLEM_PATH + slug(code),
        "title": re.sub("_", " ", code).capitalize(),
        "status": status,
        "detail": message,
        "instance": correlation_id,
        "success": False,
        "data": None,
        "message": message,
        "error": error,
    }
