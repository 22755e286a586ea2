"""Tokens that somebody makes who has seen a genuine one and our public keys, but has no private key. No tests here."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import strategies as st

OWN_KEY, OWN_RSA_KEY = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)
OWN_JWK: dict[str, Any] = jwt.algorithms.ECAlgorithm.to_jwk(OWN_KEY.public_key(), as_dict=True)
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve P-256."""

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 1.5, 2**31, 2**41, -(2**63), 10**400, float("nan"), float("inf")),
    *(
        "",
        " ",
        "x",
        "Admin",
        "admin",
        "é",
        "\u202e",
        "\ud800",
        "\0",
        "1e9",
        "9" * 5000,
        [],
        ["Admin"],
        {},
        {"a": 1},
    ),
)
"""What may stand in a header or a claim."""

ADDED = (
    *({"jwk": OWN_JWK}, {"jku": "https://evil.example/jwks.json"}, {"x5u": "https://evil.example/x.pem"}),
    *({"x5c": ["AAAA"]}, {"crit": ["exp"]}, {"crit": []}, {"b64": False, "crit": ["b64"]}, {"cty": "JWT"}),
    *({"zip": "DEF"}, {"enc": "A256GCM"}, {"kid": "../../dev/null"}, {"kid": "' or 1=1"}, {"typ": "at+jwt"}, {}),
)
"""Headers with which others were led to another key."""

ALGORITHMS = ("none", "None", "nOnE", "", "HS256", "RS256", "ES384", "ES256K", "PS256", "EdDSA", "es256", "ES256")


def base64url(raw: bytes | str) -> str:
    """Without padding, as in a token."""
    raw = raw.encode(errors="surrogatepass") if isinstance(raw, str) else raw
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unpacked(part: str) -> dict[str, Any]:
    """A part of a genuine token."""
    return dict(json.loads(base64.urlsafe_b64decode(part + "==")))


def signed(head: dict[str, Any], body: str, key: ec.EllipticCurvePrivateKey = OWN_KEY) -> str:
    """An ES256 token over whatever header and body."""
    said = f"{base64url(json.dumps(head))}.{base64url(body)}"
    r, s = decode_dss_signature(key.sign(said.encode(), ec.ECDSA(SHA256())))
    return f"{said}.{base64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def forgeries(genuine: str, public_keys: list[bytes]) -> st.SearchStrategy[str]:
    """Tokens that aren't the genuine one; `public_keys` are the spellings of ours that could serve as a secret."""
    head, body, signature = genuine.split(".")
    heads = _heads(unpacked(head))
    bodies = st.one_of(st.just(base64.urlsafe_b64decode(body + "==").decode()), _bodies(unpacked(body)))
    return st.one_of(
        st.tuples(heads, st.sampled_from([signature, "", base64url(bytes(64)), "AA"])).map(
            lambda made: f"{base64url(json.dumps(made[0]))}.{body}.{made[1]}"
        ),
        bodies.map(lambda made: f"{head}.{base64url(made)}.{signature}"),
        st.builds(signed, heads, bodies),
        st.builds(_by_secret, heads, bodies, st.sampled_from(public_keys)),
        st.builds(_by_rsa, heads, bodies),
        _signatures(signature).map(lambda made: f"{head}.{body}.{made}"),
        _spellings(genuine),
    ).filter(lambda token: not same(token, genuine))


def same(token: str, genuine: str) -> bool:
    """Whether a text is the genuine token but for bits that base64 doesn't use."""
    said, _, signature = token.rpartition(".")
    try:
        read = base64.urlsafe_b64decode(signature + "==")
    except ValueError:
        return False
    kept = said == genuine.rpartition(".")[0] and signature.isalnum() | bool(set(signature) & set("-_"))
    return kept and read == base64.urlsafe_b64decode(genuine.rpartition(".")[2] + "==")


