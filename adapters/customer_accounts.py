"""The customers who sign in by phone, as identity asks for them: the customers context is above it."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime

from domain import customers
from domain.identity import Account, Place
from domain.ports import Ports
from domain.timeline import Act
from domain.values import Actor, PhoneNumber, Role, system


class CustomersByPhone:
    """`domain.identity.CustomerAccounts` over the customers context."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def account_for(self, *, phone: PhoneNumber, at: datetime) -> Account:
        """The customer with this phone, made if there is none yet."""
        act = Act(actor=system("sign-in"), at=at, write_id=self._ports.ids.unique())
        found = await customers.account_for(ports=self._ports, phone=phone, act=act)
        name = found.profile.name or "Customer"
        return Account(found.id, name, Role.CUSTOMER, phone=phone, email=found.profile.email)

    async def introduce(
        self, *, account: Account, name: str, email: str | None, place: Place, at: datetime
    ) -> Account:
        """What a customer says of itself, as an ordinary edit of its own profile."""
        said = {"name": name, "email": email, **asdict(place)}
        edits = {field: value for field, value in said.items() if value is not None}
        act = Act(Actor(account.id, name, Role.CUSTOMER), at, self._ports.ids.unique())
        done = await customers.edit_profile(ports=self._ports, customer_id=account.id, edits=edits, act=act)
        return replace(account, name=done.profile.name, email=done.profile.email)
