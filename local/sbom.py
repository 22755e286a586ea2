"""`make sbom`: the parts list of what is deployed, as CycloneDX 1.6, on standard output or into a file.

From the lock file and the metadata of what is installed; the same lock file gives the same text, byte for byte.
"""

import json
import re
import sys
import uuid
from importlib import metadata
from pathlib import Path
from typing import Any

from local.licences import SHIPPED, Package, packages

ROOT_REFERENCE = "solarium-backend"
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "solarium-backend.sbom")


def main() -> None:
    """Write the list to the file named on the command line, else to standard output."""
    text = sbom(SHIPPED)
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


def sbom(lock_file: Path) -> str:
    """The CycloneDX document for what the lock file pins."""
    parts = packages(lock_file)
    direct = re.findall(r"^([A-Za-z0-9._-]+)==.*# via .*-r requirements\.in", lock_file.read_text(), re.MULTILINE)
    said = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMESPACE, lock_file.read_text(encoding='utf-8'))}",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": ROOT_REFERENCE, "name": ROOT_REFERENCE}},
        "components": [_component(part) for part in parts],
        "dependencies": [
            {"ref": ROOT_REFERENCE, "dependsOn": [_reference(part) for part in parts if part.name in direct]},
            *({"ref": _reference(part), "dependsOn": _needed(part, parts)} for part in parts),
        ],
    }
    return json.dumps(said, indent=2) + "\n"


def _component(part: Package) -> dict[str, Any]:
    licence = {"expression": part.licence} if " " in part.licence else {"license": {"id": part.licence}}
    return {
        "type": "library",
        "bom-ref": _reference(part),
        "name": part.name,
        "version": part.version,
        "purl": _reference(part),
        "licenses": [licence],
    }


def _reference(part: Package) -> str:
    return f"pkg:pypi/{part.name}@{part.version}"


def _needed(part: Package, parts: list[Package]) -> list[str]:
    """Those of the parts that this one asks for. Extras aren't told apart: what is pinned is what is deployed."""
    asked = {re.split(r"[^A-Za-z0-9._-]", said, maxsplit=1)[0] for said in metadata.requires(part.name) or []}
    names = {re.sub(r"[-_.]+", "-", name).lower() for name in asked}
    return [_reference(other) for other in parts if other.name in names]


if __name__ == "__main__":
    main()
