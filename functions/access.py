"""Who may call what, as a table made from what the endpoints declare (docs/access.md)."""

from __future__ import annotations

from collections.abc import Sequence

from domain.values import Role
from functions.edge import Endpoint

ROLES = (Role.ADMIN, Role.KAM, Role.CP, Role.CUSTOMER)

_HEAD = """# Who may call what

Made from the endpoints' own declarations by `make access`, checked by a test, and tried out with everybody's token
by `tests/journeys/test_access.py`. Whoever isn't named gets 403, no token gets 401. A ✓ lets the caller in; what of
it is the caller's own is decided by the domain: another's record is 404.

| method | path | function | anyone | Admin | KAM | CP | Customer | needs If-Match | budget |
|---|---|---|---|---|---|---|---|---|---|
"""


def table(endpoints: Sequence[Endpoint]) -> str:
    """The page, in path order; the answers to unknown paths are left out."""
    known = [endpoint for endpoint in endpoints if "*" not in endpoint.path]
    return _HEAD + "".join(_row(e) for e in sorted(known, key=lambda e: (e.path, e.method)))


def _row(endpoint: Endpoint) -> str:
    allowed = [_mark(endpoint.roles is None)]
    allowed += [_mark(endpoint.roles is None or role in endpoint.roles) for role in ROLES]
    more = [_mark(endpoint.critical), endpoint.sensitive or ""]
    cells = [endpoint.method, f"`/{endpoint.path}`", endpoint.name, *allowed, *more]
    return "| " + " | ".join(cells) + " |\n"


def _mark(yes: bool) -> str:
    return "✓" if yes else ""
