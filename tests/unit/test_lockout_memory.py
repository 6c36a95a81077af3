"""How long and for which projects a rejected credential is remembered."""

from __future__ import annotations

import pytest

from functions.errors import (
    AuthenticationFailed,
)
from functions.huaweicloud.lockout import (
    LOCKOUT_SECONDS,
    Lockout,
)
from tests.unit.script import Clock


def test_a_rejection_is_remembered_for_five_minutes() -> None:
    """The error has the remaining seconds as its Retry-After, and is retryable."""
    clock = Clock()
    lockout = Lockout(clock)
    no = AuthenticationFailed("no", code="APIGW.0301", service="LTS")
    lockout.reject(None, no)
    clock.now += 100.0

    with pytest.raises(AuthenticationFailed, match="for 200 seconds") as raised:
        lockout.check(None)

    error = raised.value
    assert error.retryable
    assert error.retry_after == pytest.approx(200.0)
    assert (error.code, error.service) == ("APIGW.0301", "LTS")
    assert not AuthenticationFailed("x").retryable
    clock.now += 200.0
    assert not lockout.is_active(None)
    lockout.check(None)


def test_a_rejection_that_is_repeated_is_remembered_longest() -> None:
    """Of more than 64 projects, the one rejected first is forgotten."""
    lockout = Lockout(Clock())
    no = AuthenticationFailed("no")
    for number in [*range(64), 0, 64]:
        lockout.reject(str(number), no)
    lockout.accept()

    assert [lockout.is_active(each) for each in "012"] == [True, False, True]


def test_a_rejected_credential_counts_as_unknown_afterwards() -> None:
    """So after five minutes, two foreign projects at most are tried again."""
    clock = Clock()
    lockout = Lockout(clock)
    no = AuthenticationFailed("no")
    lockout.accept()
    lockout.reject(None, no)
    clock.now += LOCKOUT_SECONDS
    assert not lockout.is_active("a")

    lockout.reject("a", no)
    assert not lockout.is_active("c")
    lockout.reject("b", no)

    assert lockout.is_active("c")
    assert not lockout.is_active(None)
