"""What holds at every moment between the rows of a lead: the invariants that tests and `check_data` share. Pure.

What holds between tables is in `_counterparts`; how rows are streamed and compared is in `_check`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from domain import commissions, leads, pricing, quotations
from domain.continuity._timelines import UNREADABLE, Partition
from domain.leads import ACCEPTED_OR_LATER, LEAD_ROW, WON_OR_LATER, LeadFile
from domain.timeline import Plain
from domain.values import ZERO


class Rule(StrEnum):
    """The invariants, by the words in which the command names them."""

    READABLE = "each row can be read, and each lead has its row"
    TIMELINE = "each timeline is complete and unchanged"
    FOLDS = "a timeline folds to the rows of its lead, and that of the master data to its items"
    ONE_ACCEPTED = "at most one quotation of a lead is Accepted"
    ACCEPTANCE = "a quotation is Accepted exactly if its lead is Customer Accepted or later"
    COMMISSION = "a lead has one live commission exactly if it is Won or later"
    CLAWBACK = "each clawed-back commission has its clawback, and nothing else has one"
    PHONE = "a customer's phone is claimed by that customer"
    VIEWS = "views say what the leads say"
    UTR = "a UTR pays one commission, and is claimed by it"
    LINK = "a lead's customer has a link to it"
    EXPIRY = "a quotation that may expire is in the index by which the timer finds it"
    UPLOAD = "an upload that is awaited has the marker by which the sweep finds it"
    SIGN_IN = "what a person signs in with is claimed by that person"
    IMPORT = "each lead that an import has stored is there"


@dataclass(frozen=True, order=True)
class Violation:
    """A rule that doesn't hold, for whom, and how. Names fields but no values: those may be personal data. `table`
    is the one that should say something and doesn't, where two are compared."""

    rule: Rule
    ids: tuple[str, ...]
    text: str
    table: str = field(default="", compare=False)


def broken_in_file(file: LeadFile) -> list[Violation]:
    """The rules between a lead, its quotations, its commissions and their clawbacks."""
    lead = file.lead
    accepted = [q.id for q in quotations.quotations_in(file) if q.status is quotations.QuotationStatus.ACCEPTED]
    earned = commissions.commissions_in(file)
    live = [c.id for c in earned if c.is_live]
    found = []
    if len(accepted) > 1:
        found.append(Violation(Rule.ONE_ACCEPTED, (lead.id, *accepted), f"{len(accepted)} are Accepted"))
    if bool(accepted) != (lead.status in ACCEPTED_OR_LATER):
        text = f"the lead is {lead.status}, and {len(accepted)} quotations are Accepted"
        found.append(Violation(Rule.ACCEPTANCE, (lead.id, *accepted), text))
    if len(live) != (lead.status in WON_OR_LATER):
        text = f"the lead is {lead.status}, and {len(live)} commissions are live"
        found.append(Violation(Rule.COMMISSION, (lead.id, *live), text))
    due = {(commissions.clawback_id(c.id), ZERO - c.owed) for c in earned if c.is_clawed_back}
    made = {(c.id, c.amount) for c in commissions.clawbacks_in(file)}
    found += [
        Violation(Rule.CLAWBACK, (lead.id, name), "it has no match of the same amount")
        for name, _ in sorted(due ^ made, key=lambda pair: pair[0])
    ]
    return found


def plain_file(file: LeadFile) -> dict[str, Plain]:
    """The fields of a lead and of its parts as their timeline records them, without empty ones."""
    parts: Iterable[tuple[str, dict[str, Plain]]] = (
        *((q.id, quotations.plain(q)) for q in quotations.quotations_in(file)),
        *((c.id, commissions.plain(c)) for c in commissions.commissions_in(file)),
        *((c.id, commissions.plain_clawback(c)) for c in commissions.clawbacks_in(file)),
    )
    said = dict(leads.plain(file.lead))
    for name, values in parts:
        said |= {f"{name}.{field}": value for field, value in values.items()}
    return {name: value for name, value in said.items() if value is not None}


_PARTS = ("QUOT-", "COMM-", "CLAW-")


def unlike_timeline(file: LeadFile, folded: dict[str, Plain]) -> list[Violation]:
    """The fields in which the rows of a lead differ from what its timeline folds to."""
    told = {name: value for name, value in folded.items() if "." not in name or name.startswith(_PARTS)}
    return _unlike(file.lead.id, plain_file(file), told)


def _unlike(name: str, said: Mapping[str, Plain], folded: Mapping[str, Plain]) -> list[Violation]:
    told = {field: value for field, value in folded.items() if value is not None}
    fields = sorted(field for field in said.keys() | told.keys() if said.get(field) != told.get(field))
    return [Violation(Rule.FOLDS, (name,), "they differ in " + ", ".join(fields))] if fields else []


def broken_in_catalogue(partition: Partition) -> list[Violation]:
    """All rules that concern the master data, once its partition has come by."""
    if partition.broken():
        return [timeline_violation(partition)]
    try:
        return _unlike(partition.id, pricing.plain_rows(partition.rows.values()), partition.folded)
    except UNREADABLE as error:
        return [Violation(Rule.READABLE, (partition.id,), f"a row can't be read ({type(error).__name__})")]


def broken_in_partition(partition: Partition) -> list[Violation]:
    """All rules that concern one lead alone, once its partition has come by."""
    broken = partition.broken()
    found = [timeline_violation(partition)] if broken else []
    try:
        file = file_of(partition)
        if file is None:
            return [*found, Violation(Rule.READABLE, (partition.id,), "there are rows, but not the lead's own")]
        found += broken_in_file(file)
        return found if broken else found + unlike_timeline(file, partition.folded)
    except UNREADABLE as error:
        return [*found, Violation(Rule.READABLE, (partition.id,), f"a row can't be read ({type(error).__name__})")]


def file_of(partition: Partition) -> LeadFile | None:
    """The lead's file, or None if the lead's own row isn't there."""
    if partition.head is None:
        return None
    parts = {key: row for key, row in partition.rows.items() if key != LEAD_ROW}
    return LeadFile(leads.lead_from_row(partition.head), partition.head.etag, parts)


def timeline_violation(partition: Partition) -> Violation:
    """What `broken` says, as a violation."""
    broken = partition.broken()
    text = f"entry {broken.version}.{broken.sequence}: {broken.problem}" if broken else "it is whole"
    return Violation(Rule.TIMELINE, (partition.id,), text)
