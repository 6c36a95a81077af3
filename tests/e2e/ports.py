"""Emulators at addresses that are called by one test and never again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from tests.byte_server import is_fresh
from tests.emulator import Emulator


@contextmanager
def running(emulator: Emulator) -> Iterator[Emulator]:
    """Run an emulator on a port that no earlier server had."""
    emulator.start()
    while not is_fresh(int(urlsplit(emulator.url).port or 0)):
        emulator.stop()
        emulator.start()
    try:
        yield emulator
    finally:
        emulator.stop()
