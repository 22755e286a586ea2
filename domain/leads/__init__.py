"""Leads: their fields, statuses and moves, and the one way in which a lead's partition is read and changed."""

from domain.leads._assignment import reassign_lead
from domain.leads._change import change_lead
from domain.leads._customer_link import leave_customer, move_lead
from domain.leads._customers import CustomerSeen, customer_by_phone, customer_of_actor, edit_customer
from domain.leads._file import Changed, Decision, LeadFile, own_file, proof_write, read_file
from domain.leads._model import ORDINARY, Lead, Origin, follow_up_range, may_see, plain, tomorrow
from domain.leads._moves import StatusChange, check_move, check_override, move_notes, moved
from domain.leads._operations import NewLead, edit_lead, register_lead, reserve_lead_id, show_lead, store_lead
from domain.leads._queries import entries_between, lead_of_actor, timeline_of
from domain.leads._reminders import remind_follow_ups
from domain.leads._rows import LEAD_ROW, TABLE, lead_from_row, lead_to_values
from domain.leads._status import (
    ACCEPTABLE_FROM,
    ACCEPTED_OR_LATER,
    MOVES,
    TERMINAL,
    WON_OR_LATER,
    LeadStatus,
)
from domain.leads._sweep import sweep
from domain.leads._views import (
    FEED_KEPT,
    PENDING,
    SHARDS,
    VIEWS,
    Changes,
    Summary,
    changes_between_keys,
    feed_key,
    lead_in,
    of_partner,
    rebuild,
    rebuild_all,
    shard_of,
    shows_a_lead,
    summaries,
    summary_of,
    trim,
    view_rows,
)
from domain.leads.errors import LeadInvalid, LeadNotFound, lead_not_found
from domain.timeline import VersionRequired, VersionStale, honour_if_match, require_version

__all__ = [
    "ACCEPTABLE_FROM",
    "ACCEPTED_OR_LATER",
    "FEED_KEPT",
    "LEAD_ROW",
    "MOVES",
    "ORDINARY",
    "PENDING",
    "SHARDS",
    "TABLE",
    "TERMINAL",
    "VIEWS",
    "WON_OR_LATER",
    "Changed",
    "Changes",
    "CustomerSeen",
    "Decision",
    "Lead",
    "LeadFile",
    "LeadInvalid",
    "LeadNotFound",
    "LeadStatus",
    "NewLead",
    "Origin",
    "StatusChange",
    "Summary",
    "VersionRequired",
    "VersionStale",
    "change_lead",
    "changes_between_keys",
    "check_move",
    "check_override",
    "customer_by_phone",
    "customer_of_actor",
    "edit_customer",
    "edit_lead",
    "entries_between",
    "feed_key",
    "follow_up_range",
    "honour_if_match",
    "lead_from_row",
    "lead_in",
    "lead_not_found",
    "lead_of_actor",
    "lead_to_values",
    "leave_customer",
    "may_see",
    "move_lead",
    "move_notes",
    "moved",
    "of_partner",
    "own_file",
    "plain",
    "proof_write",
    "read_file",
    "reassign_lead",
    "rebuild",
    "rebuild_all",
    "register_lead",
    "remind_follow_ups",
    "require_version",
    "reserve_lead_id",
    "shard_of",
    "show_lead",
    "shows_a_lead",
    "store_lead",
    "summaries",
    "summary_of",
    "sweep",
    "timeline_of",
    "tomorrow",
    "trim",
    "view_rows",
]
