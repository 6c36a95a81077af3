"""Work that all requests of an event share is done once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from functions.errors import AlreadyExists, ProvisioningError, ServiceFailed
from functions.provisioning.once import Once


class Work:
    """Work that returns how often it was done, or fails first."""

    def __init__(self, *failures: ProvisioningError) -> None:
        """Set the errors of the first attempts."""
        self.times = 0
        self._failures = list(failures)

    def __call__(self) -> int:
        """Do it."""
        self.times += 1
        if self._failures:
            raise self._failures.pop(0)
        return self.times


def test_the_first_caller_does_the_work_for_all() -> None:
    """Every caller learns whether it did the work."""
    once, work = Once(), Work()

    assert [once.get("a", work) for _ in range(3)] == [(1, True), *[(1, False)] * 2]


def test_work_with_another_key_is_other_work() -> None:
    """Keys may be tuples."""
    once, work = Once(), Work()

    assert once.get(("a", 1), work) == (1, True)
    assert once.get(("a", 2), work) == (2, True)


def test_a_refusal_is_kept() -> None:
    """Each caller gets an error of its own, to which facts can be added."""
    once, work = Once(), Work(AlreadyExists("taken", code="LTS.0101", service="LTS"))

    errors = []
    for name in ("l", "m"):
        with pytest.raises(AlreadyExists) as raised:
            once.get("a", work)
        raised.value.note(resource_id=name)
        errors.append(raised.value)

    assert work.times == 1
    assert [each.resource_id for each in errors] == ["l", "m"]
    assert {(each.code, each.service, each.detail) for each in errors} == {
        ("LTS.0101", "LTS", "taken")
    }


def test_a_failure_that_may_pass_is_not_kept() -> None:
    """The next caller does the work, and counts as the first."""
    once, work = Once(), Work(ServiceFailed("x"))

    with pytest.raises(ServiceFailed):
        once.get("a", work)

    assert once.get("a", work) == (2, True)
    assert once.get("a", work) == (2, False)


def test_threads_wait_for_the_one_that_does_the_work() -> None:
    """None of them does it again."""
    once, may_end, calls = Once(), threading.Event(), []

    def work() -> str:
        calls.append(1)
        assert may_end.wait(10)
        return "done"

    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(once.get, "a", work) for _ in range(4)]
        may_end.set()
        results = [each.result(10) for each in waiting]

    assert sorted(results) == [("done", False)] * 3 + [("done", True)]
    assert len(calls) == 1


def test_work_may_need_other_shared_work() -> None:
    """A group is created after the shared list of all groups."""
    once, inner = Once(), Work()

    assert once.get("group", lambda: once.get("list", inner)[0] + 1) == (2, True)
    assert once.get("list", inner) == (1, False)
