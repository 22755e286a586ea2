"""The example master data of `master_data.json`, and its loading into a store. Never imported by the app."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn
from uuid import uuid4

from domain.pricing import Catalogue, catalogue_from_plain, load_catalogue
from domain.store import Store

_FILE = Path(__file__).with_suffix(".json")


def example_catalogue() -> Catalogue:
    """What the file says; its prices are examples."""
    plain: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"), parse_float=_no_floats)
    del plain["note"]
    return catalogue_from_plain(plain)


async def load_master_data(store: Store) -> int:
    """Create the rows of the file that the store doesn't have; how many is returned. Raises StorageUnavailable."""
    now = datetime.now(UTC)
    return await load_catalogue(store=store, catalogue=example_catalogue(), write_id=uuid4().hex, at=now)


def _no_floats(text: str) -> NoReturn:
    raise ValueError(f"master data has no binary floating point: write {text} as text, or as paise")
