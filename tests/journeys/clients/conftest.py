"""The world in which the clients call."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Backend
from tests.journeys.clients.world import World
from tests.journeys.conftest import Client, code_for, sent_to


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
