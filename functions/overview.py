"""The table of HTTP functions in the README, made from what the endpoints declare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain.values import Role
from functions.edge import SIGNED_IN, Endpoint
from functions.topics import TOPICS, topic_of

BEGIN = "<!-- made by `make access` from what the endpoints declare -->\n"
END = "<!-- end -->\n"

_HEAD = "\n| function | method | route | who | what it does |\n|---|---|---|---|---|\n"
_SHOWN = {Role.ADMIN: "Admin", Role.KAM: "KAM", Role.CP: "CP", Role.CUSTOMER: "Customer"}


def overview(endpoints: Sequence[Endpoint]) -> str:
    """A table per topic. Functions that do the same for the same people under several routes share a row."""
    parts = []
    for topic, _ in TOPICS:
        rows = _rows(e for e in endpoints if topic_of(e.path) == topic)
        if rows:
            parts.append(f"\n**{topic}**\n{_HEAD}{''.join(rows)}")
    return "".join(parts)


def replaced(page: str, *, endpoints: Sequence[Endpoint]) -> str:
    """The README with its section made anew. Raises ValueError if the two marks aren't there, once each."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in after or END in after:
        raise ValueError("The README needs the two marks of its table of functions, once each.")
    return f"{before}{BEGIN}{overview(endpoints)}\n{END}{after}"


def _rows(endpoints: Iterable[Endpoint]) -> list[str]:
    same: dict[tuple[str, str, str], list[Endpoint]] = {}
    for endpoint in endpoints:
        method = "any" if "*" in endpoint.path else endpoint.method
        same.setdefault((method, _who(endpoint), endpoint.summary), []).append(endpoint)
    return [_row(method, who, summary, group) for (method, who, summary), group in same.items()]


def _row(method: str, who: str, summary: str, group: Sequence[Endpoint]) -> str:
    names = ", ".join(endpoint.name for endpoint in group)
    routes = "<br>".join(dict.fromkeys(f"`/{endpoint.path}`" for endpoint in group))
    return f"| {names} | {method} | {routes} | {who} | {summary} |\n"


def _who(endpoint: Endpoint) -> str:
    if endpoint.roles is None:
        return "anyone"
    if endpoint.roles == SIGNED_IN:
        return "signed in"
    return ", ".join(shown for role, shown in _SHOWN.items() if role in endpoint.roles)
