"""The kinds of life that a lead has, as the product's own use cases play them, and how often each occurs."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from domain import leads, quotations
from domain.leads import LeadStatus
from tests.bench.generate._scene import ADMIN, ANOTHER, KAM, LEAD, ONE, TWO, Scene

_S = LeadStatus
LATELY, THIS_QUARTER, EVER = 18, 80, 520
"""Days since a story's end, at most. What is open for long would be for timers to look after: a shared quotation is
valid for 30 days. Prices of the example data begin in April 2025."""


async def new(s: Scene) -> None:
    """Just registered."""
    await s.arrived(by=s.rng.choice((ONE, ONE, KAM, ADMIN)))


async def discussed(s: Scene) -> None:
    """Spoken with, some of them often."""
    lead_id = await s.arrived()
    await s.talked(lead_id, _S.IN_DISCUSSION)
    await s.remarked(lead_id, by=ONE, times=s.rng.randrange(6))
    await s.documented(lead_id, s.rng.choice((0, 0, 1)))


async def visited(s: Scene) -> None:
    """A meeting is agreed."""
    await discussed(s)
    await s.talked(LEAD, _S.MEETING)


async def silent(s: Scene) -> None:
    """Doesn't answer."""
    lead_id = await s.arrived()
    await s.talked(lead_id, _S.NOT_RESPONDING)


async def declined(s: Scene) -> None:
    """Not interested, some after a visit."""
    await s.rng.choice((discussed, visited))(s)
    s.later(days=5)
    await s.move(LEAD, _S.NOT_INTERESTED, by=ONE)


async def elsewhere(s: Scene) -> None:
    """In somebody else's territory."""
    lead_id = await s.arrived(by=KAM)
    await s.move(lead_id, _S.OTHER_TERRITORY, by=ONE)


async def quoted(s: Scene) -> None:
    """Has offers to think about."""
    await discussed(s)
    await s.offered(LEAD, s.rng.randrange(1, 4))


async def quoted_often(s: Scene) -> None:
    """Has seven."""
    await discussed(s)
    await s.offered(LEAD, 7)


async def drafted(s: Scene) -> None:
    """Has one that isn't shared."""
    lead_id = await s.arrived()
    await s.offered(lead_id, 1, by=KAM, share=False)


async def expired(s: Scene) -> None:
    """Thought about them for too long."""
    await quoted(s)
    s.clock.advance(days=33)
    await s.settle()  # the index by which the timer finds them is written after the answer
    await quotations.expire_quotations(ports=s.ports)
    await s.move(LEAD, _S.NOT_INTERESTED, by=ONE)


async def refused(s: Scene) -> None:
    """Said no to all of them."""
    lead_id = await s.arrived()
    for quotation_id in await s.offered(lead_id, s.rng.randrange(1, 3)):
        await s.refused(quotation_id)
    await s.move(lead_id, _S.NOT_INTERESTED, by=ONE)


async def accepted(s: Scene) -> None:
    """Said yes to one; the others are rejected by that."""
    lead_id = await s.arrived()
    await s.talked(lead_id, _S.IN_DISCUSSION)
    await s.accepted(s.rng.choice(await s.offered(lead_id, s.rng.choice((1, 1, 2, 3)))))


async def won(s: Scene) -> None:
    """Verified by its partner."""
    await accepted(s)
    await _won(s)


async def _won(s: Scene) -> None:
    said_yes = next(q for q in await s.quotations(LEAD) if q.accepted_at)
    await s.documented(LEAD, s.rng.randrange(3))
    s.later(days=3)
    await s.move(LEAD, _S.WON, by=s.rng.choice((ONE, ADMIN)), quotation_ref=said_yes.id)


async def being_built(s: Scene) -> None:
    """On its way through the works."""
    await won(s)
    s.later(days=4)
    await s.move(LEAD, _S.PENDING)
    if s.rng.random() < 0.6:
        await _under_execution(s)


async def _under_execution(s: Scene) -> None:
    s.later(days=6)
    await s.move(LEAD, _S.UNDER_EXECUTION, token_number=f"TKN-{s.rng.randrange(1_000, 9_999)}")


async def executed(s: Scene) -> None:
    """On the roof; the commission waits."""
    await won(s)
    await _executed(s)


