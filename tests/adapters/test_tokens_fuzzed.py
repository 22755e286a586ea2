"""Access tokens that others make, or that our key signed with odd claims: refused, and never by another exception.

What each single trick is, one by one, stands in test_tokens.py.
"""

from __future__ import annotations

import json
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.tokens import MAX_TOKEN
from domain.errors import DomainError
from domain.identity import TokenRejected
from domain.values import PhoneNumber
from functions.edge import to_json
from functions.problems import problem
from tests.adapters.forgeries import ODD, forgeries, signed
from tests.adapters.test_tokens import AUDIENCE, CALLER, CLAIMS, ISSUER, KEY, KID, NOW, SECOND, TOKENS

GENUINE = TOKENS.issue(caller=CALLER, at=NOW)
HEAD = {"alg": "ES256", "typ": "JWT", "kid": KID}
SPELLINGS = [
    *(KEY.public_key().public_bytes(e, PublicFormat.SubjectPublicKeyInfo) for e in (Encoding.PEM, Encoding.DER)),
    KEY.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
    json.dumps(TOKENS.jwks()).encode(),
    json.dumps(TOKENS.jwks()["keys"][0]).encode(),
    KID.encode(),
    b"",
]
MORE = settings(max_examples=settings().max_examples * 3)


def refusal(token: str) -> TokenRejected | None:
    try:
        TOKENS.read(token=token, at=NOW)
    except TokenRejected as error:
        return error
    return None


def is_sound(claims: dict[str, Any]) -> bool:
    """The rules of api.md "auth", told again."""
    times = [claims.get("iat"), claims.get("exp"), claims.get("nbf", SECOND)]
    if not all(type(time) is int and abs(time) <= 2**40 for time in times):
        return False
    iat, exp, nbf = times
    texts = [claims.get(name) for name in ("sub", "sid", "name", "jti")]
    contacts = [claims.get(name) for name in ("phone", "email")]
    return (
        (exp > SECOND and iat <= SECOND + 5 and nbf <= SECOND + 5)
        and all(isinstance(text, str) for text in texts)
        and (texts[0] != "" and texts[1] != "")
        and claims.get("role") in ("Admin", "KAM", "CP", "Customer")
        and all(contact is None or isinstance(contact, str) for contact in contacts)
        and (not contacts[0] or is_phone(contacts[0]))
        and claims.get("iss") == ISSUER
        and (claims.get("aud") == AUDIENCE or claims.get("aud") == [AUDIENCE])
    )


def is_phone(text: str) -> bool:
    try:
        return PhoneNumber.parse(text).e164 == text
    except DomainError:
        return False


class TestForgeries:
    @MORE
    @given(forgeries(GENUINE, SPELLINGS))
    def test_are_refused_with_one_body_that_says_nothing_of_them(self, token: str) -> None:
        error = refusal(token)
        assert error is not None
        status, body, headers = problem(error, correlation_id="x")
        assert (status, headers) == (401, {"WWW-Authenticate": "Bearer"})
        assert {*body} == {"type", "title", "status", "detail", "instance", "success", "data", "message", "error"}
        said = to_json(body)
        assert not any(part and len(part) > 12 and part in said for part in token.split("."))

    @given(st.one_of(st.text(max_size=60), st.text("ey.JAbx-_=", max_size=200), st.binary(max_size=60).map(repr)))
    def test_so_is_whatever_text(self, token: str) -> None:
        assert refusal(token) is not None


class TestOurOwnSignature:
    @MORE
    @given(
        st.dictionaries(st.sampled_from([*CLAIMS, "nbf"]), st.sampled_from(ODD), max_size=2),
        st.sets(st.sampled_from([*CLAIMS]), max_size=1),
    )
    @example({"exp": SECOND + 1, "iat": SECOND + 5, "nbf": SECOND + 5}, set())
    @example({"role": "Admin", "aud": [AUDIENCE]}, set())
    @example({"nbf": True}, set())
    def test_does_not_make_odd_claims_good(self, odd: dict[str, Any], gone: set[str]) -> None:
        claims = {name: value for name, value in {**CLAIMS, **odd}.items() if name not in gone}
        token = signed(HEAD, json.dumps(claims), KEY)
        assert (refusal(token) is None) is (is_sound(claims) and len(token) <= MAX_TOKEN)

    @given(st.sampled_from(ODD), st.sampled_from(["alg", "kid", "typ"]))
    def test_does_not_make_an_odd_header_good(self, odd: Any, name: str) -> None:
        assert refusal(signed({**HEAD, name: odd}, json.dumps(CLAIMS), KEY)) is not None
        assert refusal(signed({n: v for n, v in HEAD.items() if n != name}, json.dumps(CLAIMS), KEY)) is not None
