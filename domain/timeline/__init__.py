"""The timeline of an aggregate: hash-chained entries whose changes fold to the aggregate's present values."""

from domain.timeline._act import Act
from domain.timeline._chain import Broken, Chain, append, fold, verify
from domain.timeline._entry import Change, Entry, Note, Plain, changes_between
from domain.timeline._provenance import OVERWRITTEN, Origin, Provenance, in_one, overwritten
from domain.timeline._rows import BEFORE_TIMELINE, FIRST_ENTRY, entry_from_row, entry_key, entry_to_write
from domain.timeline._stamp import stamped
from domain.timeline._versions import honour_if_match, require_version, with_changes
from domain.timeline.errors import VersionRequired, VersionStale

__all__ = [
    "BEFORE_TIMELINE",
    "FIRST_ENTRY",
    "OVERWRITTEN",
    "Act",
    "Broken",
    "Chain",
    "Change",
    "Entry",
    "Note",
    "Origin",
    "Plain",
    "Provenance",
    "VersionRequired",
    "VersionStale",
    "append",
    "changes_between",
    "entry_from_row",
    "entry_key",
    "entry_to_write",
    "fold",
    "honour_if_match",
    "in_one",
    "overwritten",
    "require_version",
    "stamped",
    "verify",
    "with_changes",
]