async def _executed(s: Scene) -> None:
    await s.move(LEAD, _S.PENDING)
    await _under_execution(s)
    s.later(days=20)
    await s.move(LEAD, _S.EXECUTED)


async def approved(s: Scene) -> None:
    """The commission is approved."""
    await executed(s)
    await _approved(s)


async def _approved(s: Scene) -> None:
    s.later(days=5)
    await s.approve(LEAD)


async def paid(s: Scene) -> None:
    """And paid."""
    await executed(s)
    await _paid(s)


async def _paid(s: Scene) -> None:
    await _approved(s)
    s.later(days=5)
    await s.paid_out(LEAD)


async def paid_of_seven(s: Scene) -> None:
    """After seven quotations, of which the fifth it was."""
    await s.arrived()
    await s.accepted((await s.offered(LEAD, 7))[4])
    await _won(s)
    await _executed(s)
    await _paid(s)


async def reassigned(s: Scene) -> None:
    """Given to its partner by another; one that is won leaves the commission behind."""
    lead_id = await s.arrived(to=TWO)
    await s.talked(lead_id, _S.IN_DISCUSSION, by=TWO)
    if s.rng.random() < 0.5:
        await s.accepted((await s.offered(lead_id, 1, by=TWO))[0])
        await s.move(lead_id, _S.WON, quotation_ref=(await s.quotations(lead_id))[0].id)
    version = (await s.file(lead_id)).lead.version
    await leads.reassign_lead(
        ports=s.ports,
        lead_id=lead_id,
        partner_id=ONE.id,
        reason="Nearer to the customer",
        act=s.act(ADMIN, version),
    )


async def endless(s: Scene) -> None:
    """Two hundred entries and more."""
    lead_id = await s.arrived()
    await s.remarked(lead_id, by=ONE, times=200)


async def forced_back(s: Scene) -> None:
    """Won by mistake: the commission is voided, or clawed back where it was paid."""
    await s.rng.choice((won, approved, paid))(s)
    s.later(days=5)
    await s.force(LEAD, _S.IN_DISCUSSION)


async def returned(s: Scene) -> None:
    """A customer who is content comes back, to another partner."""
    await paid(s)
    s.later(days=20)
    await s.arrived(number=1, to=TWO)
    await s.talked(ANOTHER, _S.IN_DISCUSSION, by=TWO)


async def asked_for(s: Scene) -> None:
    """By somebody who has found the app, and has no partner yet."""
    await s.arrived(to=None)


@dataclass(frozen=True)
class Kind:
    """Of a hundred leads, so many; they ended at most so many days ago. `variants` is how often it is played."""

    play: Callable[[Scene], Awaitable[None]]
    weight: int
    days: int
    variants: int = 4


KINDS = (
    Kind(new, 8, LATELY),
    Kind(discussed, 10, THIS_QUARTER),
    Kind(visited, 5, THIS_QUARTER),
    Kind(silent, 8, EVER),
    Kind(declined, 16, EVER),
    Kind(elsewhere, 4, EVER, 2),
    Kind(quoted, 7, LATELY),
    Kind(quoted_often, 2, LATELY, 2),
    Kind(drafted, 1, LATELY, 2),
    Kind(expired, 6, EVER),
    Kind(refused, 3, EVER),
    Kind(accepted, 3, THIS_QUARTER),
    Kind(won, 3, THIS_QUARTER),
    Kind(being_built, 4, THIS_QUARTER),
    Kind(executed, 2, THIS_QUARTER),
    Kind(approved, 2, THIS_QUARTER),
    Kind(paid, 6, EVER),
    Kind(paid_of_seven, 1, EVER, 2),
    Kind(reassigned, 3, EVER),
    Kind(endless, 1, EVER, 1),
    Kind(forced_back, 1, THIS_QUARTER, 6),
    Kind(returned, 3, EVER, 2),
    Kind(asked_for, 1, LATELY, 1),
)


async def played(kind: Kind, seed: str) -> Scene:
    """The kind of story, as chance has it with this seed."""
    scene = Scene(rng=random.Random(seed))
    await scene.opened()
    await kind.play(scene)
    await scene.settle()
    return scene
