"""Summary rows of leads for lists, since table storage has no secondary index (design.md §3, docs/adr/0020).

The lead's partition is the truth. A marker is put before a lead's transaction and removed once all views are
written; the sweep makes good what a crash left. A view row never goes back to an older version.
"""

from domain.leads._views._feed import (
    CLOSED,
    FEED_KEPT,
    Change,
    changes_between,
    feed_key,
    feed_moment,
    in_feed,
    logs_since,
    trim,
)
from domain.leads._views._imports import (
    VIEWS,
    Signs,
    hidden_by,
    hidden_imports,
    hide_import,
    import_name,
    is_young,
    reveal_import,
    reveal_stray,
    sign_of,
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
    "Signs",
    "Summary",
    "changes_between",
    "feed_key",
    "feed_moment",
    "finish",
    "hidden_by",
    "hidden_imports",
    "hide_import",
    "import_name",
    "in_feed",
    "is_young",
    "lead_in",
    "logs_since",
    "mark",
    "of_partner",
    "rebuild",
    "rebuild_all",
    "reveal_import",
    "reveal_stray",
    "see",
    "shard_of",
    "show",
    "shows_a_lead",
    "sign_of",
    "summaries",
    "summary_of",
    "sweep",
    "trim",
    "unmark",
    "view_rows",
]
