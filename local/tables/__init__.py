"""A table service on SQLite for more rows than Azurite can serve; see `_service` for what it is and isn't."""

from local.tables._process import FILE, RunningTables, TablesNotStarted, start
from local.tables._rows import Change, Rows

__all__ = ["FILE", "Change", "Rows", "RunningTables", "TablesNotStarted", "start"]
