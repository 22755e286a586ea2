"""State and PIN code out of an address of one line, which is all that the mobile apps send. Pure.

The CP app's form joins them to the address: `address, state pin` (client-contract.md §4).
"""

from __future__ import annotations

import re

_STATES = (
    *("Andhra Pradesh", "Arunachal Pradesh", "Assam", "Bihar", "Chhattisgarh", "Goa", "Gujarat", "Haryana"),
    *("Himachal Pradesh", "Jharkhand", "Karnataka", "Kerala", "Madhya Pradesh", "Maharashtra", "Manipur"),
    *("Meghalaya", "Mizoram", "Nagaland", "Odisha", "Punjab", "Rajasthan", "Sikkim", "Tamil Nadu", "Telangana"),
    *("Tripura", "Uttar Pradesh", "Uttarakhand", "West Bengal", "Andaman and Nicobar Islands", "Chandigarh"),
    *("Dadra and Nagar Haveli and Daman and Diu", "Delhi", "Jammu and Kashmir", "Ladakh", "Lakshadweep"),
    "Puducherry",
)
_BY_NAME = {name.casefold(): name for name in _STATES}
_END = re.compile(r"(?:(?P<before>.*)[\s,.-])?(?P<pin>[1-9][0-9]{2} ?[0-9]{3})[\s.]*", re.ASCII | re.DOTALL)


def state_and_pin(address: str) -> tuple[str | None, str | None]:
    """The state and the PIN code at the end of an address, each None if it doesn't stand there.

    A PIN code is the last thing in it; the state stands before that, or is the last thing itself, behind a comma.
    Only the names of India's states and territories count, so that a town isn't taken for a state.
    """
    found = _END.fullmatch(address.strip())
    before, pin = (found["before"] or "", found["pin"].replace(" ", "")) if found else (address, None)
    last = " ".join(re.split(r"[,\n]", before.rstrip(" ,.-\n"))[-1].replace("&", "and").split())
    return _BY_NAME.get(last.casefold()), pin
