"""A dictionary of limited size that makes missing values."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

MAX_ENTRIES = 64
"""The limit: keys change with the credential, and a process may run for weeks."""

Key = TypeVar("Key")
Value = TypeVar("Value")


class Cache(Generic[Key, Value]):
    """Values by key, made on demand; beyond MAX_ENTRIES the oldest is dropped."""

    def __init__(self, make: Callable[[], Value]) -> None:
        """Take the factory for missing values."""
        self._make = make
        self._lock = threading.Lock()
        self._values: dict[Key, Value] = {}

    def __getitem__(self, key: Key) -> Value:
        """Return the key's value, a new one if there is none."""
        with self._lock:
            if key not in self._values:
                if len(self._values) >= MAX_ENTRIES:
                    del self._values[next(iter(self._values))]
                self._values[key] = self._make()
            return self._values[key]
