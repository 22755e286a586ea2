"""What the exceptions do, what they refuse, and that the way back leads back."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from domain import customers, leads
from domain.customer_exceptions import AlreadyReachable, CustomerMerged, CustomerNotMerged, PhoneHeld, PhoneNotHeld
from domain.customers import CustomerInvalid, CustomerNotFound
from domain.timeline import Act, VersionRequired, VersionStale
from domain.values import Actor, Role
from tests.domain.customer_exceptions.setting import ADMIN, PARTNER, REASON, World, gathered, number

A, B, C = number(1), number(2), number(3)


@pytest.fixture
def world() -> World:
    return World()


def actions(world: World, customer_id: str) -> list[str]:
    customer = world.run(customers.customer_by_id(store=world.store, customer_id=customer_id))
    assert customer
    return [e.action for _, e in world.run(customers.timeline_of(store=world.store, customer=customer))]


class TestChangePhone:
    def test_frees_the_old_number_and_keeps_the_customer(self, world: World) -> None:
        file = world.run(world.lead(A))
        customer_id = file.lead.customer_id
        world.run(world.change_phone(customer_id, B))
        assert world.run(world.sign_in(B)).id == customer_id
        assert world.run(world.sign_in(A)).id != customer_id
        assert world.run(world.lead(B)).lead.customer_id == customer_id
        world.run(world.check_settled())

    def test_is_on_the_timelines_with_its_reason(self, world: World) -> None:
        file = world.run(world.lead(A))
        customer_id = file.lead.customer_id
        world.run(world.change_phone(customer_id, B))
        customer = world.run(world.customer(customer_id))
        _, newest = world.run(customers.timeline_of(store=world.store, customer=customer))[-1]
        assert (newest.action, newest.actor, newest.reason) == ("PhoneChanged", ADMIN, REASON)
        assert [(c.before, c.after) for c in newest.changes] == [(A.e164, B.e164)]
        entries = world.run(leads.timeline_of(store=world.store, lead_id=file.lead.id, actor=ADMIN))
        assert (entries[-1].action, entries[-1].actor, entries[-1].reason) == ("PhoneChanged", ADMIN, REASON)

    def test_leaves_a_contact_that_is_the_leads_own_alone(self, world: World) -> None:
        file = world.run(world.lead(A))
        customer_id = file.lead.customer_id
        world.run(world.merge(customer_id, world.run(world.lead(C)).lead.customer_id))
        world.run(world.change_phone(customer_id, B))

        async def phones() -> set[str]:
            own = (await world.leads_by_customer())[customer_id]
            files = [await leads.lead_of_actor(store=world.store, lead_id=i, actor=ADMIN) for i in own]
            return {f.lead.phone.e164 for f in files}

        assert world.run(phones()) == {B.e164, C.e164}

    def test_back_is_another_change(self, world: World) -> None:
        customer_id = world.run(world.lead(A)).lead.customer_id
        world.run(world.change_phone(customer_id, B))
        world.run(world.change_phone(customer_id, A))
        assert world.run(world.sign_in(A)).id == customer_id
        assert actions(world, customer_id) == ["CustomerCreated", "PhoneChanged", "PhoneChanged"]
        world.run(world.check_settled())

    def test_refuses_somebody_elses_number(self, world: World) -> None:
        mine, theirs = (world.run(world.lead(p)).lead.customer_id for p in (A, B))
        with pytest.raises(PhoneHeld) as refused:
            world.run(world.change_phone(mine, B))
        assert refused.value.details == {"customerId": theirs}
        assert world.run(world.sign_in(A)).id == mine and actions(world, mine) == ["CustomerCreated"]
        world.run(world.check_settled())

    @pytest.mark.parametrize(("version", "refusal"), [(None, VersionRequired), (7, VersionStale)])
    def test_is_critical(self, world: World, version: int | None, refusal: type[Exception]) -> None:
        customer_id = world.run(world.lead(A)).lead.customer_id
        before = dict(world.store._tables["customers"])
        with pytest.raises(refusal):
            world.run(world.change_phone(customer_id, B, world.act(version=version)))
        assert world.store._tables["customers"] == before and len(world.store._tables["phones"]) == 1

    @pytest.mark.parametrize("n", [2, 5])
    def test_in_parallel_is_done_once(self, world: World, n: int) -> None:
        customer_id = world.run(world.lead(A)).lead.customer_id

        async def all_at_once() -> list[object]:
            act = await world.critical(customer_id)
            return await gathered(*(world.change_phone(customer_id, number(10 + i), act) for i in range(n)))

        answers = world.run(all_at_once())
        assert [a for a in answers if a == customer_id] == [customer_id]
        world.run(world.sweep())
        world.run(world.check_settled())

    @pytest.mark.parametrize("yields", range(0, 60, 2))
    def test_the_same_change_twice_at_once_is_done_once(self, world: World, yields: int) -> None:
        """The one that is refused must not take the other's claim back with it."""
        customer_id = world.run(world.lead(A)).lead.customer_id

        async def both() -> list[object]:
            act = await world.critical(customer_id)

            async def later() -> str:
                for _ in range(yields):
                    await asyncio.sleep(0)
                return await world.change_phone(customer_id, B, act)

            return await gathered(world.change_phone(customer_id, B, act), later())

        assert customer_id in world.run(both())
        world.run(world.sweep())
        world.run(world.check_settled())
        assert world.run(world.sign_in(B)).id == customer_id

    def test_two_customers_never_get_the_same_number(self, world: World) -> None:
        mine, theirs = (world.run(world.lead(p)).lead.customer_id for p in (A, B))

        async def both() -> list[object]:
            return await gathered(world.change_phone(mine, C), world.change_phone(theirs, C))

        answers = world.run(both())
        assert len({mine, theirs} & {a for a in answers if isinstance(a, str)}) <= 1
        world.run(world.sweep())
        world.run(world.check_settled())

    def test_needs_a_reason_of_ten_characters(self, world: World) -> None:
        from domain import customer_exceptions as exceptions

        customer_id = world.run(world.lead(A)).lead.customer_id
        with pytest.raises(CustomerInvalid) as refused:
            world.run(
                exceptions.change_phone(
                    ports=world.ports,
                    live=world.live,
                    job_id="JOB-1",
                    customer_id=customer_id,
                    new_phone=B,
                    reason="  123456789 ",
                    act=world.act(version=1),
                )
            )
        assert [f.field for f in refused.value.faults] == ["reason"]


