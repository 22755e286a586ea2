"""One-time codes by SMS: asking for one, and redeeming it once. Who signs in with it is in `sign_in`."""

from __future__ import annotations

import hmac
import math
from dataclasses import replace
from datetime import datetime, timedelta

from domain.identity._model import CODE_LIFE, NO_TRIES, Tries, one_time_code
from domain.identity._ports import Messages, OneTimeCodes
from domain.identity._rows import OTP_ROW, OTPS, CodeState, code_from_row, code_to_values
from domain.identity.errors import OneTimeCodeWrong, SignInLocked, TooManyRequests
from domain.ports import Ports
from domain.store import Create, Replace, Row, RowChanged, RowExists
from domain.values import PhoneNumber, iso

MAX_ATTEMPTS = 12
"""How often a row that others keep changing is read again. Each failure means that somebody else's try was
counted, and five counted tries lock, so more than a few are a flood."""

MAX_SENT, SENDING_WINDOW = 10, timedelta(minutes=10)
"""How many codes a phone is sent in a while, until one of them is used: an SMS costs money and patience. The
apps offer another code after 30 or 60 seconds (client-contract.md §3), which stays possible."""

_WRONG = "The code is wrong or no longer valid. Ask for a new one."


async def request_code(*, ports: Ports, codes: OneTimeCodes, messages: Messages, phone: PhoneNumber) -> None:
    """Send a new code to this phone; it replaces an older one and is valid for 2 minutes (domain.md).

    Nothing depends on whether the number is known. While the phone is locked nothing is sent and nothing
    changes, and the answer is the same: the lock is told only to somebody who tries a code.
    Raises TooManyRequests, MessageNotSent.
    """
    for attempt in range(MAX_ATTEMPTS):
        at = ports.clock.now()
        row = await ports.store.get(table=OTPS, partition=phone.e164, key=OTP_ROW)
        state = code_from_row(row) if row else CodeState(NO_TRIES)
        if state.tries.locked_for(at):
            return
        sent, since = _sent(state, at)
        code = codes.new()
        state = CodeState(state.tries, codes.digest(phone=phone, code=code), at + CODE_LIFE, sent, since)
        if await _written(ports, phone, row, state):
            text = f"{code} is your sign-in code. It is valid for 2 minutes. Don't tell it to anybody."
            await messages.sms(to=phone, template="sign_in_code", text=text, otp=code)
            return
        await ports.pause(attempt)
    raise _flood()


async def redeem_code(*, ports: Ports, codes: OneTimeCodes, phone: PhoneNumber, typed: str) -> None:
    """Use up the phone's code; after five wrong ones the phone is locked for 15 minutes (domain.md).

    The outcome is told only once it is stored: the wrong try is counted, or the code is used up, by a write
    on the row that it was compared with. Of parallel guesses, whoever comes second is compared with the row
    as the first left it, so no more than five are ever answered, and a right code works once (cases.md 27).
    Where no valid code is out there is nothing to guess and nothing is counted.
    Raises OneTimeCodeMalformed, OneTimeCodeWrong, SignInLocked, TooManyRequests.
    """
    code = one_time_code(typed)
    for attempt in range(MAX_ATTEMPTS):
        at = ports.clock.now()
        row = await ports.store.get(table=OTPS, partition=phone.e164, key=OTP_ROW)
        state = code_from_row(row) if row else CodeState(NO_TRIES)
        refuse_if_locked(state.tries, at)
        if state.digest is None or state.expires_at is None or state.expires_at <= at:
            raise OneTimeCodeWrong(_WRONG)
        right = hmac.compare_digest(codes.digest(phone=phone, code=code), state.digest)
        if await _written(ports, phone, row, _after(state, right=right, at=at)):
            if right:
                return
            raise OneTimeCodeWrong(_WRONG)
        await ports.pause(attempt)
    raise _flood()


def refuse_if_locked(tries: Tries, at: datetime) -> None:
    """Raises SignInLocked with the seconds that are left."""
    if seconds := tries.locked_for(at):
        minutes = -(-seconds // 60)
        message = f"Sign-in is locked after too many wrong tries. Try again in {minutes} minutes."
        until = iso(tries.locked_until) if tries.locked_until else None
        raise SignInLocked(message, retry_after=seconds, details={"attempts": tries.wrong, "lockedUntil": until})


def _sent(state: CodeState, at: datetime) -> tuple[int, datetime]:
    """How many codes this phone was sent, this one included, and since when. Raises TooManyRequests."""
    if state.sent_since is None or state.sent_since + SENDING_WINDOW <= at:
        return 1, at
    if state.sent < MAX_SENT:
        return state.sent + 1, state.sent_since
    seconds = math.ceil((state.sent_since + SENDING_WINDOW - at).total_seconds())
    raise TooManyRequests("Too many codes were asked for with this phone. Try again later.", retry_after=seconds)


def _after(state: CodeState, *, right: bool, at: datetime) -> CodeState:
    if right:
        return CodeState(NO_TRIES)
    tries = state.tries.after_wrong(at)
    if tries.locked_until:
        return replace(state, tries=tries, digest=None, expires_at=None)
    return replace(state, tries=tries)


async def _written(ports: Ports, phone: PhoneNumber, row: Row | None, state: CodeState) -> bool:
    """Whether the row was still as it was read; then it is now the new state."""
    values = code_to_values(state)
    write = Replace(OTP_ROW, values, row.etag) if row else Create(OTP_ROW, values)
    try:
        await ports.store.commit(table=OTPS, partition=phone.e164, writes=[write], write_id=ports.ids.unique())
    except (RowExists, RowChanged):
        return False
    return True


def _flood() -> TooManyRequests:
    return TooManyRequests("Too many sign-ins with this phone at once. Try again in a moment.", retry_after=5)
