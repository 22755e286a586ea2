"""Bodies of the auth endpoints."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictStr

from functions.models.fields import Body, Phone

Secret = Annotated[StrictStr, Field(max_length=256)]


class LoginBody(Body):
    """`phone` asks for a code, `phone` and `otp` sign in, `email` and `password` sign staff in.

    `role: "Customer"` signs a channel partner's own number in as a customer. The other members are what
    the portal sends besides; they have no effect yet.
    """

    phone: Phone | None = None
    otp: Secret | None = None
    email: Secret | None = None
    password: Secret | None = None
    role: Literal["CP", "Customer"] | None = None
    remember_me: StrictBool | None = None
    device_id: Secret | None = None
    two_factor_code: Secret | None = None
    captcha_token: Annotated[StrictStr, Field(max_length=4096)] | None = None


class RefreshBody(Body):
    """The refresh token of the last sign-in or refresh."""

    refresh_token: Secret
