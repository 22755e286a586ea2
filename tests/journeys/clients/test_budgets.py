"""What each endpoint that writes asks of the storage until its answer, counted on the wire of the running application,
blobs included (design.md §7). Each has to keep within the budget; what can't is named here with its exact figures.
"""

from __future__ import annotations

import json
import uuid
from typing import NamedTuple

import httpx
import pytest

from tests.conftest import Backend
from tests.journeys.clients.world import World
from tests.journeys.clients.writes import Make, Sent


class Cost(NamedTuple):
    """Until the answer."""

    requests: int
    hops: int


BUDGET = Cost(requests=7, hops=3)

PDF = "what the PDF says depends on the read, and the transaction on the PDF (docs/adr/0018)"
TWO_LISTS = "the new partner is looked up, and two partners' lists change before the answer (docs/adr/0020)"
AT_ONCE = "the claim to the phone is read and tried for at once: a request more, a hop less"
MOVES = "the lead goes from one customer to another: three partitions, each after the one before"
FILE = "between reading and deciding the file is looked at: its size first, then its content"
CLAIM = "whose the phone or address is comes first, then the claim, then the row"
SIGN_IN = "each step needs the one before: the code or the password, whose it is, the session"
JOB = "a job over customers and leads: each step is kept before the next one is taken (docs/adr/0015)"

EXCEPTIONS: dict[str, tuple[Cost, str]] = {
    "CreateQuotation": (Cost(7, 4), PDF),
    "FinalizeQuotation": (Cost(7, 4), PDF),
    "EditQuotation": (Cost(7, 4), PDF),
    "ReassignLead": (Cost(8, 3), TWO_LISTS),
    "ReassignLeads": (Cost(8, 3), TWO_LISTS),
    "RegisterLead known phone": (Cost(8, 3), AT_ONCE),
    "EditLead phone": (Cost(15, 12), MOVES),
    "CompleteDocument": (Cost(9, 5), FILE),
    "CompleteDocument KYC": (Cost(9, 6), FILE),
    "CreateCustomer": (Cost(4, 4), CLAIM),
    "EnrollChannelPartner": (Cost(4, 4), CLAIM),
    "EnrollKam": (Cost(4, 4), CLAIM),
    "SignIn partner's code": (Cost(5, 5), SIGN_IN),
    "SignIn customer's code": (Cost(6, 6), SIGN_IN),
    "SignIn new customer's code": (Cost(7, 7), SIGN_IN),
    "SignIn password": (Cost(5, 5), SIGN_IN),
    "Register": (Cost(8, 7), SIGN_IN),
    "ResetPassword": (Cost(8, 8), SIGN_IN),
    "ChangePassword": (Cost(9, 9), SIGN_IN),
    "ChangeMyPassword": (Cost(9, 9), SIGN_IN),
    "ChangeCustomerPhone": (Cost(20, 19), JOB),
    "ShareCustomerPhone": (Cost(19, 18), JOB),
    "UnshareCustomerPhone": (Cost(20, 18), JOB),
    "MergeCustomers": (Cost(28, 26), JOB),
    "UnmergeCustomer": (Cost(26, 24), JOB),
}

EACH = {"ChangeLeads 11 leads": (11, Cost(6, 1)), "ImportLeads 11 rows": (11, Cost(13, 4))}
"""How many leads these change, and what each may cost: several are changed at the same time."""

NOT_COUNTED = {
    "PriceQuotation": "nothing is stored",
    "RefreshDashboard": "nothing is stored",
    "MakeBackup": "long work, done in parts",
    "VerifyBackup": "long work, done in parts",
    "SignInWithoutPrefix": "SignIn at another path",
    "SignInWithMicrosoft": "needs Microsoft's directory",
}

TRIES = 6
"""A session that is looked at again, a block of ids or a catalogue that is read anew, requests that run one after the
other though nothing makes them: all these only add. So the least of a few tries counts, if one is too much."""


def cost_of(backend: Backend, sent: Sent) -> Cost:
    """Send it, and read what the log says of it."""
    if sent.who.headers and not sent.critical:
        sent.who("GET", "/auth/status")  # its session was looked at just now, as that of most
    ready, name = sent.at_present(), f"cost-{uuid.uuid4()}"
    log = backend.data.parent / "log"
    before = log.stat().st_size
    said = ready.send(headers={"X-Correlation-ID": name})
    assert said.is_success, said.text
    with log.open("rb") as file:
        file.seek(before)
        [line] = [line for line in file.read().decode().splitlines() if name in line]
    told = json.loads(line[line.index("{") :])
    return Cost(told["storageRequests"], told["storageHops"])


def least_cost(backend: Backend, world: World, make: Make, allowed: Cost, each: int = 1) -> Cost:
    """The least of some tries, or of one, if that is little enough; for each of so many."""
    least = Cost(1_000, 1_000)
    for _ in range(TRIES):
        cost = cost_of(backend, make(world))
        cost = Cost(-(-cost.requests // each), -(-cost.hops // each))
        least = Cost(min(least.requests, cost.requests), min(least.hops, cost.hops))
        if within(least, allowed):
            break
    return least


def within(cost: Cost, allowed: Cost) -> bool:
    """Whether neither is more."""
    return cost.requests <= allowed.requests and cost.hops <= allowed.hops


class TestBudgets:
    def test_every_endpoint_that_writes_is_counted(self, http: httpx.Client, writes: dict[str, Make]) -> None:
        paths = http.get("/api/openapi.json").json()["paths"]
        writing = {o["operationId"] for path in paths.values() for method, o in path.items() if method != "get"}
        assert {name.partition(" ")[0] for name in writes} == writing and set(NOT_COUNTED) <= writing

    def test_are_kept_by_all_but_the_exceptions(
        self, backend: Backend, world: World, writes: dict[str, Make]
    ) -> None:
        dearer = {}
        for name in writes.keys() - EXCEPTIONS.keys() - EACH.keys() - NOT_COUNTED.keys():
            cost = least_cost(backend, world, writes[name], BUDGET)
            if not within(cost, BUDGET):
                dearer[name] = cost
        assert dearer == {}

    def test_exceptions_cost_what_they_are_allowed_and_no_less(
        self, backend: Backend, world: World, writes: dict[str, Make]
    ) -> None:
        allowed = {name: cost for name, (cost, _) in EXCEPTIONS.items()}
        assert not [name for name, cost in allowed.items() if within(cost, BUDGET)]
        assert {n: least_cost(backend, world, writes[n], allowed[n]) for n in allowed} == allowed

    @pytest.mark.parametrize("name", EACH)
    def test_of_a_change_of_many_are_those_of_each(
        self, backend: Backend, world: World, writes: dict[str, Make], name: str
    ) -> None:
        count, allowed = EACH[name]
        cost = least_cost(backend, world, writes[name], allowed, each=count)
        assert within(cost, allowed), cost
