"""Configuration of all tests."""

from __future__ import annotations

import os
import tempfile

_home = tempfile.TemporaryDirectory()


def pytest_configure() -> None:
    """Use an empty home folder, because the SDK writes there on import."""
    os.environ["HOME"] = _home.name


def pytest_unconfigure() -> None:
    """Delete the home folder."""
    _home.cleanup()
