"""Does work that all requests of an event share only once."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from functions.errors import ProvisioningError

T = TypeVar("T")


class Once:
    """The outcomes of shared work, by key; safe for use by several threads.

    A refusal is kept like a result, so that it costs one call and not one per request.
    A retryable failure is not kept: the next request tries again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[Hashable, _Entry] = {}

    def get(self, key: Hashable, work: Callable[[], T]) -> tuple[T, bool]:
        """Return the result of the work, and whether this call did it.

        Raises: the errors of the work.
        """
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
        with entry.lock:
            is_first = not entry.is_done
            if is_first:
                entry.do(work)
            if entry.refusal:
                raise copy.copy(entry.refusal) from entry.refusal
            return entry.result, is_first


class _Entry:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.is_done = False
        self.result: Any = None
        self.refusal: ProvisioningError | None = None

    def do(self, work: Callable[[], object]) -> None:
        """Do the work, and keep its result or refusal.

        Raises: a retryable failure.
        """
        try:
            self.result = work()
        except ProvisioningError as error:
            if error.retryable:
                raise
            self.refusal = error
        self.is_done = True
