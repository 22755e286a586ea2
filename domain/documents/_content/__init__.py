"""What a file really is, by its bytes and not by what its uploader says: a whole PDF, JPG or PNG, or nothing."""

from __future__ import annotations

from domain.documents._content._disguise import disguise_in
from domain.documents._content._jpeg import jpeg_fault
from domain.documents._content._pdf import pdf_fault
from domain.documents._content._png import png_fault
from domain.documents._model import Fault, MediaType

_KINDS = (
    (b"%PDF-", MediaType.PDF, pdf_fault),
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG, png_fault),
    (b"\xff\xd8\xff", MediaType.JPEG, jpeg_fault),
)
"""How each kind begins, and the check of the rest, which says what is wrong, or None."""


def media_type_of(content: bytes) -> MediaType:
    """The type of a whole file. Raises BadContent."""
    if not content:
        raise BadContent(Fault.DAMAGED, "The file is empty.")
    for beginning, kind, fault_in in _KINDS:
        if content.startswith(beginning):
            if fault := fault_in(content):
                raise BadContent(Fault.DAMAGED, f"The file begins like a {kind.label} but {fault}.")
            if disguise := disguise_in(content, kind):
                raise BadContent(Fault.WRONG_TYPE, f"The file is a {kind.label} and {disguise} at once.")
            return kind
    raise BadContent(Fault.WRONG_TYPE, "The file is none of PDF, JPG and PNG, whatever its name says.")


class BadContent(Exception):
    """The file isn't what may be kept; caught within this context."""

    def __init__(self, fault: Fault, reason: str) -> None:
        super().__init__(reason)
        self.fault, self.reason = fault, reason
