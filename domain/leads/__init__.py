"""Leads: their fields, statuses and moves, and the one way in which a lead's partition is read and changed."""

from domain.leads._assignment import reassign_lead
from domain.leads._customer_link import leave_customer, move_lead
from domain.leads._customers import CustomerSeen, customer_by_phone, customer_of_actor, edit_customer
from domain.leads._file import Changed, Decision, LeadFile, change_lead, own_file, proof_write
from domain.leads._model import ORDINARY, Lead, Origin, follow_up_range, may_see, plain, tomorrow
from domain.leads._moves import StatusChange, check_move, check_override, move_notes, moved
from domain.leads._operations import NewLead, edit_lead, register_lead, reserve_lead_id, store_lead
from domain.leads._queries import entries_between, lead_of_actor, timeline_of
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
from domain.leads._views import PENDING, VIEWS, listed, rebuild, shows_a_lead, view_rows
from domain.leads.errors import LeadInvalid, LeadNotFound
from domain.timeline import VersionRequired, VersionStale, honour_if_match, require_version

__all__ = [
    "ACCEPTABLE_FROM",
    "ACCEPTED_OR_LATER",
    "LEAD_ROW",
    "MOVES",
    "ORDINARY",
    "PENDING",
    "TABLE",
    "TERMINAL",
    "VIEWS",
    "WON_OR_LATER",
    "Changed",
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
    "VersionRequired",
    "VersionStale",
    "change_lead",
    "check_move",
    "check_override",
    "customer_by_phone",
    "customer_of_actor",
    "edit_customer",
    "edit_lead",
    "entries_between",
    "follow_up_range",
    "honour_if_match",
    "lead_from_row",
    "lead_of_actor",
    "lead_to_values",
    "leave_customer",
    "listed",
    "may_see",
    "move_lead",
    "move_notes",
    "moved",
    "own_file",
    "plain",
    "proof_write",
    "reassign_lead",
    "rebuild",
    "register_lead",
    "require_version",
    "reserve_lead_id",
    "shows_a_lead",
    "store_lead",
    "sweep",
    "timeline_of",
    "tomorrow",
    "view_rows",
]