def _heads(genuine: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(
        st.sampled_from(ALGORITHMS).map(lambda alg: {**genuine, "alg": alg}),
        st.sampled_from(ADDED).map(lambda more: {**genuine, **more}),
        st.builds(
            lambda alg, more: {**genuine, "alg": alg, **more}, st.sampled_from(ALGORITHMS), st.sampled_from(ADDED)
        ),
        st.builds(
            lambda name, odd: {**genuine, name: odd}, st.sampled_from(["alg", "kid", "typ"]), st.sampled_from(ODD)
        ),
        st.sampled_from(["alg", "kid", "typ"]).map(lambda gone: {n: v for n, v in genuine.items() if n != gone}),
    )


def _bodies(genuine: dict[str, Any]) -> st.SearchStrategy[str]:
    names = st.sampled_from([*genuine, "nbf"])
    changed = st.builds(lambda name, odd: json.dumps({**genuine, name: odd}), names, st.sampled_from(ODD))
    gone = names.map(lambda gone: json.dumps({n: v for n, v in genuine.items() if n != gone}))
    twice = names.map(lambda name: json.dumps(genuine)[:-1] + f', "{name}": "Admin", "role": "Admin"}}')
    whole = st.sampled_from(["", "null", "[]", "7", "{", "[" * 3000, '{"a":' * 900, "\0", "{}", '{"exp":NaN}'])
    return st.one_of(changed, gone, twice, whole, st.just(json.dumps(genuine | {"role": "Admin"})))


def _by_secret(head: dict[str, Any], body: str, secret: bytes) -> str:
    said = f"{base64url(json.dumps({**head, 'alg': head.get('alg', 'HS256')}))}.{base64url(body)}"
    return f"{said}.{base64url(hmac.new(secret, said.encode(), hashlib.sha256).digest())}"


def _by_rsa(head: dict[str, Any], body: str) -> str:
    said = f"{base64url(json.dumps({**head, 'alg': 'RS256'}))}.{base64url(body)}"
    return f"{said}.{base64url(OWN_RSA_KEY.sign(said.encode(), PKCS1v15(), SHA256()))}"


def _signatures(genuine: str) -> st.SearchStrategy[str]:
    raw = base64.urlsafe_b64decode(genuine + "==")
    zero, order, most = bytes(32), ORDER.to_bytes(32, "big"), b"\xff" * 32
    halves = st.sampled_from([zero, zero[:-1] + b"\1", order, most, raw[:32]])
    made = st.one_of(
        st.builds(lambda r, s: r + s, halves, st.sampled_from([zero, order, most])),
        st.binary(max_size=80),
        st.sampled_from([raw[:-1], raw + b"\0", b"\0" + raw, raw + raw, raw[32:] + raw[:32], b""]),
        st.integers(0, 63).map(lambda at: raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]),
    )
    return made.map(base64url)


def _spellings(genuine: str) -> st.SearchStrategy[str]:
    """The genuine one cut, doubled, padded, or with something in it."""
    at = st.integers(0, len(genuine))
    within = st.one_of(
        st.sampled_from([" ", "\t", ".", "=", "+", "/", ",", ";", "%", "é", "\0", "\u200b", "\uff0e"]),
        st.text(max_size=3),
    )
    return st.one_of(
        at.map(lambda cut: genuine[:cut]),
        at.map(lambda cut: genuine[cut:]).filter(lambda token: token != genuine),
        st.builds(
            lambda cut, more: genuine[:cut] + (more or ".") + genuine[cut:],
            st.integers(1, len(genuine) - 1),
            within,
        ),
        st.sampled_from(
            [genuine * 2, f"{genuine}.{genuine}", f"{genuine}=", f"Bearer {genuine}", "x" * 5000, ".." * 2000]
        ),
        st.just(f"{base64url('{}')}.{base64url(genuine)}."),
        st.just(genuine.swapcase()),
        st.just(".".join(reversed(genuine.split(".")))),
    )
