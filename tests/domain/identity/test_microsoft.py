"""Whom a Microsoft account stands for: an existing member of staff, linked once and then known by its ids."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from domain.identity import (
    EmailAddress,
    ExternalIdentity,
    SignedIn,
    TokenRejected,
    person,
    sign_in_with_microsoft,
)
from domain.values import PhoneNumber
from tests.domain.identity.setting import DEACTIVATED, EMAIL, Setting, outcome

MINE = ExternalIdentity("tenant", "mine", EMAIL)


@dataclass
class Directory:
    """Tokens that are names of identities."""

    said: dict[str, ExternalIdentity] = field(default_factory=lambda: {"mine": MINE})

    async def read(self, *, token: str) -> ExternalIdentity:
        if token not in self.said:
            raise TokenRejected("no")
        return self.said[token]


async def _sign_in(s: Setting, token: str = "mine", directory: Directory | None = None) -> SignedIn:
    return await sign_in_with_microsoft(
        ports=s.ports,
        tokens=s.tokens,
        external=directory or Directory(),
        token=token,
        write_id=s.ports.ids.unique(),
    )


class TestSignInWithMicrosoft:
    def test_links_by_a_verified_address_once_and_then_knows_the_ids(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            assert (await _sign_in(s)).caller.actor.id == "KAM-1001"
            linked = await person(store=s.store, person_id="KAM-1001")
            assert (linked.microsoft_id, linked.version) == ("tenant:mine", 2)
            moved = Directory({"mine": ExternalIdentity("tenant", "mine", None)})
            assert (await _sign_in(s, directory=moved)).caller.actor.id == "KAM-1001"
            assert (await person(store=s.store, person_id="KAM-1001")).version == 2

        asyncio.run(story())

    def test_nobody_gets_in_by_an_address_that_is_not_verified_or_not_staffs(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            await s.a_partner(phone=PhoneNumber("+919000000009"), email=EmailAddress("cp@example.com"))
            directory = Directory(
                {
                    "unverified": ExternalIdentity("tenant", "a", None),
                    "stranger": ExternalIdentity("tenant", "b", EmailAddress("who@example.com")),
                    "partner": ExternalIdentity("tenant", "c", EmailAddress("cp@example.com")),
                }
            )
            for token in directory.said:
                assert await outcome(_sign_in(s, token, directory)) == "MICROSOFT_ACCOUNT_UNKNOWN"
            assert await outcome(_sign_in(s, "rubbish")) == "TOKEN_REJECTED"
            assert (await person(store=s.store, person_id="KAM-1001")).microsoft_id is None

        asyncio.run(story())

    def test_a_second_account_with_the_same_address_does_not_take_over(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            await _sign_in(s)
            other = Directory({"other": ExternalIdentity("tenant", "other", EMAIL)})
            assert await outcome(_sign_in(s, "other", other)) == "MICROSOFT_ACCOUNT_UNKNOWN"
            assert (await _sign_in(s)).caller.actor.id == "KAM-1001"

        asyncio.run(story())

    def test_the_same_object_id_of_another_directory_is_somebody_else(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            await _sign_in(s)
            foreign = Directory({"x": ExternalIdentity("another-tenant", "mine", None)})
            assert await outcome(_sign_in(s, "x", foreign)) == "MICROSOFT_ACCOUNT_UNKNOWN"

        asyncio.run(story())

    def test_who_is_shut_out_stays_out(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam(status=DEACTIVATED)
            assert await outcome(_sign_in(s)) == "MICROSOFT_ACCOUNT_UNKNOWN"

        asyncio.run(story())

    def test_twice_at_once_links_once(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            done = await asyncio.gather(*(outcome(_sign_in(s)) for _ in range(5)))
            assert "ok" in done
            assert (await person(store=s.store, person_id="KAM-1001")).version == 2
            assert await outcome(_sign_in(s)) == "ok"

        asyncio.run(story())
