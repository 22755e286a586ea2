"""Each kind of email that the product sends has a subject of its own."""

from __future__ import annotations

import ast
from pathlib import Path

from adapters.messages import SUBJECTS

ROOT = Path(__file__).parents[3]


def templates_of_emails() -> set[str]:
    """The literal templates in all calls of a method `email`."""
    found: set[str] = set()
    for folder in ("domain", "functions", "adapters", "local"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr == "email"
                ):
                    said = [k.value for k in node.keywords if k.arg == "template"]
                    found |= {str(value.value) for value in said if isinstance(value, ast.Constant)}
    return found


def test_no_email_goes_out_under_the_general_subject() -> None:
    templates = templates_of_emails()
    assert templates and templates == SUBJECTS.keys() - {"*"}
