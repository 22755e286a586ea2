"""Many leads at once: one change of up to 50, and new ones from a sheet. The rules are those of sales and leads."""

from domain.bulk._changes import MAX_LEADS, edit_leads, move_leads, reassign_leads
from domain.bulk._import import (
    ImportRow,
    Progress,
    RowFault,
    begin_import,
    carry_on,
    finish_imports,
    import_progress,
)
from domain.bulk._items import Outcome
from domain.bulk._repeats import import_id_for
from domain.bulk.errors import ImportNotFound, ImportNotTaken, ImportRejected

__all__ = [
    "MAX_LEADS",
    "ImportNotFound",
    "ImportNotTaken",
    "ImportRejected",
    "ImportRow",
    "Outcome",
    "Progress",
    "RowFault",
    "begin_import",
    "carry_on",
    "edit_leads",
    "finish_imports",
    "import_id_for",
    "import_progress",
    "move_leads",
    "reassign_leads",
]
