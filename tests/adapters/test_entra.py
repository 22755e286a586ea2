"""Staff with Microsoft accounts: tokens of a local issuer whose keys rotate, and nothing else, are accepted."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from adapters.entra import MAX_KEYS_BYTES, CachedKeys, EntraTenant, EntraTokens, fetch_json
from domain.identity import EmailAddress, ExternalIdentity, KeysNotAvailable, TokenRejected
from tests.adapters.in_pieces import saying
from tests.domain.identity.setting import EMAIL
from tests.fakes.clock import FakeClock

TENANT, CLIENT = "11111111-2222-3333-4444-555555555555", "99999999-2222-3333-4444-555555555555"
OID = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
KEYS = {name: rsa.generate_private_key(public_exponent=65537, key_size=2048) for name in ("one", "two", "three")}
WEAK = rsa.generate_private_key(public_exponent=65537, key_size=1024)


@dataclass
class Issuer:
    """An HTTP server with the keys of a directory; counts how often they are fetched."""

    clock: FakeClock = field(default_factory=FakeClock)
    published: tuple[str, ...] = ("one",)
    more: list[dict[str, Any]] = field(default_factory=list)
    fetched: int = 0
    status: int = 200
    base: str = ""

    async def keys(self, request: web.Request) -> web.Response:
        self.fetched += 1
        await asyncio.sleep(0.01)
        keys = [_jwk(name, KEYS[name]) for name in self.published]
        return web.json_response({"keys": [*self.more, *keys]}, status=self.status)

    @property
    def tenant(self) -> EntraTenant:
        return EntraTenant.of(
            tenant_id=TENANT, client_id=CLIENT, issuer=f"{self.base}/v2.0", keys_url=f"{self.base}/keys"
        )

    def claims(self, **given: Any) -> dict[str, Any]:
        now = int(self.clock.at.timestamp())
        said = {"iss": f"{self.base}/v2.0", "aud": CLIENT, "tid": TENANT, "oid": OID, "iat": now, "nbf": now}
        return said | {"exp": now + 3600, "sub": "x", "email": EMAIL.text, "xms_edov": True} | given

    def token(self, key: str = "one", *, header: dict[str, Any] | None = None, **given: Any) -> str:
        claims = {name: value for name, value in self.claims(**given).items() if value is not None}
        return jwt.encode(claims, KEYS[key], algorithm="RS256", headers={"kid": key, **(header or {})})


def _jwk(kid: str, key: rsa.RSAPrivateKey) -> dict[str, Any]:
    return json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())) | {"kid": kid, "use": "sig"}


@asynccontextmanager
async def running(issuer: Issuer) -> AsyncIterator[EntraTokens]:
    app = web.Application()
    app.router.add_get("/keys", issuer.keys)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    issuer.base = f"http://{host}:{port}"
    try:
        yield EntraTokens.of(issuer.tenant, issuer.clock)
    finally:
        await runner.cleanup()


def play(story: Callable[[Issuer, EntraTokens], Awaitable[None]]) -> None:
    async def run() -> None:
        issuer = Issuer()
        async with running(issuer) as tokens:
            await story(issuer, tokens)

    asyncio.run(run())


async def refused(tokens: EntraTokens, token: str) -> bool:
    try:
        await tokens.read(token=token)
    except TokenRejected:
        return True
    return False


class TestAddresses:
    def test_are_microsofts_unless_others_are_given(self) -> None:
        tenant = EntraTenant.of(tenant_id=TENANT, client_id=CLIENT)
        assert tenant.issuer == f"https://login.microsoftonline.com/{TENANT}/v2.0"
        assert tenant.keys_url == f"https://login.microsoftonline.com/{TENANT}/discovery/v2.0/keys"


class TestRead:
    def test_says_whom_the_directory_means(self) -> None:
        async def story(issuer: Issuer, tokens: EntraTokens) -> None:
            said = await tokens.read(token=issuer.token(oid=OID.upper()))
            assert said == ExternalIdentity(TENANT, OID, EmailAddress("kam@example.com"))

        play(story)

    @pytest.mark.parametrize("edov", [None, False, 0, "0", "false", "yes", "True "])
    def test_believes_no_address_that_the_directory_does_not_vouch_for(self, edov: Any) -> None:
        async def story(issuer: Issuer, tokens: EntraTokens) -> None:
            assert (await tokens.read(token=issuer.token(xms_edov=edov))).verified_email is None

        play(story)

    @pytest.mark.parametrize("email", [None, 7, "", "a/b@example.com", "nobody"])
    def test_an_address_that_is_none_is_left_out(self, email: Any) -> None:
        async def story(issuer: Issuer, tokens: EntraTokens) -> None:
            assert (await tokens.read(token=issuer.token(email=email))).verified_email is None

        play(story)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"iss": "https://evil.example/v2.0"},
            {"iss": None},
            {"aud": "another-app"},
            {"aud": None},
            {"tid": "22222222-2222-3333-4444-555555555555"},
            {"tid": None},
            {"oid": None},
            {"oid": "ADMIN-1001"},
            {"oid": 7},
            {"exp": None},
            {"exp": "soon"},
            {"exp": 1},
            {"iat": None},
            {"iat": 2**41},
            {"nbf": 2**39},
        ],
    )
    def test_refuses_a_token_that_is_not_exactly_one(self, wrong: dict[str, Any]) -> None:
        async def story(issuer: Issuer, tokens: EntraTokens) -> None:
            try:
                token = issuer.token(**wrong)
            except TypeError:  # the library won't sign it: sign the text of it
                token = jwt.api_jws.encode(
                    json.dumps(issuer.claims(**wrong)).encode(), KEYS["one"], "RS256", headers={"kid": "one"}
                )
            assert await refused(tokens, token)
            assert not await refused(tokens, issuer.token())

        play(story)

    @pytest.mark.parametrize("extra", ["jku", "x5u", "jwk", "x5c", "crit"])
    def test_takes_no_key_from_the_token(self, extra: str) -> None:
        async def story(issuer: Issuer, tokens: EntraTokens) -> None:
            header = {"alg": "RS256", "typ": "JWT", "kid": "one", extra: f"{issuer.base}/keys"}
            parts = issuer.token().split(".")
            forged = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
            assert await refused(tokens, ".".join([forged, *parts[1:]]))
            assert issuer.fetched == 0

        play(story)

    def test_refuses_other_algorithms_and_signatures(self) -> None:
        async def story(issuer: Issuer, tokens: EntraTokens) -> None:
            pem = KEYS["one"].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            claims, kid = issuer.claims(), {"kid": "one"}
            octets = base64.urlsafe_b64encode(pem).decode()
            hs256 = jwt.encode(claims, octets, algorithm="HS256", headers=kid)
            none = jwt.encode(claims, None, algorithm="none", headers=kid)
            es256 = jwt.encode(claims, ec.generate_private_key(ec.SECP256R1()), algorithm="ES256", headers=kid)
            other = jwt.encode(claims, KEYS["two"], algorithm="RS256", headers=kid)
            whole = issuer.token()
            for token in (hs256, none, es256, other, whole[:-4], whole + "x", "", "a.b.c", "..", "x" * 20_000):
                assert await refused(tokens, token), token[:60]

        play(story)


class TestKeys:
    def test_are_fetched_once_for_many_tokens_at_once(self) -> None:
        async def story(issuer: Issuer, tokens: EntraTokens) -> None:
            await asyncio.gather(*(tokens.read(token=issuer.token()) for _ in range(20)))
            assert issuer.fetched == 1

        play(story)

    def test_a_flood_of_unknown_ones_causes_one_fetch_in_five_minutes(self) -> None:
        """cases.md 26."""

        async def story(issuer: Issuer, tokens: EntraTokens) -> None:
            await tokens.read(token=issuer.token())
            issuer.clock.advance(minutes=5)
            flood = [issuer.token(header={"kid": f"made-up-{n}"}) for n in range(200)]
            assert all(await asyncio.gather(*(refused(tokens, token) for token in flood)))
            assert issuer.fetched == 2
            issuer.clock.advance(minutes=4, seconds=59)
            assert await refused(tokens, flood[0])
            assert issuer.fetched == 2
            assert not await refused(tokens, issuer.token())

        play(story)

    def test_rotate_without_anybody_noticing(self) -> None:
        async def story(issuer: Issuer, tokens: EntraTokens) -> None:
            await tokens.read(token=issuer.token("one"))
            issuer.published = ("one", "two")
            issuer.clock.advance(minutes=5)
            await tokens.read(token=issuer.token("two"))
            await tokens.read(token=issuer.token("one"))
            issuer.published = ("two", "three")
            issuer.clock.advance(minutes=5)
            await tokens.read(token=issuer.token("three"))
            assert await refused(tokens, issuer.token("one"))
            assert issuer.fetched == 3

        play(story)

    def test_a_withdrawn_one_is_forgotten_in_a_day(self) -> None:
        async def story(issuer: Issuer, tokens: EntraTokens) -> None:
            await tokens.read(token=issuer.token("one"))
            issuer.published = ("two",)
            issuer.clock.advance(hours=24)
            assert await refused(tokens, issuer.token("one"))

        play(story)

    def test_known_ones_outlive_an_issuer_that_is_down(self) -> None:
        async def story(issuer: Issuer, tokens: EntraTokens) -> None:
            await tokens.read(token=issuer.token())
            issuer.status = 500
            issuer.clock.advance(hours=25)
            assert not await refused(tokens, issuer.token())

        play(story)

    def test_none_yet_is_no_fault_of_the_caller_and_is_tried_again(self) -> None:
        async def story(issuer: Issuer, tokens: EntraTokens) -> None:
            issuer.status = 500
            for _ in range(3):
                with pytest.raises(KeysNotAvailable):
                    await tokens.read(token=issuer.token())
            assert issuer.fetched == 1
            issuer.status = 200
            issuer.clock.advance(seconds=30)
            assert not await refused(tokens, issuer.token())

        play(story)

    def test_nothing_listening_is_said_as_such(self) -> None:
        async def story() -> None:
            keys = CachedKeys(url="http://127.0.0.1:9/keys")
            with pytest.raises(KeysNotAvailable):
                await keys.key("one", at=FakeClock().now())

        asyncio.run(story())

    def test_unusable_ones_are_left_alone(self) -> None:
        async def story(issuer: Issuer, tokens: EntraTokens) -> None:
            issuer.more = [
                {"kty": "EC", "kid": "one"},
                {"kty": "RSA", "kid": "broken", "n": "!"},
                _jwk("weak", WEAK),
                {**_jwk("two", KEYS["two"]), "use": "enc"},
            ]
            assert not await refused(tokens, issuer.token())
            weak = jwt.encode(issuer.claims(), WEAK, algorithm="RS256", headers={"kid": "weak"})
            assert await refused(tokens, weak)
            assert await refused(tokens, issuer.token("two"))

        play(story)


class TestFetch:
    """Of what a server says in pieces, as one does over the internet."""

    def fetched(self, pieces: list[bytes]) -> Any:
        async def run() -> Any:
            async with saying(pieces) as address:
                return await fetch_json(f"{address}/keys")

        return asyncio.run(run())

    def test_waits_for_all_of_it(self) -> None:
        assert self.fetched([b'{"keys"', b": [", b"]}"]) == {"keys": []}

    @pytest.mark.parametrize("pieces", [[b"[]"], [b"{"], [b"[" * 100_000], [b"{}", b" " * MAX_KEYS_BYTES]])
    def test_refuses_what_is_too_much_or_no_object(self, pieces: list[bytes]) -> None:
        with pytest.raises(KeysNotAvailable):
            self.fetched(pieces)
