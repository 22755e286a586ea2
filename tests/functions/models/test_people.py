"""Edits of people, from what a client sent to the values of the domain."""

from __future__ import annotations

import pytest

from domain.identity import EmailAddress
from domain.values import PhoneNumber
from functions.models.people import KamEdits, PartnerEdits, edits_of


class TestEdits:
    @pytest.mark.parametrize(
        ("sent", "edits"),
        [
            ({"phone": "98765 43210"}, {"phone": PhoneNumber("+919876543210")}),
            ({"phone": None, "version": 3}, {"phone": None}),
            ({"name": "Tara", "pinCode": "380001"}, {"name": "Tara", "pin_code": "380001"}),
            ({"name": None}, {"name": ""}),
            ({}, {}),
        ],
    )
    def test_are_values_and_nothing_that_was_not_named(self, sent: object, edits: object) -> None:
        assert edits_of(KamEdits.model_validate(sent)) == edits

    def test_of_a_partner_may_name_an_address(self) -> None:
        sent = PartnerEdits.model_validate({"email": "Tara@Example.com"})
        assert edits_of(sent) == {"email": EmailAddress("tara@example.com")}
