"""The world in which the clients call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from local.demo import CONFIGURATION
from tests.conftest import Backend
from tests.journeys.clients.world import World
from tests.journeys.clients.writes import WRITES, Make, Sent
from tests.journeys.conftest import Client, code_for, sent_to
from tests.journeys.critical import Office


@pytest.fixture(scope="session")
def world(
    backend: Backend,
    by_phone: Callable[[str], Client],
    nobody: Client,
    partner: Client,
    other_partner: Client,
    kam: Client,
    admin: Client,
) -> World:
    people = {"nobody": nobody, "partner": partner, "other_partner": other_partner, "kam": kam, "admin": admin}

    def mailed_token(email: str) -> str:
        [mail] = sent_to(backend, "email.jsonl", email, "password_link")
        return str(mail["text"].partition("?token=")[2].split()[0])

    return World(
        people=people,
        by_phone=by_phone,
        code_for=lambda phone: code_for(backend, phone),
        mailed_token=mailed_token,
    )


@pytest.fixture(scope="session")
def writes(world: World) -> dict[str, Make]:
    """A request for each endpoint that writes: the critical ones as an Office prepares them, unless they'd do nothing."""

    def new_lead(**fields: Any) -> dict[str, Any]:
        ids = world.lead()
        return {**ids, "id": ids["leadId"]}

    def shared_quotation(lead_id: str) -> dict[str, Any]:
        made = world.do("partner", "POST", "/quotations", json={"leadId": lead_id, **CONFIGURATION})
        return dict(world.do("partner", "PATCH", f"/quotations/{made['id']}/share"))

    office = Office(world.people["admin"], new_lead, shared_quotation)

    def made_by_office(name: str) -> Make:
        def make(_: World) -> Sent:
            method, path, content = office.cases()[name]()
            return Sent(office.admin, method, path, content, critical=True)

        return make

    return {**{name: made_by_office(name) for name in office.cases()}, **WRITES}
