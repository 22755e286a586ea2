"""A storage service in a process of its own, while somebody here uses it: what `azurite` and `tables` share."""

from __future__ import annotations

import subprocess
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Any, Self


class RunningService(ABC):
    """One service; as a context manager it is stopped at the end."""

    _process: subprocess.Popen[Any]

    @property
    def pid(self) -> int:
        return self._process.pid

    @abstractmethod
    def stop(self) -> None:
        """End it gracefully, so that everything is on disk."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def spawned(command: list[str], *, keep_open: tuple[int, ...], **options: Any) -> subprocess.Popen[Any]:
    """Its process, with a pipe as standard input: a service ends when that is closed, however its parent goes.

    `keep_open` are file descriptors that stay open until it has ended, such as that of a lock on its folder.
    In a session of its own: a terminal's Ctrl-C mustn't reach it before those who still use it.
    """
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True, pass_fds=keep_open, **options)
