"""Making the commission of a won lead. Approving and paying it are later use cases."""

from __future__ import annotations

from domain.commissions._model import Commission, CommissionStatus, plain
from domain.commissions._rows import commission_write
from domain.commissions.errors import LeadUnassigned
from domain.leads import Lead
from domain.quotations import Quotation
from domain.store import Write
from domain.timeline import Act, Note, changes_between
from domain.values import id_within


def commission_for(*, lead: Lead, accepted: Quotation, act: Act) -> tuple[Commission, Write, Note]:
    """The commission that winning this lead creates, its row and its entry: the accepted quotation's dealer
    add-on total, for the CP that owns the lead now (domain.md "Commission"). Raises LeadUnassigned."""
    if lead.assigned_to is None:
        raise LeadUnassigned("Assign the lead to a channel partner before finalizing it to Won.")
    commission = Commission(
        id=id_within(lead.id, "COMM", lead.commission_count + 1),
        lead_id=lead.id,
        quotation_id=accepted.id,
        partner_id=lead.assigned_to,
        partner_name=lead.assigned_name or lead.assigned_to,
        amount=accepted.add_on_total,
        status=CommissionStatus.PENDING,
        created_at=act.at,
        version=lead.version + 1,
    )
    note = Note(
        "CommissionCreated",
        f"Commission {commission.id} of ₹{commission.amount.in_rupees} for {commission.partner_name}",
        changes=changes_between({}, plain(commission), part=commission.id),
    )
    return commission, commission_write(commission, None), note
