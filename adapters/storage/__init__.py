"""What the clients of table and blob storage share: transport, connections, bounded retries, failures."""

from adapters.storage._account import Account
from adapters.storage._asking import answer, patiently
from adapters.storage._client import StorageClient
from adapters.storage._connections import Connection, Connections
from adapters.storage._failures import FAILURES, Unanswered, code_of, meaning_of_status, unavailable
from adapters.storage._transport import Count, CountingTransport, Intercept, aside, counting

__all__ = [
    "FAILURES",
    "Account",
    "Connection",
    "Connections",
    "Count",
    "CountingTransport",
    "Intercept",
    "StorageClient",
    "Unanswered",
    "answer",
    "aside",
    "code_of",
    "counting",
    "meaning_of_status",
    "patiently",
    "unavailable",
]
