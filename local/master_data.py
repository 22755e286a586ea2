"""Loads the example master data of `master_data.json`; its prices are examples and nobody's offer."""

from __future__ import annotations

import json
from pathlib import Path

from domain.pricing import KINDS, Catalogue, from_plain, load_catalogue
from domain.store import Store

_FILE = Path(__file__).with_name("master_data.json")


def example_catalogue() -> Catalogue:
    """The file as a catalogue; `effectiveFrom` is the same for all rows and stands once at its head."""
    said = json.loads(_FILE.read_text(encoding="utf-8"))
    since = said["effectiveFrom"]
    rows = {
        kind: tuple(from_plain(KINDS[kind], {"effectiveFrom": since, **item}) for item in said[kind])
        for kind in KINDS
    }
    return Catalogue(**rows)  # type: ignore[arg-type]  # each kind holds its own class


async def load_master_data(store: Store) -> int:
    """Create the rows that aren't there; how many."""
    return await load_catalogue(store=store, catalogue=example_catalogue(), write_id="example-master-data")
