"""Moments and days: UTC inside, India's day where a day counts, and nothing without an offset (cases.md 12, 22)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.values import day, day_in_india, end_of_day_in_india, iso, moment, start_of_day_in_india

LAST_OF_MARCH = date(2026, 3, 31)
NAIVE = ["2026-03-31T18:29:59", "2026-03-31T18:29:59.999", "2026-03-31 18:29", "20260331T182959"]


class TestEndOfDay:
    def test_is_half_past_six_in_the_evening_of_utc(self) -> None:
        assert end_of_day_in_india(LAST_OF_MARCH) == datetime(2026, 3, 31, 18, 30, tzinfo=UTC)

    def test_lies_between_the_last_millisecond_and_the_next(self) -> None:
        end = end_of_day_in_india(LAST_OF_MARCH)
        assert moment("2026-03-31T18:29:59.999Z") < end
        assert not moment("2026-03-31T18:30:00Z") < end

    @given(st.dates(date(1950, 1, 1), date(2200, 1, 1)))
    def test_is_the_first_moment_of_the_next_day(self, on: date) -> None:
        end = end_of_day_in_india(on)
        assert day_in_india(end - timedelta(milliseconds=1)) == on
        assert day_in_india(end) == on + timedelta(days=1)
        assert end == start_of_day_in_india(on + timedelta(days=1))

    def test_of_the_first_and_the_last_day_there_is_stays_within_the_calendar(self) -> None:
        """Somebody sends them for "from the beginning" and "without end"."""
        assert iso(start_of_day_in_india(date.min)) == "0001-01-01T00:00:00.000Z"
        assert iso(end_of_day_in_india(date.max)) == "9999-12-31T23:59:59.999Z"
        assert end_of_day_in_india(date.min) < start_of_day_in_india(date.max)


class TestMoment:
    @pytest.mark.parametrize(
        "text", ["2026-03-31T18:29:59.999Z", "2026-03-31T23:59:59.999+05:30", "2026-03-31T18:29:59.999999+00:00"]
    )
    def test_is_utc_in_whole_milliseconds(self, text: str) -> None:
        assert moment(text) == datetime(2026, 3, 31, 18, 29, 59, 999_000, tzinfo=UTC)
        assert moment(text).tzinfo is UTC

    @pytest.mark.parametrize("text", NAIVE)
    def test_refuses_one_without_an_offset(self, text: str) -> None:
        with pytest.raises(Invalid, match="with an offset"):
            moment(text)

    @pytest.mark.parametrize(
        "text",
        ["", "tomorrow", "2026-02-30T00:00:00Z", "2026-03-31", "2026-03-31T25:00:00Z", "0001-01-01T00:00:00+05:30"],
    )
    def test_refuses_what_is_no_moment(self, text: str) -> None:
        with pytest.raises(Invalid):
            moment(text)

    @given(st.datetimes(datetime(1900, 1, 1), datetime(2500, 1, 1), timezones=st.just(UTC)))
    def test_comes_back_from_its_text_to_the_millisecond(self, at: datetime) -> None:
        whole = at.replace(microsecond=at.microsecond // 1000 * 1000)
        assert (moment(iso(at)), len(iso(at))) == (whole, 24)


class TestIso:
    def test_writes_three_decimals_and_a_z(self) -> None:
        assert iso(moment("2026-03-31T23:59:59+05:30")) == "2026-03-31T18:29:59.000Z"

    def test_writes_24_characters_for_any_moment_that_was_read(self) -> None:
        assert iso(moment("0999-01-01T00:00:00Z")) == "0999-01-01T00:00:00.000Z"

    def test_refuses_a_naive_one(self) -> None:
        with pytest.raises(ValueError, match="offset"):
            iso(datetime(2026, 3, 31))


class TestDay:
    @pytest.mark.parametrize(
        ("text", "on"),
        [
            ("2026-03-31", LAST_OF_MARCH),
            ("2026-03-31T18:29:59.999Z", LAST_OF_MARCH),
            ("2026-03-31T18:30:00Z", date(2026, 4, 1)),
            ("2026-03-31T00:00:00+05:30", LAST_OF_MARCH),
            ("2026-03-30T19:00:00Z", LAST_OF_MARCH),
        ],
    )
    def test_is_the_day_in_india(self, text: str, on: date) -> None:
        assert day(text) == on

    @pytest.mark.parametrize("text", [*NAIVE, "", "2026-02-30", "31-03-2026", "२०२६-०३-३१", "2026-3-31"])
    def test_refuses_what_is_no_day(self, text: str) -> None:
        with pytest.raises(Invalid):
            day(text)

    def test_refuses_a_day_after_the_last_one(self) -> None:
        with pytest.raises(Invalid):
            day("9999-12-31T23:59:59Z")
