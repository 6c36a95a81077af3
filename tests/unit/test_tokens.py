"""Tokens are kept until shortly before their end, and asked for once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from functions.errors import DeadlineExceeded, Unreachable
from functions.huaweicloud.iam import Scope, Token
from functions.huaweicloud.tokens import TokenCache
from functions.secret import Secret
from tests.unit.script import SECONDS, Clock, plenty

ONE, OTHER = Scope("p"), Scope()


class Desk:
    """Gives out a new token for each question."""

    def __init__(self, seconds: float = 1000.0) -> None:
        """Give tokens that last so long."""
        self.seconds = seconds
        self.asked: list[Scope] = []

    def __call__(self, scope: Scope) -> Token:
        """Return the next token."""
        self.asked.append(scope)
        return Token(Secret(f"token {len(self.asked)}"), self.seconds)


@pytest.mark.parametrize(("later", "asked"), [(0, 1), (699, 1), (700, 2), (5000, 2)])
def test_a_token_is_kept_until_five_minutes_before_its_end(
    later: float, asked: int
) -> None:
    """Then another one is asked for."""
    clock, desk = Clock(), Desk()
    cache = TokenCache(clock)
    cache.get(ONE, desk, plenty)
    clock.now += later

    assert cache.get(ONE, desk, plenty) == Secret(f"token {asked}")
    assert len(desk.asked) == asked


def test_each_scope_has_a_token_of_its_own() -> None:
    """One does not stand for the other."""
    cache, desk = TokenCache(Clock()), Desk()

    assert cache.get(ONE, desk, plenty) != cache.get(OTHER, desk, plenty)
    assert desk.asked == [ONE, OTHER]


def test_a_refused_token_is_forgotten_unless_it_was_replaced() -> None:
    """Two who were refused with one token get one new token."""
    cache, desk = TokenCache(Clock()), Desk()
    old = cache.get(ONE, desk, plenty)
    cache.forget(ONE, old)
    new = cache.get(ONE, desk, plenty)
    cache.forget(ONE, old)
    cache.forget(OTHER, old)

    assert cache.get(ONE, desk, plenty) == new != old


def test_a_question_that_fails_leaves_nothing_behind() -> None:
    """The next one asks again."""
    cache = TokenCache(Clock())

    def fail(_scope: Scope) -> Token:
        raise Unreachable("x", service="IAM")

    with pytest.raises(Unreachable):
        cache.get(ONE, fail, plenty)

    assert cache.get(ONE, Desk(), plenty) == Secret("token 1")


def test_those_side_by_side_ask_once() -> None:
    """The others wait for the first one's token, as long as they may."""
    cache, desk = TokenCache(Clock()), Desk()
    asking, go_on = threading.Event(), threading.Event()

    def ask(scope: Scope) -> Token:
        asking.set()
        assert go_on.wait(SECONDS)
        return desk(scope)

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(cache.get, ONE, ask, plenty)
        assert asking.wait(SECONDS)
        second = pool.submit(cache.get, ONE, ask, plenty)
        with pytest.raises(DeadlineExceeded, match="waited for a token") as raised:
            cache.get(ONE, ask, lambda: -1.0)
        go_on.set()

    assert raised.value.service == "IAM"
    assert first.result() == second.result() == Secret("token 1")
    assert len(desk.asked) == 1
