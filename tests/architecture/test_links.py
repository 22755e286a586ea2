"""What the documents link to is there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
_LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s#]+)(?:#[^)\s]*)?\)")


def links() -> list[tuple[Path, str]]:
    """Each link within the project, with the document that it stands in."""
    said = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True)
    documents = [ROOT / name for name in said.stdout.splitlines()]
    return [(document, link) for document in documents for link in _LINK.findall(document.read_text())]


def test_every_link_leads_to_a_file() -> None:
    found = links()
    assert len(found) > 50
    broken = [f"{at.relative_to(ROOT)}: {link}" for at, link in found if not (at.parent / link).exists()]
    assert broken == []
