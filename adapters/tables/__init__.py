"""Table storage on Azure: the store port's implementation and the count of its requests."""

from adapters.storage import Count, counting
from adapters.tables._store import AzureTableStore

__all__ = ["AzureTableStore", "Count", "counting"]
