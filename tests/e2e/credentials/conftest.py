"""A cloud without a credential, and an ear for all that a failure tells."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Iterable

import pytest

from functions.errors import ProvisioningError
from tests.e2e.conftest import QUICK
from tests.e2e.credentials.wholes import AK, PROJECT, SK, put
from tests.e2e.output import Output
from tests.emulator import Emulator

PROJECT_ID = "0123456789abcdef0123456789abcdef"
GROUP_ID = "11111111-1111-4111-8111-111111111111"
_MARK = 32
Quiet = Callable[[BaseException | None, Iterable[str]], None]
"""Fails if any of the secrets is to be read anywhere."""


@pytest.fixture
def stranger(cloud: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """Return a cloud that the settings point to, for which no credential is set."""
    for name in (AK, SK):
        monkeypatch.delenv(name)
    return cloud


@pytest.fixture
def alone(bare: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Return the environment of a function that has neither cloud nor credential."""
    put(bare, QUICK | {PROJECT: PROJECT_ID, "LOG_GROUP_ID": GROUP_ID})
    return bare


@pytest.fixture
def quiet(output: Output, caplog: pytest.LogCaptureFixture) -> Quiet:
    """Return what searches an error, the output and every library's log.

    Secrets are made by `fresh`: their last 32 characters occur nowhere else.
    """
    caplog.set_level(logging.DEBUG)

    def search(error: BaseException | None, secrets: Iterable[str]) -> None:
        told = "\n".join([*_shown(error), output.text(), caplog.text]).splitlines()
        for secret in secrets:
            assert len(secret) >= _MARK
            # its end gives it away, however the rest of it was written
            leaks = [line for line in told if secret.strip()[-_MARK:] in line]
            assert not leaks, f"{secret!r} stands in {leaks[0][-1000:]}"

    return search


def _shown(error: BaseException | None) -> list[str]:
    """Return every text of an error and of those that it came from."""
    if error is None:
        return []
    shown = [str(error), repr(error), repr(error.args)]
    shown += traceback.format_exception(type(error), error, error.__traceback__)
    if isinstance(error, ProvisioningError):
        document = error.as_document()
        shown += [json.dumps(document), json.dumps(document, ensure_ascii=False)]
    seen = None if error.__suppress_context__ else error.__context__
    return [*shown, *_shown(error.__cause__), *_shown(seen)]
