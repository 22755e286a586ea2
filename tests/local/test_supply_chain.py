"""What comes along from others: its licences, its parts list, and what the scans say of what they find."""

from __future__ import annotations

import base64
import json
import re
import urllib.parse
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jsonschema import Draft7Validator, FormatChecker
from referencing import Registry, Resource

from local import advisories, licences, sbom, secret_scan
from local.tools import checking_tools

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

    def test_is_as_the_schema_of_cyclonedx_says(self) -> None:
        """The schema comes with pip-audit, and refers to two others."""
        [folder] = checking_tools().parent.glob("lib/python*/site-packages/cyclonedx/schema/_res")
        schemas = {file.name: json.loads(file.read_text()) for file in folder.glob("*.SNAPSHOT.schema.json")}
        # They refer to each other by the names of their files.
        places = [(f"{base}{name}", name) for name in schemas for base in ("", "http://cyclonedx.org/schema/")]
        registry = Registry().with_resources([(at, Resource.from_contents(schemas[name])) for at, name in places])
        bom = schemas["bom-1.6.SNAPSHOT.schema.json"]
        schema = Draft7Validator(bom, registry=registry, format_checker=FormatChecker())
        said = json.loads(sbom.sbom(licences.SHIPPED))
        assert [f"{fault.json_path}: {fault.message[:200]}" for fault in schema.iter_errors(said)] == []
        said["components"][0]["licenses"] = [{"license": {"id": "Solar-1.0"}}]
        assert not schema.is_valid(said)

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
        assert "NOT CHECKED: unknown to the source: sun" in said
        assert "1 of 2 looked up, 0 open" in said

    def test_a_release_has_to_know(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = [{"name": "sun", "skip_reason": "not found"}, {"name": "moon", "version": "2", "vulns": []}]
        assert advisories.report(found, accepted={}, strict=True) == 1
        assert advisories.report(found[1:], accepted={}, strict=True) == 0
        answers = {strict: advisories.not_checked("nobody answers", strict=strict) for strict in (True, False)}
        assert answers == {True: 1, False: 0}

    def test_a_delivery_shows_it_among_its_annotations(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        advisories.not_checked("nobody answers", strict=False)
        advisories.not_checked("nobody answers", strict=True)
        said = capsys.readouterr().out
        assert "::warning title=Dependencies not checked::nobody answers" in said
        assert "::error title=Dependencies not checked::nobody answers" in said


def planted() -> dict[str, str]:
    """A line with a secret of each kind that somebody might check in. Put together here, so that none stands here."""
    secret = bytes(range(7, 71))
    key, word = base64.b64encode(secret).decode(), secret.hex()
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    head, claims = (
        base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (b'{"alg":"ES256"}', b'{"sub":"A"}')
    )
    return {
        "connection.json": f'"DefaultEndpointsProtocol=https;AccountName=sun;Account{"Key"}={key};"',
        "storage.env": f"Account{'Key'}={key}",
        "token_signing.pem": pem.decode(),
        "rsa.key": f"-----BEGIN RSA {'PRIVATE'} KEY-----\nMIIE\n",
        "bearer.txt": f"Authorization: Bearer {head}.{claims}.{key[:43].replace('+', 'a').replace('/', 'b')}",
        "hmac.py": f'OTP_HMAC_KEY = "{word}"',
        "cursor.py": f'CURSOR_HMAC_KEY = "{key}"',
        "mail.py": f'key = "S{"G"}.{key[:22].replace("+", "a").replace("/", "b")}.{(key * 2)[:43].replace("+", "a").replace("/", "b")}"',
        "sms.py": f'MSG91_AUTH_KEY = "{word[:32]}"',
        "settings.py": f'PASSWORD = "{"Kept-" + "Secret-1!"}"',
        "url.txt": f"https://admin:{'Kept' + 'Secret1'}@portal.example.com/",
        "cloud.ini": f"aws_access_key_id = AK{'IA'}{'Q7' * 8}",
        "hub.txt": f"gh{'p'}_{'aB3' * 12}",
        "sas.py": f'LINK = "https://sun.blob.core.windows.net/kyc/pan.pdf?sp=r&si{"g"}={urllib.parse.quote(key[:44], safe="")}"',
    }


class TestSecretScan:
    def test_finds_one_of_each_kind(self, tmp_path: Path) -> None:
        for name, line in planted().items():
            (tmp_path / name).write_text(line + "\n")
        (tmp_path / "harmless.py").write_text('WORDS = "a sentence without any secret in it"\nNUMBER = 12345678\n')
        found = secret_scan.found_in(tmp_path)
        assert {*planted()} - {*found} == set()
        assert "harmless.py" not in found

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
