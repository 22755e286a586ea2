"""Password hashing by argon2id."""

from __future__ import annotations

import asyncio
import time

import pytest

from adapters.passwords import Argon2Passwords

PASSWORDS = Argon2Passwords()


def _verify(password: str, hashed: str | None) -> bool:
    return asyncio.run(PASSWORDS.verify(password=password, hashed=hashed))


class TestArgon2Passwords:
    @pytest.mark.parametrize("password", ["Kam-Demo-1!", "", "पासवर्ड", "\ud800", "\x00", "x" * 5000])
    def test_verifies_what_was_hashed_and_nothing_else(self, password: str) -> None:
        hashed = asyncio.run(PASSWORDS.hash(password=password))
        assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert _verify(password, hashed)
        assert not _verify(password + "x", hashed)

    def test_each_hash_has_its_own_salt(self) -> None:
        hashes = {asyncio.run(PASSWORDS.hash(password="same")) for _ in range(3)}
        assert len(hashes) == 3

    @pytest.mark.parametrize("hashed", [None, "", "rubbish", "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA"])
    def test_nothing_fits_no_hash(self, hashed: str | None) -> None:
        assert not _verify("Kam-Demo-1!", hashed)

    def test_does_the_same_work_without_an_account(self) -> None:
        hashed = asyncio.run(PASSWORDS.hash(password="right"))

        def spent(against: str | None) -> float:
            started = time.perf_counter()
            _verify("wrong", against)
            return time.perf_counter() - started

        _verify("wrong", None)
        known, unknown = (min(spent(against) for _ in range(7)) for against in (hashed, None))
        assert unknown > known / 5  # without the work it would be a thousandth

    def test_leaves_the_event_loop_free(self) -> None:
        async def story() -> int:
            work = [asyncio.ensure_future(PASSWORDS.hash(password="x")) for _ in range(4)]
            turns = 0
            while not all(task.done() for task in work):
                turns += 1
                await asyncio.sleep(0.001)
            return turns

        assert asyncio.run(story()) > 5