class TestMerge:
    def test_moves_every_lead_and_keeps_both_timelines(self, world: World) -> None:
        survivor, loser = (world.run(world.lead(p)).lead.customer_id for p in (A, B))
        world.run(world.merge(survivor, loser))
        assert set(world.run(world.leads_by_customer())) == {survivor}
        assert world.run(customers.customer_by_id(store=world.store, customer_id=loser)).id == survivor
        said = ["CustomerCreated", "CustomerCreated", "CustomersMerged", "MergedInto"]
        assert sorted(actions(world, loser)) == sorted(actions(world, survivor)) == said

    def test_the_losers_phone_is_the_survivors_from_then_on(self, world: World) -> None:
        survivor, loser = (world.run(world.lead(p)).lead.customer_id for p in (A, B))
        world.run(world.merge(survivor, loser))
        assert world.run(world.sign_in(B)).id == survivor
        assert world.run(world.lead(B)).lead.customer_id == survivor
        with pytest.raises(PhoneHeld):
            world.run(world.change_phone(survivor, B))
        world.run(world.check_settled())

    def test_editing_the_survivor_works_by_either_id(self, world: World) -> None:
        survivor, loser = (world.run(world.lead(p)).lead.customer_id for p in (A, B))
        world.run(world.merge(survivor, loser))
        for customer_id, city in ((survivor, "Surat"), (loser, "Pune")):
            seen = world.run(
                leads.edit_customer(
                    ports=world.ports, customer_id=customer_id, edits={"city": city}, act=world.act()
                )
            )
            assert (seen.customer.id, seen.customer.profile.city) == (survivor, city)

    def test_gives_the_survivor_what_it_lacks(self, world: World) -> None:
        survivor = world.run(world.sign_in(A)).id
        loser = world.run(world.lead(B)).lead.customer_id
        world.run(world.merge(survivor, loser))
        assert world.run(world.customer(survivor)).profile.name == "Kavita"

    def test_of_merges_leads_to_the_last(self, world: World) -> None:
        a, b, c = (world.run(world.lead(p)).lead.customer_id for p in (A, B, C))
        world.run(world.merge(b, a))
        world.run(world.merge(c, b))
        assert {world.run(world.sign_in(p)).id for p in (A, B, C)} == {c}
        assert {world.run(world.lead(p)).lead.customer_id for p in (A, B, C)} == {c}
        assert set(world.run(customers.records_of(store=world.store, customer=world.run(world.customer(c))))) == {
            a,
            b,
            c,
        }
        with pytest.raises(CustomerMerged):
            world.run(world.unmerge(a))
        world.run(world.unmerge(b))
        assert world.run(world.sign_in(A)).id == b
        world.run(world.unmerge(a))
        assert [world.run(world.sign_in(p)).id for p in (A, B, C)] == [a, b, c]
        world.run(world.check_settled())

    def test_taken_back_restores_the_record_with_its_leads_and_phone(self, world: World) -> None:
        mine, theirs = world.run(world.lead(A)), world.run(world.lead(B))
        survivor, loser = mine.lead.customer_id, theirs.lead.customer_id
        world.run(world.merge(survivor, loser))
        later, own = world.run(world.lead(B)), world.run(world.lead(A))
        world.run(world.unmerge(loser))
        assert world.run(world.leads_by_customer()) == {
            survivor: {mine.lead.id, own.lead.id},
            loser: {theirs.lead.id, later.lead.id},
        }
        assert [world.run(world.sign_in(p)).id for p in (A, B)] == [survivor, loser]
        world.run(world.check_settled())

    def test_can_be_made_again_after_it_was_taken_back(self, world: World) -> None:
        survivor, loser = (world.run(world.lead(p)).lead.customer_id for p in (A, B))
        for _ in range(2):
            world.run(world.merge(survivor, loser))
            world.run(world.check_settled())
            world.run(world.unmerge(loser))
            world.run(world.check_settled())

    def test_both_ways_at_once_is_one_of_them_or_none(self, world: World) -> None:
        a, b = (world.run(world.lead(p)).lead.customer_id for p in (A, B))

        async def both() -> list[object]:
            return await gathered(world.merge(a, b), world.merge(b, a))

        world.run(both())
        world.run(world.sweep())
        world.run(world.check_settled())

    @pytest.mark.parametrize("yields", range(0, 40, 3))
    def test_a_lead_registered_meanwhile_ends_with_the_survivor(self, world: World, yields: int) -> None:
        survivor, loser = (world.run(world.lead(p)).lead.customer_id for p in (A, B))

        async def later() -> object:
            for _ in range(yields):
                await asyncio.sleep(0)
            return await world.lead(B)

        async def both() -> list[object]:
            return await gathered(world.merge(survivor, loser), later())

        world.run(both())
        world.run(world.sweep())
        world.run(world.check_settled())
        assert set(world.run(world.leads_by_customer())) == {survivor}

    def test_refuses_what_cannot_be(self, world: World) -> None:
        a, b, c = (world.run(world.lead(p)).lead.customer_id for p in (A, B, C))
        with pytest.raises(CustomerInvalid):
            world.run(world.merge(a, a))
        with pytest.raises(CustomerInvalid):
            world.run(world.merge(a, "CUST-99999"))
        with pytest.raises(CustomerNotFound):
            world.run(world.merge("CUST-99999", a, world.act(version=1)))
        with pytest.raises(CustomerNotMerged):
            world.run(world.unmerge(b))
        world.run(world.merge(a, b))
        with pytest.raises(CustomerMerged) as refused:
            world.run(world.merge(b, c))
        assert refused.value.details == {"survivor": a}
        world.run(world.check_settled())


