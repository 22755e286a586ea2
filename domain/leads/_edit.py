"""Editing a lead's ordinary fields: what an edit may say, and what it enters on the timeline. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from domain.errors import Fault
from domain.leads._file import Decision, LeadFile
from domain.leads._model import ORDINARY, follow_up_range, plain
from domain.leads._versions import honour_if_match
from domain.leads.errors import LeadInvalid
from domain.timeline import Act, Note, changes_between, overwritten

_REQUIRED = {"customer_name": "customerName", "address": "address", "phone": "phone"}


def check_edits(edits: Mapping[str, Any], act: Act) -> None:
    """Refuse what no lead may hold. Raises LeadInvalid."""
    faults = [Fault(_REQUIRED[n], "This can't be empty.") for n in _REQUIRED if n in edits and not edits[n]]
    if faults:
        raise LeadInvalid(faults=faults)
    if "follow_up_date" in edits:
        check_follow_up(edits["follow_up_date"], act)


def check_follow_up(on: date | None, act: Act) -> None:
    """Today … today + 30 days in India (domain.md). Raises LeadInvalid."""
    first, last = follow_up_range(act.at)
    if on is not None and not first <= on <= last:
        message = f"The follow-up date must be from {first} to {last} (India)."
        raise LeadInvalid(faults=[Fault("followUpDate", message)])


def edited(file: LeadFile, edits: Mapping[str, Any], act: Act) -> Decision | None:
    """The lead with these fields set, or None if all of them have these values already.

    A value that somebody else had set and this changes is entered as overwritten (mission.md §1).
    Raises LeadInvalid; VersionStale if the client made its version a condition.
    """
    check_edits(edits, act)
    after = replace(file.lead, **edits)
    changes = changes_between(plain(file.lead), plain(after))
    current = {**plain(file.lead), "version": file.lead.version}
    wanted = {c.field: c.after for c in changes}
    honour_if_match(act=act, version=file.lead.version, current=current, yours=wanted)
    if not changes:
        return None
    lost = overwritten([c for c in changes if c.field in ORDINARY], file.lead.provenance, act)
    told = {note.changes[0].field for note in lost}
    own = [c for c in changes if c.field not in told]
    note = Note("LeadEdited", f"{act.actor.name} edited the lead", changes=own)
    return Decision(after, (note, *lost) if own else lost)
