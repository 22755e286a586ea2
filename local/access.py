"""`make access`: writes docs/access.md anew, from what the endpoints declare. Nothing is started or stored."""

import importlib
import os
import tempfile
from pathlib import Path

from functions.access import table
from local.settings import local_settings

PAGE = Path(__file__).parent.parent / "docs" / "access.md"
NOWHERE = (
    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=bm90IGEgcmVhbCBrZXk=;"
    "BlobEndpoint=http://127.0.0.1:1/devstoreaccount1;TableEndpoint=http://127.0.0.1:1/devstoreaccount1;"
)


def main() -> None:
    """Write the page."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(local_settings(Path(folder), storage_connection=NOWHERE))
        wired = importlib.import_module("function_app")
    PAGE.write_text(table(wired.edge.endpoints), encoding="utf-8")


if __name__ == "__main__":
    main()
