"""Demo data, loaded once: the accounts of design.md §5, example master data, leads in several statuses.

Run as `python -m local.demo_data` with the app settings set; never imported by the app. Everything goes
through the domain's own operations, so a demo lead has a timeline like any other.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import function_app as wiring
from adapters.background import all_done
from adapters.schema import create_containers, create_tables, create_vault
from domain import identity, leads, quotations, sales
from domain.identity import EmailAddress
from domain.leads import LeadStatus
from domain.store import Create
from domain.timeline import Act
from domain.values import Actor, PhoneNumber, Role, system
from functions.models.pricing import ConfigurationBody
from local.demo import CONFIGURATION
from local.master_data import load_master_data

ADMIN = Actor("ADMIN-1001", "Asha Admin", Role.ADMIN)
PARTNERS = (
    Actor("CP-1001", "Ravi Solar Partners", Role.CP),
    Actor("CP-1002", "Meera Green Energy", Role.CP),
)
_LEADS = (
    ("Sunita Sharma", "9810000001", "12 Gandhi Marg, Ahmedabad, Gujarat 380001", 0, LeadStatus.NEW),
    ("Imran Khan", "9810000002", "4 Lake Road, Surat, Gujarat 395001", 0, LeadStatus.IN_DISCUSSION),
    ("Lakshmi Iyer", "9810000003", "7 Temple Street, Vadodara, Gujarat 390001", 0, LeadStatus.CUSTOMER_ACCEPTED),
    ("Harpreet Singh", "9810000004", "21 Mall Road, Rajkot, Gujarat 360001", 0, LeadStatus.WON),
    ("Anjali Patil", "9810000005", "3 Hill View, Bhavnagar, Gujarat 364001", 1, LeadStatus.NEW),
)


async def main() -> None:
    """Load what isn't loaded."""
    store = wiring.store
    await create_tables(store)
    await create_containers(wiring.blobs)
    await create_vault(wiring.engine.vault)
    if await store.get(table="counters", partition="demo", key="loaded") is None:
        await load_master_data(store)
        await _people()
        for name, phone, address, owner, status in _LEADS:
            await _lead(name, PhoneNumber.parse(phone), address, PARTNERS[owner], status)
        done = [Create("loaded", {"what": "demo data"})]
        await store.commit(table="counters", partition="demo", writes=done, write_id=wiring.ports.ids.unique())
    await all_done()
    for part in (wiring.tables, wiring.files, wiring.engine.vault):
        await part.close()  # type: ignore[union-attr]  # the ports have no close; these adapters do


def _act(actor: Actor, version: int | None = None) -> Act:
    return Act(actor=actor, at=wiring.clock.now(), write_id=wiring.ports.ids.unique(), version=version)


async def _people() -> None:
    act = _act(system("demo-data"))
    kam, first, second = "KAM-1001", "CP-1001", "CP-1002"
    for role in (Role.ADMIN, Role.KAM, Role.CP):  # so that nobody is given one of the demo ids later
        await identity.reserve_person_id(wiring.ports, role)
    await identity.enroll(
        ports=wiring.ports,
        passwords=wiring.desk.passwords,
        act=act,
        person_id=ADMIN.id,
        name=ADMIN.name,
        role=Role.ADMIN,
        email=EmailAddress.parse("admin@example.com"),
        password="Admin-Demo-1!",
    )
    await identity.enroll(
        ports=wiring.ports,
        passwords=wiring.desk.passwords,
        act=act,
        person_id=kam,
        name="Kabir KAM",
        role=Role.KAM,
        email=EmailAddress.parse("kam@example.com"),
        password="Kam-Demo-1!",
    )
    for person, phone, of in ((first, "9000000001", kam), (second, "9000000002", None)):
        name = next(p.name for p in PARTNERS if p.id == person)
        await identity.enroll(
            ports=wiring.ports,
            passwords=wiring.desk.passwords,
            act=act,
            person_id=person,
            name=name,
            role=Role.CP,
            phone=PhoneNumber.parse(phone),
            kam_id=of,
        )


async def _lead(name: str, phone: PhoneNumber, address: str, owner: Actor, status: LeadStatus) -> None:
    """One lead, moved as far as `status` by the same steps that people take."""
    new = leads.NewLead(
        customer_name=name,
        phone=phone,
        address=address,
        state="Gujarat",
        pin_code=address[-6:],
        services=("Rooftop solar",),
        assigned_to=owner.id,
        assigned_name=owner.name,
    )
    lead_id = await leads.reserve_lead_id(wiring.ports)
    file = await leads.register_lead(ports=wiring.ports, lead_id=lead_id, new=new, act=_act(owner))
    if status is LeadStatus.NEW:
        return
    await _move(lead_id, owner, LeadStatus.IN_DISCUSSION)
    if status is LeadStatus.IN_DISCUSSION:
        return
    offer = await wiring.pricing.offer(ConfigurationBody.model_validate(CONFIGURATION), on=wiring.clock.now())
    _, made = await quotations.create_quotation(
        ports=wiring.ports, press=wiring.press, lead_id=lead_id, offer=offer, act=_act(owner)
    )
    await quotations.share_quotation(ports=wiring.ports, quotation_id=made.id, act=_act(owner))
    customer = Actor(file.lead.customer_id, name, Role.CUSTOMER)
    accepted, _ = await quotations.accept_quotation(ports=wiring.ports, quotation_id=made.id, act=_act(customer))
    if status is LeadStatus.WON:
        await _move(lead_id, owner, LeadStatus.WON, made.id, accepted.lead.version)


async def _move(
    lead_id: str, actor: Actor, status: LeadStatus, quotation: str | None = None, version: int | None = None
) -> None:
    act = _act(actor, version)
    change = leads.StatusChange(
        status=status,
        remarks="Spoke with the customer on the phone",
        follow_up_date=leads.tomorrow(act.at + timedelta(days=2)),
        quotation_ref=quotation,
    )
    await sales.change_status(ports=wiring.ports, lead_id=lead_id, change=change, act=act)


if __name__ == "__main__":
    asyncio.run(main())
