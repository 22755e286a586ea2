"""`python -m adapters.commands.check_data`: checks every invariant over all data.

Prints each violation with the ids that it concerns, one per line, on stdout; progress on stderr. Exit status: 0 all
holds, 1 something doesn't, 2 it couldn't be found out. It only reads, and may run while the application works.
"""

from __future__ import annotations

import sys

from adapters.clock import SystemClock
from adapters.commands._operating import FINE, WRONG, Reader, operate
from adapters.tables import AzureTableStore
from domain.continuity import violations
from domain.values import day_in_india


async def check_data(store: AzureTableStore) -> int:
    """Print what doesn't hold."""
    reader, found = Reader(store), 0
    today = day_in_india(SystemClock().now())
    async for violation in violations(reader.table, today=today):
        found += 1
        print(
            f"{violation.rule.name} {' '.join(violation.ids)}: {violation.text} (rule: {violation.rule})",
            flush=True,
        )
    print(f"{reader.rows:,} rows read, {found} violations found", file=sys.stderr)
    return WRONG if found else FINE


if __name__ == "__main__":
    sys.exit(operate(check_data))
