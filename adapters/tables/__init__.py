"""Table storage on Azure: the store port's implementation and the count of its requests."""

from adapters.tables._store import AzureTableStore
from adapters.tables._transport import Count, counting

__all__ = ["AzureTableStore", "Count", "counting"]
