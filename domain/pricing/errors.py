"""What pricing refuses, named after the fact. No HTTP here: `functions/problems.py` turns these into replies."""

from __future__ import annotations

from domain.errors import Conflict, Invalid, NotFound


class ConfigurationNotPossible(Invalid):
    """A configuration that can't be built or priced; `faults` says everything that is wrong with it."""


class MasterDataInvalid(Invalid):
    """A row of master data that can't be: `faults` names each field."""


class MasterDataNotFound(NotFound):
    """There is no such kind of master data, or no item with this id in it."""


class MasterDataExists(Conflict):
    """There is an item of master data with this id already."""
