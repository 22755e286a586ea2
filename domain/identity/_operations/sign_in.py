"""Signing in: by phone and one-time code (CP, Customer), by email and password (staff)."""

from __future__ import annotations

from contextlib import suppress

from domain.identity._model import (
    NO_TRIES,
    Account,
    EmailAddress,
    Person,
    SignedIn,
    account_of,
    normal_password,
)
from domain.identity._operations.one_time_codes import MAX_ATTEMPTS, redeem_code, refuse_if_locked
from domain.identity._operations.sessions import open_session
from domain.identity._ports import AccessTokens, CustomerAccounts, OneTimeCodes, Passwords
from domain.identity._queries import partner_by_phone, staff_by_email
from domain.identity._rows import EMAILS, LOCK_ROW, tries_from_row, tries_to_values
from domain.identity.errors import AccountNotActive, CredentialsWrong, TooManyRequests
from domain.ports import Ports
from domain.store import Create, Delete, Replace, RowChanged, RowExists
from domain.values import PhoneNumber, Role


async def sign_in_with_code(
    *,
    ports: Ports,
    codes: OneTimeCodes,
    tokens: AccessTokens,
    customers: CustomerAccounts,
    phone: PhoneNumber,
    code: str,
    as_role: Role | None = None,
) -> SignedIn:
    """Sign in the channel partner who has this phone, or else the customer with it, made if needed.

    `as_role=Role.CUSTOMER` signs a channel partner's own number in as a customer; other values have no
    effect. Raises what `redeem_code` does, and AccountNotActive for a CP that is Pending or Deactivated.
    """
    await redeem_code(ports=ports, codes=codes, phone=phone, typed=code)
    partner = None
    if as_role is not Role.CUSTOMER:
        partner = await partner_by_phone(store=ports.store, phone=phone)
    account = active_account(partner) if partner else await customers.account_for(phone=phone, at=ports.clock.now())
    return await open_session(ports=ports, tokens=tokens, account=account, person=partner)


async def sign_in_with_password(
    *, ports: Ports, passwords: Passwords, tokens: AccessTokens, email: EmailAddress, password: str
) -> SignedIn:
    """Sign a member of staff in; five wrong tries lock the address for 15 minutes (domain.md).

    Known and unknown addresses cost the same work, get the same answer and are locked alike. The outcome is
    told only after a look at the count that follows the comparison, so parallel guesses can't pass the limit.
    Raises CredentialsWrong, SignInLocked, AccountNotActive, TooManyRequests.
    """
    person, lock = await staff_by_email(store=ports.store, email=email)
    refuse_if_locked(tries_from_row(lock) if lock else NO_TRIES, ports.clock.now())
    hashed = person.password_hash if person else None
    right = await passwords.verify(password=normal_password(password), hashed=hashed)
    await count_try(ports, email, right=right)
    if person is None or not right:
        raise CredentialsWrong("The email address or the password is wrong.")
    return await open_session(ports=ports, tokens=tokens, account=active_account(person), person=person)


def active_account(person: Person) -> Account:
    """The account of a person who may sign in. Raises AccountNotActive."""
    if person.is_active:
        return account_of(person)
    message = f"This account is {person.status.lower()}. Ask an administrator to activate it."
    raise AccountNotActive(message, details={"status": str(person.status)})


async def refuse_locked(*, ports: Ports, email: EmailAddress) -> None:
    """Raises SignInLocked while the address is locked. One storage request."""
    row = await ports.store.get(table=EMAILS, partition=email.text, key=LOCK_ROW)
    refuse_if_locked(tries_from_row(row) if row else NO_TRIES, ports.clock.now())


async def clear_lock(*, ports: Ports, email: EmailAddress) -> None:
    """Forget the wrong tries of an address whose owner has just proved who it is otherwise."""
    row = await ports.store.get(table=EMAILS, partition=email.text, key=LOCK_ROW)
    if row:
        with suppress(RowChanged):
            await ports.store.commit(
                table=EMAILS,
                partition=email.text,
                writes=[Delete(LOCK_ROW, row.etag)],
                write_id=ports.ids.unique(),
            )


async def count_try(ports: Ports, email: EmailAddress, *, right: bool) -> None:
    """Store the outcome of a try. A right one with nothing to reset only looks once more whether it is locked.

    Raises SignInLocked, TooManyRequests.
    """
    for attempt in range(MAX_ATTEMPTS):
        at = ports.clock.now()
        row = await ports.store.get(table=EMAILS, partition=email.text, key=LOCK_ROW)
        tries = tries_from_row(row) if row else NO_TRIES
        refuse_if_locked(tries, at)
        if right and not tries.wrong:
            return
        values = tries_to_values(NO_TRIES if right else tries.after_wrong(at))
        write = Replace(LOCK_ROW, values, row.etag) if row else Create(LOCK_ROW, values)
        try:
            await ports.store.commit(
                table=EMAILS, partition=email.text, writes=[write], write_id=ports.ids.unique()
            )
            return
        except (RowExists, RowChanged):
            await ports.pause(attempt)
    raise TooManyRequests("Too many sign-ins with this email at once. Try again in a moment.", retry_after=5)
