"""Whatever a client sends is read or refused in words: never another exception, and the fault names its field.

`HYPOTHESIS_PROFILE=deep` asks 50 times as often. What tests/api_check asks over HTTP isn't asked again here.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Iterator
from typing import Any

import azure.functions as func
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

import functions.models
from adapters.cursors import HmacCursors
from domain.errors import DomainError, Invalid
from domain.lists import Place
from domain.values import PhoneNumber, csv_rows, csv_text
from functions.edge import _parsing as parsing
from functions.edge import to_json
from functions.models.fields import Body, Query
from functions.models.lead_sheets import read_sheet
from functions.problems import problem


class _Raw(float):
    """A JSON number as it is spelt."""

    def __new__(cls, text: str) -> _Raw:
        made = super().__new__(cls, 1.5)
        made.text = text
        return made

    def __repr__(self) -> str:
        return str(self.text)


FEWER = settings(max_examples=settings().max_examples // 5)
"""For each of the many models."""

DIGITS = "0123456789٠١٢٣४५६７８９"
MARKS = "\u200b\u200e\u202e\ufeff\x00\ud800 '\"`;,=+@-\t\r\n()/\\#?%*"
TEXTS = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=DIGITS + MARKS + "Eetel:Z.", max_size=30),
    st.sampled_from(
        [
            "2026-02-30",
            "2026-12-31T23:59:60Z",
            "2026-03-31T18:30:00+99:99",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
            "1e400",
            "-0",
            "9" * 5000,
            "x" * 40_000,
            "LEAD-1001",
            "=HYPERLINK(1)",
            "null",
            "NaN",
        ]
    ),
)
NUMBERS = st.one_of(
    st.integers(),
    st.sampled_from([10**40, -(2**63), 2**31]),
    st.decimals(allow_nan=False, allow_infinity=False, places=3),
    st.sampled_from(
        ["1e400", "-0.0", "1e-400", "1E+9999999", "0e" + "9" * 20, "-" + "1" * 30, "0." + "1" * 60]
    ).map(_Raw),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=5,
)


def spelt(value: Any) -> str:
    """JSON as a client may spell it: numbers as they are, halves of characters escaped."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{spelt(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(spelt, value)) + "]"
    plain = value is None or (isinstance(value, bool | int | str) and not isinstance(value, _Raw))
    return json.dumps(value) if plain else str(repr(value) if isinstance(value, _Raw) else value)


def models(kind: type[BaseModel]) -> list[type[BaseModel]]:
    """All models of a kind in functions/models."""
    for found in pkgutil.iter_modules(functions.models.__path__, "functions.models."):
        importlib.import_module(found.name)

    def below(parent: type[BaseModel]) -> Iterator[type[BaseModel]]:
        for child in parent.__subclasses__():
            yield child
            yield from below(child)

    public = {m for m in below(kind) if not m.__name__.startswith("_")}
    return sorted({m for m in public if kind is Query or not issubclass(m, Query)}, key=lambda m: m.__name__)


def names_of(model: type[BaseModel]) -> list[str]:
    said = [str(f.alias or f.serialization_alias or name) for name, f in model.model_fields.items()]
    return [*said, "role", "__proto__", "createdBy"]


def a_request(*, body: bytes = b"", headers: dict[str, str] | None = None, **params: str) -> func.HttpRequest:
    return func.HttpRequest(method="POST", url="/api/v1", headers=headers or {}, params=params, body=body)


