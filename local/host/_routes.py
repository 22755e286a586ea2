"""Route templates of the Functions host (those of ASP.NET): parsing, matching, precedence. Serves nothing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from local.host._bindings import BoundFunction

CONSTRAINTS = {
    "int": r"[+-]?\d{1,10}",
    "long": r"[+-]?\d{1,19}",
    "alpha": r"[A-Za-z]*",
    "bool": r"(?i:true|false)",
    "guid": r"[0-9A-Fa-f]{8}(?:-?[0-9A-Fa-f]{4}){3}-?[0-9A-Fa-f]{12}",
}
PARAMETER = re.compile(r"\{(?P<star>\*{0,2})(?P<name>\w+)(?::(?P<constraint>\w+))?(?P<optional>\?)?\}")
# Literal before constrained before plain before `{*rest}`: the route table tries them in this order.
LITERAL, MIXED, PLAIN, REST = range(4)


class BadTemplate(ValueError):
    """A template that the real host refuses, or one that this stand-in cannot follow."""


@dataclass(frozen=True)
class Route:
    """A template, ready to be matched against the path of a request."""

    template: str
    pattern: re.Pattern[str]
    precedence: tuple[int, ...]

    def match(self, path: str) -> dict[str, str] | None:
        """The route's parameters, decoded, if the (still percent-encoded) path fits."""
        found = self.pattern.fullmatch(path)
        return found and {name: value for name, value in found.groupdict().items() if value is not None}


def parse(template: str) -> Route:
    """Raises BadTemplate, saying what is wrong."""
    if template.startswith(("/", "~")):
        raise BadTemplate(f"the route {template!r} may not start with '/' or '~'")
    pattern, precedence = "", []
    for segment in template.split("/") if template else []:
        expression, rank = _segment(segment, template)
        separator = "/" if pattern else ""
        gap = f"(?:{separator}{expression})?" if _may_be_absent(segment) else f"{separator}{expression}"
        pattern += gap
        precedence.append(rank)
    try:
        return Route(template, re.compile(f"{pattern}/?", re.IGNORECASE | re.DOTALL), tuple(precedence))
    except re.error as fault:
        raise BadTemplate(f"the route {template!r} is not valid: {fault}") from fault


def decode(path: str) -> str:
    """Percent-decodes a path as Kestrel does: `%2F` stays, so an encoded slash never separates two segments."""
    return unquote(re.sub("(?i)%2f", "%252F", path))


def shape(template: str) -> str:
    """The template without its parameters' names: two routes of one shape answer the same paths."""
    plain = PARAMETER.sub(
        lambda found: f"{{{found['star']}{':' + found['constraint'] if found['constraint'] else ''}}}", template
    )
    return plain.lower()


def _may_be_absent(segment: str) -> bool:
    found = PARAMETER.fullmatch(segment)
    return found is not None and bool(found["star"] or found["optional"])


def _segment(segment: str, template: str) -> tuple[str, int]:
    found = PARAMETER.fullmatch(segment)
    if found and found["star"]:
        return f"(?P<{found['name']}>.*)", REST
    expression, end = "", 0
    for each in PARAMETER.finditer(segment):
        expression += re.escape(segment[end : each.start()]) + _parameter(each, template)
        end = each.end()
    tail = segment[end:]
    if "{" in tail or "}" in tail or not segment:
        raise BadTemplate(f"the route {template!r} has a segment {segment!r} that is not valid")
    rank = LITERAL if end == 0 else PLAIN if found and not found["constraint"] else MIXED
    return expression + re.escape(tail), rank


def _parameter(found: re.Match[str], template: str) -> str:
    constraint = found["constraint"]
    if constraint and constraint not in CONSTRAINTS:
        known = ", ".join(CONSTRAINTS)
        raise BadTemplate(
            f"the route {template!r} uses the constraint {constraint!r}; the local host knows {known}"
        )
    return f"(?P<{found['name']}>{CONSTRAINTS[constraint] if constraint else '[^/]+'})"


class RouteTable:
    """All HTTP functions in the order in which the host tries them."""

    def __init__(self, functions: Iterable[BoundFunction], prefix: str) -> None:
        at = f"{prefix}/" if prefix else ""
        routes = [(parse(f"{at}{each.route}".rstrip("/")), each) for each in functions]
        self._routes = sorted(routes, key=lambda route: route[0].precedence)

    def find(self, method: str, raw_path: str) -> tuple[BoundFunction, dict[str, str]] | None:
        """The function that answers, with the route's parameters; None means 404, for a wrong method too."""
        path = decode(raw_path).removeprefix("/")
        for route, function in self._routes:
            if method in function.methods and (values := route.match(path)) is not None:
                return function, values
        return None
