"""The output of the functions: lines of JSON that contain no secret."""

from __future__ import annotations

import json
import traceback
from typing import Any

import pytest

from functions.errors import ProvisioningError
from tests.emulator import Emulator

Line = dict[str, Any]


class Output:
    """Standard output and standard error since the start of the test."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        """Wrap the capture fixture of a test."""
        self._capture = capture
        self._out = ""
        self._err = ""

    def text(self) -> str:
        """Return everything written so far, standard error last."""
        self._read()
        return self._out + self._err

    def lines(self, message: str | None = None) -> list[Line]:
        """Return the parsed log lines, optionally only those with this message."""
        self._read()
        lines = [json.loads(line) for line in self._out.splitlines()]
        assert all(isinstance(line, dict) for line in lines)
        return [line for line in lines if message in (None, line["message"])]

    def _read(self) -> None:
        out, err = self._capture.readouterr()
        self._out += out
        self._err += err


def assert_nothing_secret(
    cloud: Emulator, error: BaseException, output: Output, *more: str
) -> None:
    """Check that neither the error, in any form, nor the output contains a secret."""
    shown = [str(error), repr(error), output.text()]
    shown += traceback.format_exception(type(error), error, error.__traceback__)
    if isinstance(error, ProvisioningError):
        shown.append(json.dumps(error.as_document(), ensure_ascii=False))
    text = "\n".join(shown)
    for secret in (cloud.access_key, cloud.secret_key, cloud.token, *more):
        assert secret not in text
