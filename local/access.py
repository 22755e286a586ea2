"""`make access`: writes docs/access.md and the README's table of functions anew. Nothing is started or stored."""

import importlib
import os
import tempfile
from pathlib import Path

from functions.access import table
from functions.overview import replaced
from local.settings import local_settings

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "access.md"
README = ROOT / "README.md"
NOWHERE = (
    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=bm90IGEgcmVhbCBrZXk=;"
    "BlobEndpoint=http://127.0.0.1:1/devstoreaccount1;TableEndpoint=http://127.0.0.1:1/devstoreaccount1;"
)


def main() -> None:
    """Write the page and the table, from what the endpoints declare."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(local_settings(Path(folder), storage_connection=NOWHERE))
        wired = importlib.import_module("function_app")
    PAGE.write_text(table(wired.edge.endpoints), encoding="utf-8")
    readme = replaced(README.read_text(encoding="utf-8"), endpoints=wired.edge.endpoints)
    README.write_text(readme, encoding="utf-8")


if __name__ == "__main__":
    main()
