"""What holds for all tests."""

from __future__ import annotations

import os
import tempfile

_home = tempfile.TemporaryDirectory()


def pytest_configure() -> None:
    """Lend the tests an empty home: the vendor's SDK writes there when imported."""
    os.environ["HOME"] = _home.name


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    _home.cleanup()
