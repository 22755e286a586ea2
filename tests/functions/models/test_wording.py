"""What is said of a faulty value is a sentence for the person who typed it, whatever field and fault it is."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from pydantic import BaseModel

from domain.errors import Fault, Invalid
from domain.values import Role
from functions.edge import _parsing as parsing
from functions.edge.errors import FieldsInvalid
from functions.models.fields import Body, Query
from functions.models.leads import NewLeadBody, StatusChangeBody
from functions.models.users import ChangePasswordBody
from functions.problems import problem
from tests.functions.edge.test_fuzzed import a_request, models, names_of

FAULTY: list[Any] = [
    *(None, True, -1, 5, 1.5, 10**12, "", "x", "true", "2026-13-01", "x" * 50_000),
    *([], {}, [5], [""], [{}], ["x"] * 2000, {"a": 5}),
]
OF_A_PROGRAMMER = re.compile(r"Input|String|Value|List |Dictionary|[Tt]uple|instance|parse|valid|item|null|None")


class TestSentences:
    @pytest.mark.parametrize("model", [*models(Body), *models(Query)], ids=lambda m: m.__name__)
    def test_no_field_of_any_body_or_query_is_refused_in_a_programmers_words(self, model: type[BaseModel]) -> None:
        said = set()
        for name in names_of(model):
            for value in FAULTY:
                try:
                    parsing._validated({name: value}, model, FieldsInvalid)
                except Invalid as refusal:
                    said |= {fault.message for fault in refusal.faults}
        odd = {
            text for text in said if OF_A_PROGRAMMER.search(text.replace("can't be null", "")) or text[-1] != "."
        }
        assert odd == set()


class TestTold:
    """`detail`, `message` and `error.message`: the mobile apps show one of them and nothing else."""

    @pytest.mark.parametrize(
        ("refusal", "told"),
        [
            (Invalid("Too early."), "Too early."),
            (Invalid.field("phone", "This field is needed."), "phone: This field is needed."),
            (Invalid(faults=[Fault("a", "Wrong."), Fault("b", "Empty.")]), "a: Wrong. b: Empty."),
            (
                Invalid("The move isn't complete.", faults=[Fault("a", "Wrong.")]),
                "The move isn't complete. a: Wrong.",
            ),
            (
                Invalid(faults=[Fault(str(n), "No.") for n in range(10)]),
                "0: No. 1: No. 2: No. 3: No. 4: No. 5: No. 6: No. 7: No. And 2 more.",
            ),
        ],
        ids=["alone", "one field", "two fields", "with an opening", "many"],
    )
    def test_says_what_is_wrong_with_which_field(self, refusal: Invalid, told: str) -> None:
        body = problem(refusal, correlation_id="x")[1]
        assert (body["detail"], body["message"], body["error"]["message"]) == (told, told, told)


class TestAtOnce:
    """What depends on who asks, or on another field, is said together with everything else that is wrong."""

    @pytest.mark.parametrize(
        ("role", "lacking"),
        [
            (Role.CP, {"customerName", "address", "phone"}),
            (Role.ADMIN, {"customerName", "address", "phone"}),
            (Role.KAM, {"customerName", "address", "phone", "assignedTo"}),
            (Role.CUSTOMER, {"customerName", "address"}),
        ],
    )
    def test_an_empty_lead_lacks_all_that_this_role_has_to_say(self, role: Role, lacking: set[str]) -> None:
        assert set(faults_of({}, NewLeadBody, role)) == lacking

    def test_either_name_of_the_phone_will_do_and_a_wrong_one_is_named_once(self) -> None:
        lead = {"customerName": "Anita", "address": "5 Road"}
        assert faults_of({**lead, "customerPhone": "9876543210"}, NewLeadBody, Role.CP) == {}
        assert faults_of({**lead, "phone": "9876543210"}, NewLeadBody, Role.CP) == {}
        assert set(faults_of({**lead, "customerPhone": "12"}, NewLeadBody, Role.CP)) == {"customerPhone"}
        assert set(faults_of({**lead, "phone": "12"}, NewLeadBody, Role.CP)) == {"phone"}

    def test_a_move_without_remarks_gets_as_far_as_the_rules_of_the_move(self) -> None:
        assert faults_of({"status": "In Discussion"}, StatusChangeBody, Role.CP) == {}
        assert StatusChangeBody.model_json_schema()["required"] == ["status", "remarks"]

    def test_two_passwords_that_differ_are_told_at_the_second_with_all_else(self) -> None:
        body = {"newPassword": "Kam-Test-1!", "confirmPassword": "Kala-Pass-1!"}
        assert set(faults_of(body, ChangePasswordBody, Role.ADMIN).items()) == {
            ("confirmPassword", "The two new passwords differ."),
            ("currentPassword", "This field is needed."),
        }


def faults_of(body: dict[str, Any], model: type[BaseModel], role: Role) -> dict[str, str]:
    try:
        parsing.read_body(a_request(body=json.dumps(body).encode()), model, role)
    except Invalid as refusal:
        return {fault.field: fault.message for fault in refusal.faults}
    return {}
