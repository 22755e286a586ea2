"""The four clients as they really call: headers, time-outs, retries (client-contract.md §1); and the ledger of every write
that the backend acknowledged. Used by locust; what people do with them is in `locustfile.py`."""

from __future__ import annotations

import json
import random
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gevent


@dataclass(frozen=True)
class Manner:
    """How a client calls. `again` says which statuses it tries again (0: no answer); a POST only if `posts`."""

    headers: dict[str, str]
    timeout: float
    retries: int
    pause: float
    again: frozenset[int]
    posts: bool


UNWRITTEN = frozenset({"price"})
"""Asked for with POST, but nothing is written by it: no timeline tells of it."""

_UNWELL = frozenset({0, 500, 502, 503, 504})
CP_APP = Manner({"accept": "*/*"}, 30, 1, 0.0, frozenset({0, *range(400, 600)}) - {401}, True)
WEB = Manner(
    {"Accept": "application/json", "X-Client-Type": "web-portal", "X-Client-Version": "1.0.0"},
    30,
    3,
    1.0,
    _UNWELL,
    False,
)
CUSTOMER_APP = Manner(
    {"Accept": "application/json", "X-App-Version": "1.0.0", "X-Platform": "mobile"},
    8,
    3,
    1.0,
    _UNWELL | {408, 429},
    True,
)


class Ledger:
    """The writes that were acknowledged, and those that were refused, one JSON line each."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")

    def enter(self, **said: Any) -> None:
        """Append it."""
        self._file.write(json.dumps({"at": time.time(), **said}) + "\n")
        self._file.flush()


@dataclass
class Device:
    """One signed-in person's client."""

    http: Any
    person: dict[str, Any]
    manner: Manner
    ledger: Ledger
    known: dict[str, int] = field(default_factory=dict)
    tags: dict[str, tuple[str, Any]] = field(default_factory=dict)

    def get(self, name: str, path: str, *, fresh: bool = False) -> Any:
        """The data of a reply, or None if there was none, which counts as an error: nobody asks here for what isn't
        their own. With `fresh`, asked with the ETag of last time."""
        tag, kept = self.tags.get(path, ("", None)) if fresh else ("", None)
        reply = self._ask("GET", name, path, {"If-None-Match": tag} if tag else {}, None, frozenset())
        if reply is None or reply.status_code == 304:
            return kept
        data = reply.json()["data"]
        if fresh and reply.headers.get("ETag"):
            self.tags[path] = (reply.headers["ETag"], data)
        return data

    def write(
        self, method: str, name: str, path: str, body: dict[str, Any], *, version: int | None = None
    ) -> dict[str, Any] | None:
        """The data of an acknowledged write, or None if it was refused. Keyed, so a retry can't do it twice."""
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        refusals = frozenset({404, 409, 410, 412})  # somebody else was faster: an answer as good as any
        reply = self._ask(method, name, path, headers, body, refusals)
        if reply is None or reply.status_code in refusals:
            if name not in UNWRITTEN:
                refused = 0 if reply is None else reply.status_code
                self.ledger.enter(who=self.person["id"], what=name, refused=refused)
            return None
        return self._entered(name, body, reply)

    def _entered(self, name: str, body: dict[str, Any], reply: Any) -> dict[str, Any]:
        data: dict[str, Any] = reply.json()["data"]
        tag = (reply.headers.get("ETag") or '""').strip('"')
        said = {"who": self.person["id"], "what": name, "tag": int(tag or 0), "id": data.get("id"), "body": body}
        lead = data.get("leadId") or data.get("id")
        if name not in UNWRITTEN:
            self.ledger.enter(**said, lead=lead, replayed=bool(reply.headers.get("Idempotent-Replayed")))
        if str(data.get("id", "")).startswith("LEAD-"):
            self.known[str(lead)] = max(self.known.get(str(lead), 0), int(tag))
        return data

    def behind(self, lead_id: str, version: int) -> bool:
        """Whether what is shown is older than what this person was told before: a wrong result."""
        return version < self.known.get(lead_id, 0)

    def _ask(
        self, method: str, name: str, path: str, headers: dict[str, str], body: Any, refusals: frozenset[int]
    ) -> Any:
        wanted = {**self.manner.headers, **headers, "Authorization": f"Bearer {self.person['token']}"}
        retries = self.manner.retries if method != "POST" or self.manner.posts else 0
        for attempt in range(retries + 1):
            reply = self._once(method, name, path, wanted, body, refusals)
            if reply.status_code in (200, 201, 304) or reply.status_code in refusals:
                return reply
            if reply.status_code not in self.manner.again or attempt == retries:
                return None
            gevent.sleep(min(30.0, self.manner.pause * 2**attempt) * random.uniform(1.0, 1.1))
        return None

    def _once(
        self, method: str, name: str, path: str, headers: dict[str, str], body: Any, refusals: frozenset[int]
    ) -> Any:
        options: dict[str, Any] = {"headers": headers, "name": name, "catch_response": True}
        if body is not None:
            options["json"] = body
        with self.http.request(method, f"/api/v1{path}", timeout=self.manner.timeout, **options) as reply:
            if reply.status_code in (200, 201, 304) or reply.status_code in refusals:
                reply.success()
            else:
                said = (reply.text or "").partition('"instance"')[0]  # which is another one for each failure
                reply.failure(f"{reply.status_code} {said[:200]}")
        return reply
