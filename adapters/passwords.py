"""Passwords by argon2id, in threads of their own. Which passwords are good enough is in `domain.identity`."""

from __future__ import annotations

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MEMORY_KIB, ROUNDS, LANES = 19_456, 2, 1
"""OWASP's password storage cheat sheet for argon2id: 19 MiB, two rounds, one lane; about 30 ms a password."""

THREADS = 2
"""So that a burst of sign-ins takes at most 2 × 19 MiB and leaves a core for everybody else."""


class Argon2Passwords:
    """The port `Passwords`. argon2 is loaded with the first password: it would delay every cold start."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="passwords")

    @cached_property
    def _hasher(self) -> PasswordHasher:
        from argon2 import PasswordHasher  # noqa: PLC0415 - see the class

        return PasswordHasher(time_cost=ROUNDS, memory_cost=MEMORY_KIB, parallelism=LANES)

    @cached_property
    def _nobodys(self) -> str:
        """A hash that no password has, to do the same work where there is no account."""
        return self._hasher.hash(secrets.token_bytes(32))

    async def hash(self, *, password: str) -> str:
        """A salted argon2id hash in the PHC format, which carries its parameters."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hash, password)

    async def verify(self, *, password: str, hashed: str | None) -> bool:
        """Whether the password has this hash; with None the same work, and False."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._verify, password, hashed)

    def _hash(self, password: str) -> str:
        return self._hasher.hash(_bytes(password))

    def _verify(self, password: str, hashed: str | None) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415 - see the class

        nobodys = self._nobodys
        try:
            return self._hasher.verify(hashed or nobodys, _bytes(password)) and hashed is not None
        except (VerificationError, InvalidHashError):
            return False


def _bytes(password: str) -> bytes:
    """UTF-8; half a surrogate pair, which JSON can carry, is kept rather than refused."""
    return password.encode("utf-8", "surrogatepass")
