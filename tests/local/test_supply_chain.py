"""What comes along from others: its licences, its parts list, and what the scans say of what they find."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from local import advisories, licences, sbom, secret_scan

ROOT = Path(__file__).parents[2]


class TestLicences:
    def test_the_page_is_current(self) -> None:
        """`make licences` writes it anew."""
        assert licences.PAGE.read_text(encoding="utf-8") == licences.page()

    def test_nothing_is_shipped_under_another_than_the_allowed_ones(self) -> None:
        allowed = set(licences.ALLOWED)
        assert [p for p in licences.packages(licences.SHIPPED) if not p.is_under(allowed)] == []

    def test_nothing_else_is_used_for_work(self) -> None:
        allowed = set(licences.ALLOWED) | set(licences.ONLY_FOR_WORK)
        assert [p for p in licences.packages(licences.BESIDES) if not p.is_under(allowed)] == []

    @pytest.mark.parametrize(
        ("licence", "may"),
        [
            ("MIT", True),
            ("MIT OR GPL-3.0-only", True),
            ("MIT AND GPL-3.0-only", False),
            ("(MIT OR Apache-2.0) AND BSD-3-Clause", True),
            ("GPL-3.0-only", False),
            ("unknown", False),
            ("", False),
        ],
    )
    def test_asks_for_all_parts_of_an_and_and_for_one_of_an_or(self, licence: str, may: bool) -> None:
        package = licences.Package("solar", "1", licence)
        assert package.is_under({"MIT", "Apache-2.0", "BSD-3-Clause"}) is may


class TestSbom:
    def test_is_the_same_for_the_same_lock_file(self) -> None:
        assert sbom.sbom(licences.SHIPPED) == sbom.sbom(licences.SHIPPED)

    def test_names_each_pinned_package_once_and_what_it_needs(self) -> None:
        said = json.loads(sbom.sbom(licences.SHIPPED))
        pinned = re.findall(r"^([\w.-]+)==([^ ;\n]+)", licences.SHIPPED.read_text(), re.MULTILINE)
        names = [f"pkg:pypi/{name}@{version}" for name, version in pinned]
        assert [part["purl"] for part in said["components"]] == names
        assert [link["ref"] for link in said["dependencies"]] == [sbom.ROOT_REFERENCE, *names]
        needs = {link["ref"].partition("@")[0]: link["dependsOn"] for link in said["dependencies"]}
        assert [one.partition("@")[0] for one in needs["pkg:pypi/argon2-cffi"]] == ["pkg:pypi/argon2-cffi-bindings"]

    def test_what_the_application_needs_itself_is_what_requirements_in_names(self) -> None:
        asked = re.findall(r"^([\w-]+)", (ROOT / "requirements.in").read_text(), re.MULTILINE)
        direct = json.loads(sbom.sbom(licences.SHIPPED))["dependencies"][0]["dependsOn"]
        assert {re.split("[/@]", one)[1] for one in direct} == set(asked)


def an_advisory(**changes: Any) -> dict[str, Any]:
    return {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1"], "fix_versions": ["2.0"], **changes}


class TestAdvisories:
    def test_a_known_vulnerability_fails(self, capsys: pytest.CaptureFixture[str]) -> None:
        found = [{"name": "sun", "version": "1.0", "vulns": [an_advisory()]}]
        assert advisories.report(found, accepted={}) == 1
        assert "sun 1.0: PYSEC-2026-1, fixed in 2.0" in capsys.readouterr().out

    def test_an_accepted_one_does_not_under_any_of_its_names(self, capsys: pytest.CaptureFixture[str]) -> None:
        found = [{"name": "sun", "version": "1.0", "vulns": [an_advisory()]}]
        assert advisories.report(found, accepted={"CVE-2026-1": "we never parse suns"}) == 0
        assert "accepted: we never parse suns" in capsys.readouterr().out

    def test_what_was_not_looked_up_is_said_and_does_not_fail(self, capsys: pytest.CaptureFixture[str]) -> None:
        found = [{"name": "sun", "skip_reason": "not found"}, {"name": "moon", "version": "2", "vulns": []}]
        assert advisories.report(found, accepted={}) == 0
        said = capsys.readouterr().out
        assert "NOT CHECKED, unknown to the source: sun" in said
        assert "1 of 2 looked up, 0 open" in said


class TestSecretScan:
    def test_each_harmless_finding_has_its_reason(self, tmp_path: Path) -> None:
        assert secret_scan.harmless(secret_scan.HARMLESS)
        file = tmp_path / "harmless.toml"
        file.write_text('harmless = [{ hash = "ab", reason = "" }]')
        with pytest.raises(ValueError, match="no reason for ab"):
            secret_scan.harmless(file)

    def test_fails_for_what_is_not_known_and_never_prints_it(self, capsys: pytest.CaptureFixture[str]) -> None:
        one = {"type": "Azure Storage Account access key", "hashed_secret": "ab12", "line_number": 7}
        assert secret_scan.report({"settings.py": [one]}, {}) == 1
        assert "settings.py:7: Azure Storage Account access key, hash ab12" in capsys.readouterr().out
        assert secret_scan.report({"settings.py": [one]}, {"ab12": "the emulator's own"}) == 0
