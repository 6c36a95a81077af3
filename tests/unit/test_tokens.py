"""Tokens are cached until shortly before they expire, and requested only once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from functions.errors import DeadlineExceeded, Unreachable
from functions.huaweicloud.cache import MAX_ENTRIES
from functions.huaweicloud.iam import Scope, Token
from functions.huaweicloud.tokens import TokenCache
from functions.secret import Secret
from tests.unit.script import SECONDS, Clock, plenty

ONE, OTHER = Scope("p"), Scope()


class FakeIam:
    """Issues a new token for each request."""

    def __init__(self, seconds: float = 1000.0) -> None:
        """Issue tokens with this lifetime."""
        self.seconds = seconds
        self.requested: list[Scope] = []

    def __call__(self, scope: Scope) -> Token:
        """Return the next token."""
        self.requested.append(scope)
        return Token(Secret(f"token {len(self.requested)}"), self.seconds)


@pytest.mark.parametrize(
    ("elapsed", "requested"), [(0, 1), (699, 1), (700, 2), (5000, 2)]
)
def test_a_token_is_cached_until_five_minutes_before_it_expires(
    elapsed: float, requested: int
) -> None:
    """After that, a new token is requested."""
    clock, iam = Clock(), FakeIam()
    cache = TokenCache(clock)
    cache.get(ONE, iam, plenty)
    clock.now += elapsed

    assert cache.get(ONE, iam, plenty) == Secret(f"token {requested}")
    assert len(iam.requested) == requested


def test_the_oldest_token_is_removed_at_the_limit() -> None:
    """Events may name many projects while a process runs for weeks."""
    cache, iam = TokenCache(Clock()), FakeIam()
    for number in [*range(MAX_ENTRIES + 1), MAX_ENTRIES, 1]:
        cache.get(Scope(f"p{number}"), iam, plenty)
    assert len(iam.requested) == MAX_ENTRIES + 1

    cache.get(Scope("p0"), iam, plenty)
    assert iam.requested[-1] == Scope("p0")


def test_each_scope_has_a_token_of_its_own() -> None:
    """A token of one scope is not used for another."""
    cache, iam = TokenCache(Clock()), FakeIam()

    assert cache.get(ONE, iam, plenty) != cache.get(OTHER, iam, plenty)
    assert iam.requested == [ONE, OTHER]


def test_a_rejected_token_is_removed_unless_already_replaced() -> None:
    """Two callers whose token was rejected get the same new token."""
    cache, iam = TokenCache(Clock()), FakeIam()
    old = cache.get(ONE, iam, plenty)
    cache.forget(ONE, old)
    new = cache.get(ONE, iam, plenty)
    cache.forget(ONE, old)
    cache.forget(OTHER, old)

    assert cache.get(ONE, iam, plenty) == new != old


def test_a_failed_request_for_a_token_is_not_cached() -> None:
    """The next call requests a token again."""
    cache = TokenCache(Clock())

    def fail(_scope: Scope) -> Token:
        raise Unreachable("x", service="IAM")

    with pytest.raises(Unreachable):
        cache.get(ONE, fail, plenty)

    assert cache.get(ONE, FakeIam(), plenty) == Secret("token 1")


def test_concurrent_callers_request_a_token_once() -> None:
    """The others wait for the first caller's token, until their deadline."""
    cache, iam = TokenCache(Clock()), FakeIam()
    asking, go_on = threading.Event(), threading.Event()

    def ask(scope: Scope) -> Token:
        asking.set()
        assert go_on.wait(SECONDS)
        return iam(scope)

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(cache.get, ONE, ask, plenty)
        assert asking.wait(SECONDS)
        second = pool.submit(cache.get, ONE, ask, plenty)
        with pytest.raises(DeadlineExceeded, match="waited for a token") as raised:
            cache.get(ONE, ask, lambda: -1.0)
        go_on.set()

    assert raised.value.service == "IAM"
    assert first.result() == second.result() == Secret("token 1")
    assert len(iam.requested) == 1
