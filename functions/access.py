"""Who may call what, as a table made from what the endpoints declare (docs/access.md)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from pydantic import BaseModel

from domain.values import Role
from functions.edge import Endpoint
from functions.models.paging import ListQuery

ROLES = (Role.ADMIN, Role.KAM, Role.CP, Role.CUSTOMER)

_HEAD = """# Who may call what

Made from the endpoints' own declarations by `make access`, checked by a test, and tried out with everybody's token
by `tests/journeys/test_access.py`. Whoever isn't named gets 403, no token gets 401. A ✓ lets the caller in. With
`own` it is only let in to its own of the records that the request names, in its path, query or body: another's is
refused with the very answer that one gets which doesn't exist, and never with 403. That is tried out by
`tests/journeys/clients/test_records_of_others.py`.

| method | path | function | anyone | Admin | KAM | CP | Customer | records named | needs If-Match | budget |
|---|---|---|---|---|---|---|---|---|---|---|
"""

_NAMED = {
    **{"lead_id": "lead", "lead_ids": "lead", "quotation_id": "quotation", "supersedes": "quotation"},
    **{"commission_id": "commission", "customer_id": "customer", "other_customer_id": "customer"},
    **{"document_id": "document", "doc_id": "document", "notification_id": "notification"},
    **{"person_id": "person", "assigned_to": "person", "cp_id": "person", "cp_ids": "person", "kam_id": "person"},
}
"""Which record a member of a path, query or body names."""

_STAFFS_OWN = frozenset({"notification"})
"""What is its reader's own even for an Admin."""


def records_named(endpoint: Endpoint) -> list[str]:
    """The records that a request to the endpoint names. A filter of a list names none: it finds nothing."""
    members = {re.sub("([A-Z])", r"_\1", name).lower() for name in endpoint.path_parameters}
    members |= set(_members(endpoint.body))
    if endpoint.query and not issubclass(endpoint.query, ListQuery):
        members |= {name for name in endpoint.query.model_fields if _NAMED.get(name) != "person"}
    return sorted({_NAMED[name] for name in members if name in _NAMED})


def _members(body: type[BaseModel] | None) -> Iterable[str]:
    forms: Mapping[str, type[BaseModel]] = getattr(body, "forms", {})
    return {name for each in (body, *forms.values()) if each for name in each.model_fields}


def table(endpoints: Sequence[Endpoint]) -> str:
    """The page, in path order; the answers to unknown paths are left out."""
    known = [endpoint for endpoint in endpoints if "*" not in endpoint.path]
    return _HEAD + "".join(_row(e) for e in sorted(known, key=lambda e: (e.path, e.method)))


def _row(endpoint: Endpoint) -> str:
    allowed = [_mark(endpoint.roles is None)]
    allowed += [_admission(endpoint, role) for role in ROLES]
    more = [", ".join(records_named(endpoint)), _mark(endpoint.critical), endpoint.sensitive or ""]
    cells = [endpoint.method, f"`/{endpoint.path}`", endpoint.name, *allowed, *more]
    return "| " + " | ".join(cells) + " |\n"


def _admission(endpoint: Endpoint, role: Role) -> str:
    named = records_named(endpoint)
    if endpoint.roles is None or role not in endpoint.roles or not named:
        return _mark(endpoint.roles is None or role in endpoint.roles)
    return "✓" if role is Role.ADMIN and not _STAFFS_OWN.intersection(named) else "own"


def _mark(yes: bool) -> str:
    return "✓" if yes else ""
