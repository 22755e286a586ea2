"""Random sequences of all operations by all people beside a small model of domain.md "Quotation": each is
carried out or refused as the model says, and never is more than one quotation accepted."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from domain.errors import DomainError
from domain.quotations import Edit
from domain.values import Actor, Money, Role
from tests.domain.quotations.builders import ADMIN, KAM, PARTNER, REASON, STRANGER, Setting, an_offer

OTHER_CUSTOMER = Actor("CUST-9999", "Somebody else", Role.CUSTOMER)
PEOPLE = {"partner": PARTNER, "kam": KAM, "admin": ADMIN, "stranger": STRANGER, "other customer": OTHER_CUSTOMER}
STAFF = ("partner", "kam", "admin", "stranger")
OVERSEERS = ("kam", "admin")
VALIDITY = 2  # days

SEEDS = range(60)
OUTCOMES = {
    "create": {"DraftNotAllowed", "LeadNotFound", "LeadNotQuotable", "QuotationInvalid"},
    "finalize": {"QuotationNotFound", "QuotationNotEditable"},
    "edit": {"QuotationNotEditable", "VersionRequired", "ConfigurationNotPossible"},
    "price": {"QuotationNotEditable", "VersionStale", "QuotationExpired"},
    "share": {"QuotationNotFound", "QuotationNotShareable", "QuotationExpired"},
    "withdraw": {"QuotationNotFound", "QuotationNotWithdrawable"},
    "accept": {"QuotationNotFound", "QuotationNotOpen", "QuotationExpired"},
    "reject": {"QuotationNotFound", "QuotationNotOpen", "QuotationExpired"},
    "timer": set(),
}
OPERATIONS_EACH = 60


def an_operation(chance: Random, papers: int) -> tuple[Any, ...]:
    """One at random; mostly by somebody who may, about a quotation that is there."""
    n = chance.randrange(papers + 1) if chance.random() < 0.1 else chance.randrange(max(papers, 1))
    staff = chance.choice(("partner", "partner", "kam", "admin", "stranger"))
    overseer = chance.choice(OVERSEERS)
    customer = chance.choice(("customer", "customer", "customer", "other customer"))
    kind = chance.choices(
        ("create", "finalize", "edit", "price", "share", "withdraw", "accept", "reject", "wait", "timer"),
        (12, 3, 3, 4, 10, 2, 2, 2, 4, 2),
    )[0]
    return {
        "create": ("create", staff, chance.random() < 0.3, None if chance.random() < 0.6 else n),
        "finalize": ("finalize", overseer, n),
        "edit": ("edit", overseer, n, chance.randint(4, 9)),
        "price": ("price", overseer, n, chance.randint(0, 2000), chance.random() < 0.7),
        "share": ("share", staff, n),
        "withdraw": ("withdraw", staff, n),
        "accept": ("accept", customer, n),
        "reject": ("reject", customer, n),
        "wait": ("wait", chance.randint(1, 2)),
        "timer": ("timer",),
    }[kind]


@dataclass
class Paper:
    """What the model knows of one quotation; days count from the first."""

    status: str
    until: int
    shared: bool = False
    supersedes: int | None = None


@dataclass
class Model:
    """The rules of domain.md, told again in the simplest way: each method gives the refusal's name, or None."""

    papers: list[Paper] = field(default_factory=list)
    today: int = 0
    accepted: bool = False

    def status(self, n: int) -> str:
        paper = self.papers[n]
        return "Expired" if paper.status == "Shared" and self.today > paper.until else paper.status

    def _unseen(self, who: str, n: int) -> bool:
        if n >= len(self.papers) or who in ("stranger", "other customer"):
            return True
        return who == "customer" and not self.papers[n].shared

    def create(self, who: str, draft: bool, supersedes: int | None) -> str | None:
        if draft and who not in OVERSEERS:
            return "DraftNotAllowed"
        if who == "stranger":
            return "LeadNotFound"
        if self.accepted:
            return "LeadNotQuotable"
        known = supersedes is None or supersedes < len(self.papers)
        if not known or (
            supersedes is not None and self.status(supersedes) not in ("Created", "Shared", "Expired")
        ):
            return "QuotationInvalid"
        self.papers.append(Paper("Draft" if draft else "Created", self.today + VALIDITY, supersedes=supersedes))
        return None

    def finalize(self, who: str, n: int) -> str | None:
        if self._unseen(who, n):
            return "QuotationNotFound"
        if self.status(n) not in ("Draft", "Created"):
            return "QuotationNotEditable"
        if self.status(n) == "Draft":
            self.papers[n].status, self.papers[n].until = "Created", self.today + 30
        return None

    def edit(self, who: str, n: int, count: int) -> str | None:
        if self._unseen(who, n):
            return "QuotationNotFound"
        if self.status(n) not in ("Draft", "Created"):
            return "QuotationNotEditable"
        if self.status(n) == "Created":
            return "VersionRequired"
        if count not in (5, 6):  # the inverter of 3 kW suits 2.7 and 3.24 kW, and neither 2.16 nor 3.78
            return "ConfigurationNotPossible"
        return None

    def price(self, who: str, n: int, rate: int, knows: bool) -> str | None:
        if self._unseen(who, n):
            return "QuotationNotFound"
        paper = self.papers[n]
        if self.status(n) not in ("Draft", "Created"):
            return "QuotationNotEditable"
        if not knows:
            return "VersionStale"
        if paper.status == "Created" and self.today > paper.until:
            return "QuotationExpired"
        return None

    def share(self, who: str, n: int) -> str | None:
        if self._unseen(who, n):
            return "QuotationNotFound"
        if self.status(n) == "Shared":
            return None
        if self.papers[n].status != "Created":
            return "QuotationNotShareable"
        if self.today > self.papers[n].until:
            return "QuotationExpired"
        if self.accepted:
            return "LeadNotQuotable"
        self.papers[n].status, self.papers[n].shared = "Shared", True
        former = self.papers[n].supersedes
        if former is not None and self.status(former) in ("Draft", "Created", "Shared"):
            self.papers[former].status = "Withdrawn"
        return None

    def withdraw(self, who: str, n: int) -> str | None:
        if self._unseen(who, n):
            return "QuotationNotFound"
        if self.status(n) in ("Accepted", "Rejected", "Expired"):
            return "QuotationNotWithdrawable"
        self.papers[n].status = "Withdrawn"
        return None

    def answer(self, who: str, n: int, wanted: str) -> str | None:
        if self._unseen(who, n):
            return "QuotationNotFound"
        if self.status(n) == wanted:
            return None
        if self.status(n) != "Shared":
            return "QuotationExpired" if self.status(n) == "Expired" else "QuotationNotOpen"
        self.papers[n].status = wanted
        if wanted == "Accepted":
            self.accepted = True
            for number, other in enumerate(self.papers):
                open_yet = self.status(number) in ("Draft", "Created", "Shared")
                other.status = "Rejected" if open_yet else self.status(number)
        return None

    def timer(self) -> None:
        for n, paper in enumerate(self.papers):
            paper.status = self.status(n)


