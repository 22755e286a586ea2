"""What can be known of infra/ without Azure: it parses, its modules fit together, and it sets what the code reads."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
from pycep import BicepParser

from functions.edge._room import READS, WRITES
from local import environment

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra"
FILES = sorted(str(path.relative_to(INFRA)) for path in INFRA.rglob("*.bicep"))
LOCAL_ONLY = {
    "STORAGE_CONNECTION",
    "STORAGE_SECONDARY_CONNECTION",
    "BACKUP_CONNECTION",
    "OUTBOX_DIR",
    "ENTRA_ISSUER",
    "ENTRA_KEYS_URL",
}
"""What only a machine without Azure has; Entra's addresses follow from the tenant unless a test says otherwise."""


def parsed(file: str) -> dict[str, Any]:
    return BicepParser().parse(file_path=INFRA / file)


def text_of(file: str) -> str:
    return (INFRA / file).read_text(encoding="utf-8")


def read_by_the_code() -> set[str]:
    """Every name in capitals that adapters/settings.py mentions as a text: the app settings."""
    tree = ast.parse((ROOT / "adapters" / "settings.py").read_text(encoding="utf-8"))
    texts = {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    names = {text for text in texts if re.fullmatch(r"[A-Z][A-Z0-9_]{3,}", text)}
    accounts = {f"{name}_ACCOUNT" for name in names if name in ("STORAGE", "BACKUP")}
    return (names - {"STORAGE", "BACKUP"}) | accounts


def set_by_the_deployment() -> set[str]:
    block = text_of("modules/app.bicep").split("var settings = {")[1].split("\n}")[0]
    return set(re.findall(r"^  ([A-Z0-9_]+):", block, flags=re.MULTILINE))


class TestFiles:
    @pytest.mark.parametrize("file", FILES)
    def test_are_bicep(self, file: str) -> None:
        assert parsed(file)["resources"]

    def test_modules_are_given_exactly_what_they_ask_for(self) -> None:
        modules = parsed("main.bicep")["modules"].values()
        assert len(modules) == 7
        for module in modules:
            file = module["detail"]["path"]
            asked = parsed(file)["parameters"]
            needed = {name for name, parameter in asked.items() if parameter.get("default") is None}
            config = module["config"].get("config") or module["config"]  # deeper in one with a condition
            given = set(config["params"])
            assert needed <= given <= set(asked), file

    def test_parameters_are_those_of_main(self) -> None:
        said = json.loads(text_of("main.parameters.json"))["parameters"]
        assert set(said) | {"entraTenantId", "entraClientId"} == set(parsed("main.bicep")["parameters"])


class TestApp:
    def test_is_set_what_the_code_reads_and_nothing_else(self) -> None:
        assert set_by_the_deployment() == read_by_the_code() - LOCAL_ONLY

    def test_takes_more_than_one_request_at_once(self) -> None:
        found = re.search(r"perInstanceConcurrency: (\d+)", text_of("modules/app.bicep"))
        assert found and int(found[1]) > 1

    def test_reaches_our_limit_after_the_platforms_and_before_the_hosts(self) -> None:
        """Below the platform's, an instance would look idle while it refuses; above the host's, it would never refuse."""
        found = re.search(r"perInstanceConcurrency: (\d+)", text_of("modules/app.bicep"))
        host = json.loads((ROOT / "host.json").read_text(encoding="utf-8"))["extensions"]["http"]
        assert found and int(found[1]) < READS < WRITES < host["maxConcurrentRequests"]


class TestAccounts:
    def test_accept_no_shared_keys_and_show_nothing_in_public(self) -> None:
        text = text_of("modules/storage.bicep")
        accounts = text.count("'Microsoft.Storage/storageAccounts@")
        assert accounts == 3
        for line in ("allowSharedKeyAccess: false", "allowBlobPublicAccess: false", "minimumTlsVersion: 'TLS1_2'"):
            assert text.count(line) == accounts

    def test_backups_are_elsewhere_and_immutable(self) -> None:
        text = text_of("modules/storage.bicep")
        assert "name: 'Standard_RAGZRS'" in text and "name: 'Standard_GZRS'" in text
        assert "immutabilityPolicies@" in text


def test_memory_is_managed_in_azure_as_it_is_here() -> None:
    """Or a soak here would say nothing of there."""
    said = dict(re.findall(r"^  (MALLOC_\w+): '(\w+)'$", (INFRA / "modules" / "app.bicep").read_text(), re.M))
    assert said == environment.ALLOCATOR and said
