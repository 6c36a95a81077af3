"""Addresses that are called by one test and never again.

The process remembers for minutes what an address said of a credential, and the system
hands out ports anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.emulator import Emulator

_used: set[str] = set()


def is_fresh(url: str) -> bool:
    """Whether an address was never called, which it is not from now on."""
    was_used = url in _used
    _used.add(url)
    return not was_used


@contextmanager
def running(emulator: Emulator) -> Iterator[Emulator]:
    """Run an emulator on a port that no earlier one of these had."""
    emulator.start()
    while not is_fresh(emulator.url):
        emulator.stop()
        emulator.start()
    try:
        yield emulator
    finally:
        emulator.stop()