class TestBodies:
    @pytest.mark.parametrize("model", models(Body), ids=lambda m: m.__name__)
    @FEWER
    @given(data=st.data())
    def test_are_read_or_every_fault_names_its_field(self, model: type[BaseModel], data: st.DataObject) -> None:
        names = st.one_of(st.sampled_from(names_of(model)), TEXTS)
        body = data.draw(st.dictionaries(names, VALUES, max_size=4))
        try:
            read = parsing.read_body(a_request(body=spelt(body).encode()), model)
        except Invalid as refusal:
            assert refusal.code in ("BODY_NOT_JSON", "FIELDS_INVALID", "BODY_TOO_LARGE")
            assert refusal.code != "FIELDS_INVALID" or all(f.field and f.message for f in refusal.faults)
            assert to_json(problem(refusal, correlation_id="x")[1]).encode()
        else:
            json.dumps(read.model_dump(mode="json"), default=str)  # as the fingerprint of a keyed request

    @pytest.mark.parametrize(
        ("raw", "field"),
        [
            (b'{"\\ud800": 1}', "?"),
            (b'{"a": {"b": ["x", "\\uDC00"]}}', "a.b.1"),
            (b'{"a": [{"\\ud800": "\\ud83d\\ude00"}]}', "a.0.?"),
            (b'{"": "\\ud800"}', "?"),
        ],
    )
    def test_half_of_a_character_is_refused_in_a_reply_that_can_be_sent(self, raw: bytes, field: str) -> None:
        model = next(m for m in models(Body) if m.__name__ == "ItemChangeBody")
        with pytest.raises(Invalid) as refusal:
            parsing.read_body(a_request(body=raw), model)
        assert [fault.field for fault in refusal.value.faults] == [field]
        assert to_json(problem(refusal.value, correlation_id="x")[1]).encode()

    @pytest.mark.parametrize(
        "number",
        [
            *("1e9999999", "-1E+9999999", "1e-9999999", "0e" + "9" * 20),
            *("1" * 31, "-" + "1" * 30, "0." + "1" * 29, "1" * 4000),
        ],
    )
    def test_a_number_that_none_can_reckon_with_is_refused_by_its_place(self, number: str) -> None:
        body = next(m for m in models(Body) if m.__name__ == "ItemChangeBody")
        with pytest.raises(Invalid) as refusal:
            parsing.read_body(a_request(body=b'{"a": [{"b": %s}]}' % number.encode()), body)
        assert [fault.field for fault in refusal.value.faults] == ["a.0.b"]

    @pytest.mark.parametrize(
        ("raw", "fields"),
        [
            (b'{"version": 1, "version": 2}', ["version"]),
            (b'{"a": {"b": 1, "c": 2, "\\u0062": 1, "c": 1}}', ["b", "c"]),
            (b'{"": 1, "": 1}', ["?"]),
            (b'{"\\ud800": 1, "\\ud800": 1}', ["?"]),
        ],
    )
    def test_a_name_that_stands_twice_is_refused(self, raw: bytes, fields: list[str]) -> None:
        body = next(m for m in models(Body) if m.__name__ == "ItemChangeBody")
        with pytest.raises(Invalid) as refusal:
            parsing.read_body(a_request(body=raw), body)
        assert (refusal.value.code, [f.field for f in refusal.value.faults]) == ("FIELDS_INVALID", fields)
        assert to_json(problem(refusal.value, correlation_id="x")[1]).encode()

    @pytest.mark.parametrize(("deep", "read"), [(1, True), (31, True), (32, False), (200, False), (960, False)])
    @pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ('{"a":', "}")])
    def test_what_stands_too_deep_is_refused(self, deep: int, read: bool, opened: str, closed: str) -> None:
        body = next(m for m in models(Body) if m.__name__ == "ItemChangeBody")
        raw = (
            '{"a":' + opened * deep + closed * deep + "}" if opened == "[" else opened * deep + "{}" + closed * deep
        )
        try:
            said = parsing.read_body(a_request(body=raw.encode()), body)
        except Invalid as refusal:
            assert not read and refusal.code == "BODY_NOT_JSON"
        else:
            assert read and said.model_extra

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
    @pytest.mark.parametrize("text", ['{"a": "\\ud800"}', '{"a": "é"}'])
    def test_another_encoding_than_utf_8_is_refused(self, encoding: str, text: str) -> None:
        body = next(m for m in models(Body) if m.__name__ == "ItemChangeBody")
        with pytest.raises(Invalid) as refusal:
            parsing.read_body(a_request(body=text.encode(encoding)), body)
        ascii_only = encoding == "latin-1" and text.isascii()
        assert refusal.value.code == ("FIELDS_INVALID" if ascii_only else "BODY_NOT_JSON")

    def test_a_byte_order_mark_is_nothing(self) -> None:
        body = next(m for m in models(Body) if m.__name__ == "Nothing")
        assert parsing.read_body(a_request(body=b"\xef\xbb\xbf{}"), body)

    @pytest.mark.parametrize("encoding", ["gzip", "br", "x", "gzip, identity"])
    def test_packed_ones_are_refused_unread(self, encoding: str) -> None:
        packed = {"content-type": "text/csv", "content-encoding": encoding}
        request = a_request(body=b"{}", headers={"content-encoding": encoding})
        for read in (
            lambda: parsing.read_body(request, models(Body)[0]),
            lambda: parsing.read_upload(a_request(body=b"x", headers=packed), 200),
        ):
            with pytest.raises(Invalid) as refusal:
                read()
            assert refusal.value.code == "MEDIA_TYPE_NOT_SUPPORTED"

    def test_both_halves_are_a_character(self) -> None:
        model = next(m for m in models(Body) if m.__name__ == "ItemChangeBody")
        read = parsing.read_body(a_request(body=b'{"a": "\\ud83d\\ude00"}'), model)
        assert read.model_extra == {"a": "😀"}

    @given(
        st.one_of(
            st.binary(max_size=200),
            st.sampled_from(
                [
                    b"[" * 50_000,
                    b'{"a":' * 20_000,
                    b'{"version":' + b"9" * 5000 + b"}",
                    b'{"a":NaN}',
                    b'{"a":-Infinity}',
                    b"[]",
                    b'"x"',
                    b"\xff\xfe{\x00}\x00",
                    b'\xef\xbb\xbf{"version":1}',
                    b'{"version":1,"version":"x"}',
                    b'{"version":"\\ud800"}',
                ]
            ),
        )
    )
    def test_that_are_no_json_are_refused(self, raw: bytes) -> None:
        model = next(m for m in models(Body) if m.__name__ == "Nothing")
        try:
            parsing.read_body(a_request(body=raw), model)
        except Invalid as refusal:
            assert refusal.code in ("BODY_NOT_JSON", "FIELDS_INVALID")


