"""The objects of a backup in the vault: their names, sealed records, and packed parts. Pure, no storage here.

backups/<id>/parts/<kind>/<name>/<number>-<hash>.jsonl.gz   rows of a table, or a container's inventory
backups/<id>/manifest.json     written last: without it there is no backup
backups/<id>/verified.json     all of it was read again and found as it was written
backups/<id>/damaged.json      a later check found it damaged: it doesn't count any more
content/<SHA-256>              a copy of a document, kept once however many backups hold it
drills/<moment>.json           a drill's signed report
"""

from __future__ import annotations

import hashlib
import hmac
import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from domain.continuity.errors import BackupDamaged

BACKUPS, CONTENT, DRILLS = "backups/", "content/", "drills/"
PACKED, SEALED = "application/gzip", "application/json"
PART_BYTES = 8 * 1024 * 1024  # unpacked; what one part may hold before the next begins
MAX_OBJECT_BYTES = 64 * 1024 * 1024
_GZIP = 31


def folder(backup_id: str) -> str:
    """Where a backup's objects are."""
    return f"{BACKUPS}{backup_id}/"


def manifest_name(backup_id: str) -> str:
    """The record that makes it a backup."""
    return folder(backup_id) + "manifest.json"


def verified_name(backup_id: str) -> str:
    """The record that makes it count."""
    return folder(backup_id) + "verified.json"


def damaged_name(backup_id: str) -> str:
    """The record that takes it out again."""
    return folder(backup_id) + "damaged.json"


def part_name(backup_id: str, kind: str, name: str, number: int, digest: str) -> str:
    """Named by its content: a part that is made again after a crash can't be taken for another one."""
    return f"{folder(backup_id)}parts/{kind}/{name}/{number:06d}-{digest[:16]}.jsonl.gz"


def content_name(digest: str) -> str:
    """A document's copy."""
    return CONTENT + digest


def digest_of(content: bytes) -> str:
    """SHA-256, in hex."""
    return hashlib.sha256(content).hexdigest()


def sealed(said: Mapping[str, Any], *, key: bytes | None = None) -> bytes:
    """A record with its own digest (with `key`, an HMAC), so that a changed bit shows."""
    text = _canonical(said)
    return _canonical({"seal": _seal(text, key), "record": dict(said)}) + b"\n"


def opened(content: bytes | None, *, name: str, key: bytes | None = None) -> dict[str, Any]:
    """What a record says. Raises BackupDamaged, naming it, unless it is exactly as it was sealed."""
    if content is None:
        raise BackupDamaged(f"{name} isn't there.", details={"object": name})
    try:
        said = json.loads(content)
        record, seal = said["record"], said["seal"]
        # Compared as a whole too: a space put in is a change, though it says the same.
        whole = _canonical({"seal": seal, "record": record}) + b"\n" == content
        intact = isinstance(record, dict) and hmac.compare_digest(str(seal), _seal(_canonical(record), key))
    except (ValueError, KeyError, TypeError, RecursionError):
        whole = intact = False
    if not (whole and intact):
        raise BackupDamaged(f"{name} isn't as it was written.", details={"object": name})
    return dict(record)


def _seal(text: bytes, key: bytes | None) -> str:
    return hmac.new(key, text, hashlib.sha256).hexdigest() if key else hashlib.sha256(text).hexdigest()


def _canonical(said: Any) -> bytes:
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode("ascii")


class Packer:
    """Lines on their way into one part: packed as they come, so that only the packed form is held."""

    def __init__(self) -> None:
        self._gzip = zlib.compressobj(3, zlib.DEFLATED, _GZIP)
        self._packed: list[bytes] = []
        self._digest = hashlib.sha256()
        self.lines = 0
        self.size = 0

    def add(self, line: bytes) -> None:
        """One more line, with its end."""
        self._packed.append(self._gzip.compress(line))
        self._digest.update(line)
        self.lines += 1
        self.size += len(line)

    def finish(self) -> tuple[bytes, str]:
        """The packed part, and the SHA-256 of what is in it."""
        self._packed.append(self._gzip.flush())
        return b"".join(self._packed), self._digest.hexdigest()


def unpacked(content: bytes, *, name: str, most: int) -> Iterator[bytes]:
    """The lines of a part, a piece at a time. Raises BackupDamaged; `most` bytes are the most there can be."""
    gzip, rest, size = zlib.decompressobj(_GZIP), b"", 0
    try:
        left = content
        while left:
            piece = gzip.decompress(left, 256 * 1024)
            left = gzip.unconsumed_tail
            size += len(piece)
            if size > most or (gzip.eof and gzip.unused_data):
                raise BackupDamaged(f"{name} holds more than was written.", details={"object": name})
            lines = (rest + piece).split(b"\n")
            rest = lines.pop()
            yield from (line + b"\n" for line in lines)
            if gzip.eof:
                break
    except zlib.error:
        raise BackupDamaged(f"{name} can't be unpacked.", details={"object": name}) from None
    if rest or not gzip.eof:
        raise BackupDamaged(f"{name} ends too early.", details={"object": name})


def rolled(before: str, digest: str) -> str:
    """The rolling digest of a table after one more part: it changes if a part is lost, swapped or changed."""
    return hashlib.sha256(f"{before}{digest}".encode()).hexdigest()
