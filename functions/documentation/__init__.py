"""The API's documentation as a page: Swagger UI over our OpenAPI document, without any other host."""

from __future__ import annotations

from pathlib import Path

from functions.edge import Reply
from functions.edge.errors import RouteUnknown

_HERE = Path(__file__).parent
_ASSETS = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "start.js": "text/javascript",
}
_POLICY = (
    "default-src 'none'; connect-src 'self'; script-src 'self'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:"  # Swagger UI sets styles and draws its icons inline
)


def page() -> Reply:
    """The page itself, which may load from its own host only."""
    text = (_HERE / "page.html").read_text(encoding="utf-8")
    return Reply(raw=text, media_type="text/html", headers={"Content-Security-Policy": _POLICY})


def asset(name: str) -> Reply:
    """A file that the page loads; the large ones always packed. Raises RouteUnknown for any other name."""
    if name not in _ASSETS:
        raise RouteUnknown("The documentation has no such file.")
    headers = {"Cache-Control": "public, max-age=3600"}
    packed = _HERE / f"{name}.gz"
    if packed.exists():
        return Reply(
            raw=packed.read_bytes(), media_type=_ASSETS[name], headers={**headers, "Content-Encoding": "gzip"}
        )
    return Reply(raw=(_HERE / name).read_bytes(), media_type=_ASSETS[name], headers=headers)
