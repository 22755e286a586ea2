"""What a search finds: by words' beginnings, any spelling of a phone, ids; in any Unicode form."""

from __future__ import annotations

import unicodedata

import pytest

from domain.lists import Wanted, haystack

WORDS = haystack(
    texts=("José Desai-Patel कविता", "kavita.desai@example.com"),
    ids=("LEAD-1001", "CUST-1044", "QUOT-100101"),
)
PHONE = "+919876543210"


class TestSearch:
    @pytest.mark.parametrize(
        "typed",
        [
            "José",
            unicodedata.normalize("NFD", "josé"),
            "JOSÉ des",
            "patel",
            "desai-p",
            "ｊｏｓé",
            unicodedata.normalize("NFD", "कविता"),
            "कवि",
            "\u200bjosé\u200e",
            "kavita.desai@example.com",
            "KAVITA.D",
            "example",
            "LEAD-1001",
            "lead-10",
            "1001",
            "cust-1044",
            "QUOT-100101",
            "9876543210",
            "09876543210",
            "+91 98765 43210",
            "(+91) 98765-43210",
            "९८७६५४३२१०",
            "98765",
            "543210",
            "098765",
            "0091 98765",
            "91987",
            "desai josé",
        ],
    )
    def test_finds(self, typed):
        assert Wanted(typed).found_in(WORDS, PHONE)

    @pytest.mark.parametrize(
        "typed",
        [
            "osé",
            "esai",
            "desai kumar",
            "LEAD-1002",
            "LEAD-1044",
            "CUST-1001",
            "9876543211",
            "654321 0987",
            "lead1",
            "210",
            "0543210",
            "0",
            "000",
        ],
    )
    def test_does_not_find(self, typed):
        assert not Wanted(typed).found_in(WORDS, PHONE)
