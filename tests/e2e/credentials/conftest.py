"""Fixtures: environments without a credential, and a search for leaked secrets."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Iterable

import pytest

from functions.errors import ProvisioningError
from tests.e2e.conftest import FAST_SETTINGS
from tests.e2e.credentials.wholes import AK, PROJECT, SK, put
from tests.e2e.output import Output
from tests.emulator import Emulator

PROJECT_ID = "0123456789abcdef0123456789abcdef"
GROUP_ID = "11111111-1111-4111-8111-111111111111"
_SUFFIX_LENGTH = 32
LeakCheck = Callable[[BaseException | None, Iterable[str]], None]
"""Fails if any of the secrets occurs in an error or in the output."""


@pytest.fixture
def keyless_cloud(cloud: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """Return a cloud that the settings point to, with no credential set."""
    for name in (AK, SK):
        monkeypatch.delenv(name)
    return cloud


@pytest.fixture
def isolated(clean_environment: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Return the environment of a function with neither a cloud nor a credential."""
    put(
        clean_environment,
        FAST_SETTINGS | {PROJECT: PROJECT_ID, "LOG_GROUP_ID": GROUP_ID},
    )
    return clean_environment


@pytest.fixture
def assert_no_leak(output: Output, caplog: pytest.LogCaptureFixture) -> LeakCheck:
    """Return a function that searches an error, the output and all logs for secrets.

    Secrets come from `unique`: their last 32 characters occur nowhere else.
    """
    caplog.set_level(logging.DEBUG)

    def search(error: BaseException | None, secrets: Iterable[str]) -> None:
        lines = "\n".join([*_shown(error), output.text(), caplog.text]).splitlines()
        for secret in secrets:
            assert len(secret) >= _SUFFIX_LENGTH
            # the suffix reveals a secret even if the rest of it was escaped
            leaks = [line for line in lines if secret.strip()[-_SUFFIX_LENGTH:] in line]
            assert not leaks, f"{secret!r} occurs in {leaks[0][-1000:]}"

    return search


def _shown(error: BaseException | None) -> list[str]:
    """Return every text representation of an error, its causes and its contexts."""
    if error is None:
        return []
    shown = [str(error), repr(error), repr(error.args)]
    shown += traceback.format_exception(type(error), error, error.__traceback__)
    if isinstance(error, ProvisioningError):
        document = error.as_document()
        shown += [json.dumps(document), json.dumps(document, ensure_ascii=False)]
    context = None if error.__suppress_context__ else error.__context__
    return [*shown, *_shown(error.__cause__), *_shown(context)]
