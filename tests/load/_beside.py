"""What goes on beside the load: in a thread, from the beginning of a `with` block to its end."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Beside(ABC):
    """Does `go_on` in a thread of its own while it is open. At the end it is told so by `_end`, and waited for."""

    def __init__(self) -> None:
        self._end = threading.Event()
        self._thread = threading.Thread(target=self.go_on, daemon=True)

    @abstractmethod
    def go_on(self) -> None:
        """The work; it returns soon after `_end` is set."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join()