def expected(model: Model, operation: tuple[Any, ...]) -> str | None:
    name, *rest = operation
    if name in ("accept", "reject"):
        return model.answer(*rest, {"accept": "Accepted", "reject": "Rejected"}[name])
    if name == "wait":
        model.today += rest[0]
        return None
    return getattr(model, name)(*rest)


async def carried_out(setting: Setting, operation: tuple[Any, ...]) -> None:
    name, *rest = operation
    if name == "wait":
        setting.clock.advance(days=rest[0])
        return
    if name == "timer":
        await setting.expire()
        return
    who = setting.customer if rest[0] == "customer" else PEOPLE[rest[0]]
    if name == "create":
        supersedes = None if rest[2] is None else an_id(rest[2])
        await setting.create(who, draft=rest[1], supersedes=supersedes, offer=an_offer(validity_days=VALIDITY))
        return
    place = an_id(rest[1])
    if name == "finalize":
        await setting.edit(place, Edit(finalize=True), who)
    elif name == "edit":
        await setting.edit(place, Edit({"panel_count": rest[2]}), who)
    elif name == "price":
        version = await setting.version_of(place) if rest[3] else 0
        change = {"add_on_per_kw": Money.rupees(rest[2])}
        await setting.edit(place, Edit(change, reason=REASON), who, version=version)
    else:
        await getattr(setting, name)(place, who)


def an_id(n: int) -> str:
    return f"QUOT-1001{n + 1:02d}"


class TestSequences:
    @pytest.mark.parametrize("seed", SEEDS)
    def test_go_as_the_rules_say(self, seed: int) -> None:
        asyncio.run(self.story(Random(seed)))

    def test_meet_every_outcome(self) -> None:
        """So that the test above can't pass by trying nothing."""
        met: Counter[tuple[str, str | None]] = Counter()
        for seed in SEEDS:
            model, chance = Model(), Random(seed)
            for _ in range(OPERATIONS_EACH):
                operation = an_operation(chance, len(model.papers))
                met[operation[0], expected(model, operation)] += 1
        assert {(name, None) for name in OUTCOMES} <= met.keys()
        assert {(name, refusal) for name, refusals in OUTCOMES.items() for refusal in refusals} <= met.keys()

    async def story(self, chance: Random) -> None:
        setting, model = Setting(), Model()
        await setting.register()
        hashes: dict[str, str] = {}
        for _ in range(OPERATIONS_EACH):
            operation = an_operation(chance, len(model.papers))
            refusal = expected(model, operation)
            try:
                await carried_out(setting, operation)
                assert refusal is None, (operation, refusal)
            except DomainError as error:
                assert type(error).__name__ == refusal, (operation, refusal, error.message)
            await self.check(setting, model, hashes)
        await setting.checked_entries()

    async def check(self, setting: Setting, model: Model, hashes: dict[str, str]) -> None:
        file = await setting.file()
        stored = setting.quotations_of(file)
        seen = [str(q.seen_at(setting.clock.now()).status) for q in stored]
        assert seen == [model.status(n) for n in range(len(model.papers))]
        assert seen.count("Accepted") == (1 if model.accepted else 0)
        assert (str(file.lead.status) == "Customer Accepted") is model.accepted
        for quotation in stored:
            if quotation.shared_at:  # from Shared on nothing in it can change
                assert hashes.setdefault(quotation.id, quotation.content_hash) == quotation.content_hash
