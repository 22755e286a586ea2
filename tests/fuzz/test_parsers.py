"""The table of parsers is whole: each that is named has property tests, and no property test of the edge is left out."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from hypothesis.internal.detection import is_hypothesis_test

from tests.fuzz.parsers import PARSERS, Parser

ROOT = Path(__file__).parents[2]
NAMED = {"phone", "csv", "query", "cursor", "if-match", "idempotency-key", "jwt"}
"""What has to be tried, whatever else is."""


def module_of(file: str) -> Any:
    return importlib.import_module(file.removesuffix(".py").replace("/", "."))


def properties(test: str) -> Iterator[str]:
    """The property tests of a file or a class, by their full names."""
    file, _, named = test.partition("::")
    assert (ROOT / file).is_file(), file
    module = module_of(file)
    for cls in [named] if named else [name for name in vars(module) if name.startswith("Test")]:
        for name, function in vars(getattr(module, cls)).items():
            if is_hypothesis_test(function):
                yield f"{file}::{cls}::{name}"


class TestParsers:
    def test_each_that_has_to_be_tried_is(self) -> None:
        assert {parser.name for parser in PARSERS} >= NAMED

    @pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
    def test_exists_and_is_tried_by_property_tests(self, parser: Parser) -> None:
        for named in parser.reads:
            module, _, path = named.partition(":")
            assert callable(reduce(getattr, path.split("."), importlib.import_module(module)))
        for test in parser.tests:
            assert list(properties(test)), test

    def test_no_property_test_of_the_edge_is_left_out(self) -> None:
        files = [*(ROOT / "tests/functions/edge").glob("test_*.py"), ROOT / "tests/adapters/test_tokens_fuzzed.py"]
        there = {name for file in files for name in properties(file.relative_to(ROOT).as_posix())}
        run = {name for parser in PARSERS for test in parser.tests for name in properties(test)}
        assert len(there) > 20 and there - run == set()