class TestShare:
    def test_with_a_new_person_makes_one_who_is_reachable_and_has_no_login(self, world: World) -> None:
        holder = world.run(world.lead(A)).lead.customer_id
        world.run(world.share(holder, name="Mohan"))
        [other_id] = world.run(world.customer(holder)).shared_with
        other = world.run(world.customer(other_id))
        assert (other.profile.name, other.phone, other.contact, other.reachable_through) == (
            "Mohan",
            None,
            A,
            holder,
        )
        assert world.run(world.sign_in(A)).id == holder
        assert world.run(world.lead(A)).lead.customer_id == holder
        assert "PhoneShared" in actions(world, holder)
        world.run(world.check_settled())

    def test_from_the_other_side_is_the_same(self, world: World) -> None:
        holder, other = (world.run(world.lead(p)).lead.customer_id for p in (A, B))
        world.run(world.share(other, phone=A))
        assert world.run(world.customer(other)).reachable_at == A
        assert world.run(world.customer(holder)).shared_with == (other,)
        assert [world.run(world.sign_in(p)).id for p in (A, B)] == [holder, other]
        assert "PhoneShared" in actions(world, holder) and "PhoneShared" in actions(world, other)

    def test_ended_leaves_both_as_they_were(self, world: World) -> None:
        holder, other = (world.run(world.lead(p)).lead.customer_id for p in (A, B))
        world.run(world.share(holder, other_id=other))
        world.run(world.unshare(other))
        assert world.run(world.customer(other)).reachable_at is None
        assert world.run(world.customer(holder)).shared_with == ()
        world.run(world.check_settled())

    def test_who_had_no_number_may_get_one(self, world: World) -> None:
        holder = world.run(world.lead(A)).lead.customer_id
        world.run(world.share(holder, name="Mohan"))
        [other] = world.run(world.customer(holder)).shared_with
        world.run(world.change_phone(other, B))
        assert world.run(world.sign_in(B)).id == other and world.run(world.sign_in(A)).id == holder
        world.run(world.check_settled())

    def test_a_person_is_reachable_at_one_other_number_at_most(self, world: World) -> None:
        a, b, c = (world.run(world.lead(p)).lead.customer_id for p in (A, B, C))
        world.run(world.share(a, other_id=c))
        with pytest.raises(AlreadyReachable):
            world.run(world.share(b, other_id=c))
        world.run(world.check_settled())

    def test_refuses_a_number_that_nobody_holds(self, world: World) -> None:
        customer_id = world.run(world.lead(A)).lead.customer_id
        with pytest.raises(PhoneNotHeld):
            world.run(world.share(customer_id, phone=C))
        with pytest.raises(PhoneNotHeld):
            world.run(world.unshare(customer_id))
        with pytest.raises(CustomerInvalid):
            world.run(world.share(customer_id))
        with pytest.raises(CustomerInvalid):
            world.run(world.share(customer_id, other_id=customer_id))


