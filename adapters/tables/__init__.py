"""Table storage on Azure: the store port's implementation, raw rows for backups, and the count of its requests."""

from adapters.storage import Count, counting
from adapters.tables._entities import AzureEntities
from adapters.tables._store import AzureTableStore

__all__ = ["AzureEntities", "AzureTableStore", "Count", "counting"]
