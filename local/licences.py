"""`make licences`: writes docs/licences.md, the licence of every package that the product brings along.

Read from the metadata of what is installed, for what the lock file names. Nothing is fetched.
"""

import re
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "licences.md"
SHIPPED, BESIDES = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"

ALLOWED = {
    "Apache-2.0": "permissive",
    "BSD-2-Clause": "permissive",
    "BSD-3-Clause": "permissive",
    "ISC": "permissive",
    "MIT": "permissive",
    "MIT-0": "permissive",
    "MIT-CMU": "permissive",
    "PSF-2.0": "permissive",
    "MPL-2.0": "its own files stay open if they are changed; we change none",
    "LGPL-3.0-only": "used as it comes, as a library that can be exchanged",
}
"""What may come along, and what it asks of us. Another licence is a decision, made here with its reason."""

ONLY_FOR_WORK = {"CNRI-Python": "permissive"}
"""What besides may be on a developer's machine, and isn't shipped."""

_SPELT = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "PSFL": "PSF-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
"""How packages spell it that don't use SPDX names."""

_READ = {"pypdfium2": "BSD-3-Clause AND Apache-2.0"}
"""What the metadata says in prose; read by a person."""


@dataclass(frozen=True)
class Package:
    """A pinned package; `licence` is an SPDX expression, or what the metadata says if it isn't one."""

    name: str
    version: str
    licence: str

    def is_under(self, allowed: set[str]) -> bool:
        """Whether it may be used under these licences: all parts of an AND, one of an OR."""
        parts = self.licence.replace("(", " ").replace(")", " ").split(" AND ")
        return all(any(choice.strip() in allowed for choice in part.split(" OR ")) for part in parts)


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


def page() -> str:
    """The text of docs/licences.md."""
    shipped = packages(SHIPPED)
    names = {package.name for package in shipped}
    besides = [package for package in packages(BESIDES) if package.name not in names]
    return "\n".join(
        [
            "# Licences",
            "",
            "Written by `make licences` from the lock files; don't edit it. What is allowed, and why, stands in",
            "`local/licences.py`. The fonts in `adapters/pdf/fonts/` are under the SIL Open Font License 1.1.",
            "",
            "## Shipped with the product",
            "",
            *_table(shipped),
            "",
            "## Only on a developer's machine",
            "",
            *_table(besides),
            "",
        ]
    )


def packages(lock_file: Path) -> list[Package]:
    """What the lock file pins for this system, in its order."""
    pins = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)(.*)$", lock_file.read_text(encoding="utf-8"), re.MULTILINE)
    return [Package(name, version, _licence(name)) for name, version, more in pins if "'win32'" not in more]


def _table(listed: list[Package]) -> list[str]:
    rows = [f"| {package.name} | {package.version} | {package.licence} |" for package in listed]
    return ["| package | version | licence |", "|---|---|---|", *rows]


def _licence(name: str) -> str:
    said = metadata.metadata(name)
    classified = [c.rsplit(" :: ", 1)[1] for c in said.get_all("Classifier") or [] if c.startswith("License ::")]
    prose = (said["License"] or "").strip()
    short = prose if "\n" not in prose and len(prose) < 40 else ""
    found = _READ.get(name) or said["License-Expression"] or short or " AND ".join(classified) or "unknown"
    return _SPELT.get(found, found)


if __name__ == "__main__":
    main()