class TestSessions:
    def test_end_with_the_number_and_with_the_merge(self, world: World) -> None:
        from domain.store import Create

        ids = [world.run(world.lead(p)).lead.customer_id for p in (A, B)]

        async def session_of(customer_id: str) -> None:
            writes = [Create("ab" * 16, {"role": str(Role.CUSTOMER)})]
            await world.store.commit(
                table="sessions", partition=customer_id, writes=writes, write_id=world.ids.unique()
            )

        async def sessions() -> set[str]:
            return {row.partition async for row in world.store.scan(table="sessions")}

        for customer_id in ids:
            world.run(session_of(customer_id))
        world.run(world.change_phone(ids[0], C))
        assert world.run(sessions()) == {ids[1]}
        world.run(world.merge(ids[0], ids[1]))
        assert world.run(sessions()) == set()


class TestLeadsPhone:
    def test_goes_to_the_customer_of_the_new_phone_and_changes_no_customer(self, world: World) -> None:
        file, other = world.run(world.lead(A)), world.run(world.lead(B))
        partner = Actor("CP-1001", "Ravi", Role.CP)
        changed = world.run(
            leads.edit_lead(ports=world.ports, lead_id=file.lead.id, edits={"phone": B}, act=world.act(partner))
        )
        assert changed.file.lead.customer_id == other.lead.customer_id
        assert world.run(world.customer(file.lead.customer_id)).phone == A
        links = world.run(customers.links_of(store=world.store, customer_id=file.lead.customer_id))
        assert links == ()
        world.run(world.check_settled())

    @pytest.mark.parametrize("before", [True, False])
    def test_survives_a_kill_at_each_write(self, before: bool) -> None:
        for at in range(1, 20):
            world = World()
            file = world.run(world.lead(A))
            work = leads.edit_lead(ports=world.ports, lead_id=file.lead.id, edits={"phone": B}, act=world.act())
            if not world.killed(work, at=at, before=before):
                break
            world.run(world.sweep())
            world.run(world.check_settled())
        assert at > 4

    def test_stays_when_an_edit_that_was_done_is_repeated_after_another(self, world: World) -> None:
        lead_id = world.run(world.lead(A)).lead.id
        first = replace(world.act(PARTNER), proof="first")

        async def edit(act: Act, **edits: object) -> leads.Changed:
            return await leads.edit_lead(ports=world.ports, lead_id=lead_id, edits=edits, act=act)

        world.run(edit(first, phone=B))
        world.run(edit(world.act(), phone=C))
        before = world.run(told(world))
        world.clock.advance(hours=23)
        again = world.run(edit(first, phone=B))
        assert again.file.lead.phone == C
        assert world.run(told(world)) == before
        world.run(world.check_settled())


async def told(world: World) -> tuple[object, object]:
    """Whose the leads are, and all timelines."""
    rows = [r.key async for r in world.store.scan(table=customers.TABLE) if r.key != "busy"]
    return await world.leads_by_customer(), rows