class TestQueries:
    @pytest.mark.parametrize("model", models(Query), ids=lambda m: m.__name__)
    @FEWER
    @given(data=st.data())
    def test_are_read_or_every_fault_names_its_parameter(self, model: type[BaseModel], data: st.DataObject) -> None:
        sent = data.draw(st.dictionaries(st.sampled_from(names_of(model)), TEXTS, max_size=5))
        try:
            parsing.read_query(a_request(**sent), model)
        except Invalid as refusal:
            assert refusal.code == "QUERY_INVALID" and all(f.field and f.message for f in refusal.faults)


class TestVersions:
    @given(TEXTS)
    def test_a_version_is_a_small_number_or_matches_nothing(self, text: str) -> None:
        try:
            version = parsing.read_version(a_request(headers={"if-match": text}))
        except Invalid as refusal:
            assert text.strip() == "*" and refusal.code == "HEADER_INVALID"
        else:
            assert version is not None and 0 <= version < 10**9
            assert version == 0 or text.strip() == f'"{text.strip()[1:-1]}"'


class TestKeys:
    @given(TEXTS)
    def test_a_key_and_a_correlation_id_are_plain(self, text: str) -> None:
        request = a_request(headers={"idempotency-key": text, "x-correlation-id": text})
        assert "\n" not in parsing.correlation_id(request, "ours")
        try:
            key = parsing.read_key(request)
        except Invalid as refusal:
            assert refusal.code == "HEADER_INVALID"
        else:
            assert key is not None and key.isascii() and key.isprintable() and len(key) <= 255


class TestSheets:
    @given(st.one_of(TEXTS, st.lists(st.lists(TEXTS, max_size=4).map(",".join), max_size=5).map("\r\n".join)))
    def test_are_read_or_refused(self, text: str) -> None:
        for read in (lambda: csv_rows(text, most=50), lambda: read_sheet(text)):
            try:
                read()
            except Invalid as refusal:
                assert refusal.message

    @given(
        st.binary(max_size=300), st.sampled_from(["text/csv", "multipart/form-data; boundary=x", "text/csv; x", ""])
    )
    def test_uploads_of_any_bytes_are_read_or_refused(self, raw: bytes, media_type: str) -> None:
        try:
            text = parsing.read_upload(a_request(body=raw, headers={"content-type": media_type}), 200)
        except Invalid as refusal:
            assert refusal.code in ("BODY_TOO_LARGE", "MEDIA_TYPE_NOT_SUPPORTED", "FIELDS_INVALID")
        else:
            encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
            assert text == raw.decode(encoding) or media_type.startswith("multipart")

    @given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30), min_size=1))
    def test_any_cell_comes_back(self, cells: list[str]) -> None:
        rows = [{"id": str(number), "cell": cell} for number, cell in enumerate(cells)]
        assert [row for _, row in csv_rows(csv_text(header=["id", "cell"], rows=rows), most=500)] == rows


class TestValues:
    @given(TEXTS)
    def test_a_phone_that_is_taken_is_taken_as_the_same_again(self, text: str) -> None:
        try:
            phone = PhoneNumber.parse(text)
        except DomainError:
            return
        assert PhoneNumber.parse(phone.e164) == phone and phone.e164[1:].isdecimal() and phone.e164.isascii()


class TestCursors:
    @given(st.data())
    def test_only_the_very_text_is_read(self, data: st.DataObject) -> None:
        cursors = HmacCursors(key=b"k" * 32)
        place = Place(("2026-11-25", "LEAD-1001"), "2026-11-25T09:00:00Z", {"LEAD-1": 3})
        text = cursors.sign(place, bound_to="mine")
        assert cursors.read(text, bound_to="mine") == place
        cut = data.draw(st.integers(0, len(text) - 1))
        other = data.draw(
            st.one_of(TEXTS, st.just(text[:cut]), TEXTS.map(lambda t: text[:cut] + t + text[cut + 1 :]))
        )
        assert other == text or cursors.read(other, bound_to="mine") is None
        assert cursors.read(text, bound_to="another's") is None
