"""Addresses that are called by one test and never again.

The process remembers for minutes what an address said of a credential, and the system
hands out ports anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.emulator import Emulator

_used: set[str] = set()


@contextmanager
def running(emulator: Emulator) -> Iterator[Emulator]:
    """Run an emulator on a port that no earlier one of these had."""
    emulator.start()
    while emulator.url in _used:
        emulator.stop()
        emulator.start()
    _used.add(emulator.url)
    try:
        yield emulator
    finally:
        emulator.stop()
