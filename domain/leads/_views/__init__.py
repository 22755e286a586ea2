"""Summary rows of leads for lists, since table storage has no secondary index (design.md §3, docs/adr/0020).

The lead's partition is the truth. A marker is put before a lead's transaction and removed once all views are
written; the sweep makes good what a crash left. A view row never goes back to an older version.
"""

from domain.leads._views._feed import (
    CLOSED,
    FEED_KEPT,
    VIEWS,
    Change,
    changes_between,
    feed_key,
    feed_moment,
    in_feed,
    logs_since,
    trim,
)
from domain.leads._views._repair import rebuild, rebuild_all, sweep
from domain.leads._views._summary import Summary, summary_of
from domain.leads._views._write import (
    PENDING,
    SHARDS,
    Seen,
    finish,
    lead_in,
    mark,
    of_partner,
    see,
    shard_of,
    show,
    shows_a_lead,
    summaries,
    unmark,
    view_rows,
)

__all__ = [
    "CLOSED",
    "FEED_KEPT",
    "PENDING",
    "SHARDS",
    "VIEWS",
    "Change",
    "Seen",
    "Summary",
    "changes_between",
    "feed_key",
    "feed_moment",
    "finish",
    "in_feed",
    "lead_in",
    "logs_since",
    "mark",
    "of_partner",
    "rebuild",
    "rebuild_all",
    "see",
    "shard_of",
    "show",
    "shows_a_lead",
    "summaries",
    "summary_of",
    "sweep",
    "trim",
    "unmark",
    "view_rows",
]
