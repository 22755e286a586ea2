"""host.json can't hold comments: infra/README.md explains each of its values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def leaves(value: Any, place: str = "") -> Iterator[str]:
    """The dotted path of each value."""
    if not isinstance(value, dict):
        yield place
        return
    for name, part in value.items():
        yield from leaves(part, f"{place}.{name}".lstrip("."))


class TestHostJson:
    def test_is_explained_value_by_value(self) -> None:
        said = (ROOT / "infra" / "README.md").read_text(encoding="utf-8").split("## host.json")[1].split("\n## ")[0]
        named = [line.split("|")[1].strip(" `") for line in said.splitlines() if line.startswith("| `")]
        assert sorted(named) == sorted(leaves(json.loads((ROOT / "host.json").read_text(encoding="utf-8"))))
