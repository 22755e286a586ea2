"""Cursors over HTTP: how long a walk may last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from domain.lists import Place, Wish
from domain.values import Actor, Role, iso
from functions.edge.errors import QueryInvalid
from functions.models.paging import ListQuery, wish

NOON = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)


class Cursors:
    """The port to signed cursors; every text leads to a walk that began at this moment, or to one without."""

    def __init__(self, began: str) -> None:
        self.place = Place(("", ""), began)

    def sign(self, place: Place, *, bound_to: str) -> str:
        return "x"

    def read(self, text: str, *, bound_to: str) -> Place | None:
        return self.place


def asked(began: str) -> Wish:
    call: Any = SimpleNamespace(
        query=ListQuery(cursor="x"),
        act=SimpleNamespace(at=NOON),
        actor=Actor("ADMIN-1", "Asha", Role.ADMIN),
        endpoint=SimpleNamespace(name="ListLeads"),
        path={},
    )
    return wish(call, Cursors(began))


class TestCursor:
    @pytest.mark.parametrize("began", ["", iso(NOON), iso(NOON - timedelta(days=1))])
    def test_leads_on_for_a_day(self, began: str) -> None:
        assert asked(began).place == Place(("", ""), began)

    def test_of_an_older_walk_is_refused(self) -> None:
        with pytest.raises(QueryInvalid) as refused:
            asked(iso(NOON - timedelta(days=1, milliseconds=1)))
        assert [fault.field for fault in refused.value.faults] == ["cursor"]
