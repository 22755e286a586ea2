"""Which parser of what clients send is tried by which property tests: what `make fuzz` runs, parser by parser."""

from __future__ import annotations

from dataclasses import dataclass

_EDGE = "tests/functions/edge"
_ANY, _HEADERS, _SHEETS = (f"{_EDGE}/test_fuzzed{name}.py" for name in ("", "_headers", "_sheets"))


@dataclass(frozen=True)
class Parser:
    """`reads` are the functions that take what was sent; `tests` are pytest's names of files or classes."""

    name: str
    reads: tuple[str, ...]
    tests: tuple[str, ...]


PARSERS = (
    Parser(
        "phone",
        ("domain.values:PhoneNumber.parse",),
        (f"{_HEADERS}::TestPhone", f"{_ANY}::TestValues", "tests/domain/values/test_phone.py::TestParse"),
    ),
    Parser(
        "csv",
        (
            "functions.edge._parsing:read_upload",
            "domain.values:csv_table",
            "domain.values:csv_rows",
            "functions.models.lead_sheets:read_sheet",
        ),
        (
            f"{_SHEETS}::TestSheets",
            f"{_ANY}::TestSheets",
            "tests/domain/values/test_csv.py::TestCsv",
            "tests/domain/values/test_csv.py::TestNeutral",
            "tests/functions/models/test_lead_sheets.py",
        ),
    ),
    Parser("query", ("functions.edge._parsing:read_query",), (f"{_ANY}::TestQueries",)),
    Parser("cursor", ("adapters.cursors:HmacCursors.read",), (f"{_HEADERS}::TestCursors", f"{_ANY}::TestCursors")),
    Parser(
        "if-match",
        ("functions.edge._parsing:read_version",),
        (f"{_HEADERS}::TestIfMatch", f"{_ANY}::TestVersions"),
    ),
    Parser(
        "idempotency-key",
        ("functions.edge._parsing:read_key", "functions.edge._parsing:correlation_id"),
        (f"{_HEADERS}::TestIdempotencyKey", f"{_ANY}::TestKeys"),
    ),
    Parser(
        "jwt",
        ("functions.edge._call:Reception._caller", "adapters.tokens:SignedTokens.read"),
        ("tests/adapters/test_tokens_fuzzed.py", f"{_HEADERS}::TestAuthorization"),
    ),
    Parser("forwarded-for", ("functions.edge._address:client_address",), (f"{_HEADERS}::TestForwardedFor",)),
    Parser("body", ("functions.edge._parsing:read_body",), (f"{_ANY}::TestBodies",)),
)
