"""Rows of many tables in one SQLite file, in the order of their keys. HTTP is in `_service`.

An entity is kept as the JSON text that the service answers with, so a page of them is put together without being
read. Keys are kept in UTF-16: that is the order in which the storage sorts them.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

Place = tuple[str, str]
"""Partition and row key."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tables (name TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS rows (of TEXT, partition BLOB, key BLOB, stamp INTEGER, body TEXT);
CREATE UNIQUE INDEX IF NOT EXISTS places ON rows (of, partition, key);
"""
_BODY = "SELECT body FROM rows WHERE of = ? AND partition = ? AND key = ?"
_STAMP = "SELECT stamp FROM rows WHERE of = ? AND partition = ? AND key = ?"
_DELETE = "DELETE FROM rows WHERE of = ? AND partition = ? AND key = ?"
_INSERT = "INSERT INTO rows VALUES (?, ?, ?, ?, ?)"
_COLUMNS = {"PartitionKey": "partition", "RowKey": "key"}
_TESTS = {"eq": "=", "ge": ">=", "gt": ">", "le": "<=", "lt": "<"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Refused(Exception):
    """What the service says no to, with the status and the word that Azure has for it."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@dataclass(frozen=True)
class Change:
    """One row of a transaction. `sent` is the entity as JSON, None to delete; `etag` is the one that it has to
    have, None if it mustn't be there."""

    place: Place
    sent: str | None
    etag: str | None


class Rows:
    """The file; one thread or process may write at a time, and others wait for it. `name` is that of a table."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._base = sqlite3.connect(file, timeout=600, isolation_level=None, cached_statements=256)
        self._base.executescript("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")
        self._base.executescript("PRAGMA cache_size = -65536; PRAGMA mmap_size = 8589934592;" + _SCHEMA)
        self._last = 0

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def create(self, name: str) -> None:
        """Make a table. Raises Refused if it is there."""
        try:
            self._base.execute("INSERT INTO tables VALUES (?)", (name,))
        except sqlite3.IntegrityError:
            raise Refused(409, "TableAlreadyExists") from None

    def drop(self, name: str) -> None:
        """Remove a table with all its rows. Raises Refused if it isn't there."""
        self.check(name)
        with self._transaction():
            self._base.execute("DELETE FROM tables WHERE name = ?", (name,))
            self._base.execute("DELETE FROM rows WHERE of = ?", (name,))

    def names(self) -> list[str]:
        """All tables."""
        return [name for (name,) in self._base.execute("SELECT name FROM tables ORDER BY name")]

    def check(self, name: str) -> None:
        """Raises Refused if there is no such table."""
        if self._base.execute("SELECT 1 FROM tables WHERE name = ?", (name,)).fetchone() is None:
            raise Refused(404, "TableNotFound")

    def get(self, name: str, place: Place) -> str | None:
        """One entity."""
        self.check(name)
        found = self._base.execute(_BODY, (name, *_keys(place))).fetchone()
        return str(found[0]) if found else None

    def page(
        self, name: str, clauses: Sequence[tuple[str, str, str]], after: Place | None, most: int
    ) -> tuple[list[str], Place | None]:
        """Entities in the order of their keys, and the one after which there are more. Clauses are column, test
        and value, as in `("RowKey", "ge", "a")`."""
        self.check(name)
        tests, values = ["of = ?"], list[bytes]()
        for column, test, value in clauses:
            tests.append(f"{_COLUMNS[column]} {_TESTS[test]} ?")
            values.append(_key(value))
        if after:
            tests.append("(partition, key) > (?, ?)")
            values += _keys(after)
        where = " AND ".join(tests)
        asked = f"SELECT body, partition, key FROM rows WHERE {where} ORDER BY partition, key LIMIT ?"  # noqa: S608 - only words of the tables above
        found = self._base.execute(asked, (name, *values, most + 1)).fetchall()
        if len(found) <= most:
            return [body for body, _, _ in found], None
        _, partition, key = found[most - 1]
        return [body for body, _, _ in found[:most]], (_text(partition), _text(key))

    def commit(self, name: str, changes: Sequence[Change]) -> list[str]:
        """All the changes or none; the new etags. Raises Refused with the number of the one at fault before its
        word."""
        self.check(name)
        with self._transaction():
            return [self._changed(name, number, change) for number, change in enumerate(changes)]

    def load(self, name: str, rows: Iterable[tuple[Place, str]]) -> None:
        """Create many rows, in the transaction of the caller's `with`."""
        stamp = self._stamp()
        new = ((name, *_keys(place), stamp, _body(sent, stamp)) for place, sent in rows)
        self._base.executemany(_INSERT, new)

    def __enter__(self) -> Rows:
        self._base.execute("BEGIN IMMEDIATE")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self._base.execute("ROLLBACK" if kind else "COMMIT")

    def _transaction(self) -> Rows:
        return self

    def _changed(self, name: str, number: int, change: Change) -> str:
        place = (name, *_keys(change.place))
        found = self._base.execute(_STAMP, place).fetchone()
        if change.etag is None and found:
            raise Refused(409, f"{number}:EntityAlreadyExists")
        if change.etag is not None and not found:
            raise Refused(404, f"{number}:ResourceNotFound")
        if found and change.etag not in ("*", etag_of(found[0])):
            raise Refused(412, f"{number}:UpdateConditionNotSatisfied")
        stamp = self._stamp()
        self._base.execute(_DELETE, place)
        if change.sent is not None:
            self._base.execute(_INSERT, (*place, stamp, _body(change.sent, stamp)))
        return etag_of(stamp)

    def _stamp(self) -> int:
        """Microseconds since 1970, never the same twice."""
        self._last = max(time.time_ns() // 1000, self._last + 1)
        return self._last


def etag_of(stamp: int) -> str:
    """An entity's etag is the moment at which it was written, as in Azure."""
    return f"W/\"datetime'{quote(_moment(stamp))}'\""


def _moment(stamp: int) -> str:
    at = _EPOCH + timedelta(microseconds=stamp)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond:06d}0Z"


def _body(sent: str, stamp: int) -> str:
    etag = etag_of(stamp).replace('"', '\\"')
    return f'{{"odata.etag":"{etag}",{sent.strip()[1:-1]},"Timestamp":"{_moment(stamp)}"}}'


def _key(key: str) -> bytes:
    return key.encode("utf-16-be")


def _text(key: bytes) -> str:
    return key.decode("utf-16-be")


def _keys(place: Place) -> tuple[bytes, bytes]:
    return _key(place[0]), _key(place[1])
