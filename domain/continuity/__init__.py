"""Continuity: that nothing is lost, and nothing wrong goes unnoticed. Stands above all other contexts.

Backups that are read again before they count, their retention, restores and drills; what has to be true of data.
"""

from domain.continuity._aftermath import SERIES, mend_copy
from domain.continuity._backup import Outcome, back_up, back_up_if_due
from domain.continuity._catalogue import (
    ALERT_AFTER,
    Alarm,
    Backup,
    Condition,
    Status,
    backups,
    newest_verified,
    one_backup,
    status,
    usable,
    watch,
)
from domain.continuity._check import violations
from domain.continuity._contradictions import Contradictions, contradictions_in
from domain.continuity._counterparts import Tables
from domain.continuity._decisions import Decision, Fate, decide
from domain.continuity._drill import Compared, DrillReport, drill, drill_if_due, read_drill
from domain.continuity._entity import (
    BINARY,
    DOUBLE,
    GUID,
    INT64,
    TIME,
    Column,
    Entity,
    entity_of,
    line_of,
    order_of,
    row_of,
)
from domain.continuity._epoch import (
    Epoch,
    begin_epoch,
    claim_epoch,
    leave_gap_in_ids,
    note_sync,
    read_epoch,
    read_sync,
)
from domain.continuity._invariants import Rule, Violation, broken_in_file, plain_file
from domain.continuity._journal import Tally
from domain.continuity._manifest import FILES, TABLE, Manifest, Part, Series, suspects_in
from domain.continuity._mending import Kind, Mended, mend_all
from domain.continuity._ports import Engine, Entities, Place, Put, Target
from domain.continuity._progress import Progress
from domain.continuity._putback import PutBack, check_reason, put_back_as_of, put_back_from
from domain.continuity._putback_customer import put_back_customer
from domain.continuity._putback_person import put_back_person
from domain.continuity._restore import Restored, restore
from domain.continuity._restore_rows import Wanted
from domain.continuity._retention import Policy, Pruned, Verdict, prune, verdicts
from domain.continuity._slots import RunRow, State, due_slot, extra_slot, read_run
from domain.continuity._standing import Mode, Standing
from domain.continuity._timelines import HEADS, Verified, verified_timelines
from domain.continuity._verify import Depth, Report, verify_backup

__all__ = [
    "ALERT_AFTER",
    "BINARY",
    "DOUBLE",
    "FILES",
    "GUID",
    "HEADS",
    "INT64",
    "SERIES",
    "TABLE",
    "TIME",
    "Alarm",
    "Backup",
    "Column",
    "Compared",
    "Condition",
    "Contradictions",
    "Decision",
    "Depth",
    "DrillReport",
    "Engine",
    "Entities",
    "Entity",
    "Epoch",
    "Fate",
    "Kind",
    "Manifest",
    "Mended",
    "Mode",
    "Outcome",
    "Part",
    "Place",
    "Policy",
    "Progress",
    "Pruned",
    "Put",
    "PutBack",
    "Report",
    "Restored",
    "Rule",
    "RunRow",
    "Series",
    "Standing",
    "State",
    "Status",
    "Tables",
    "Tally",
    "Target",
    "Verdict",
    "Verified",
    "Violation",
    "Wanted",
    "back_up",
    "back_up_if_due",
    "backups",
    "begin_epoch",
    "broken_in_file",
    "check_reason",
    "claim_epoch",
    "contradictions_in",
    "decide",
    "drill",
    "drill_if_due",
    "due_slot",
    "entity_of",
    "extra_slot",
    "leave_gap_in_ids",
    "line_of",
    "mend_all",
    "mend_copy",
    "newest_verified",
    "note_sync",
    "one_backup",
    "order_of",
    "plain_file",
    "prune",
    "put_back_as_of",
    "put_back_customer",
    "put_back_from",
    "put_back_person",
    "read_drill",
    "read_epoch",
    "read_run",
    "read_sync",
    "restore",
    "row_of",
    "status",
    "suspects_in",
    "usable",
    "verdicts",
    "verified_timelines",
    "verify_backup",
    "violations",
    "watch",
]
