"""Rate limits: all requests succeed, and few calls are rejected."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest

from functions.errors import BatchFailed, Throttled
from tests.e2e.contexts import LambdaContext
from tests.e2e.credentials.wholes import keys_of, put, user_of
from tests.e2e.driving import HANDLERS, expect_error, listeners, send
from tests.e2e.samples import sample
from tests.emulator import Emulator

LISTENERS = 30
SECONDS = 60.0
MAX_CALLS_PER_LISTENER = 2.2


def accepted_and_rejected(cloud: Emulator, *services: str) -> tuple[int, int]:
    """Return the numbers of accepted and of rejected calls to these services."""
    calls = [call for call in cloud.calls if call["service"] in services]
    rejected = sum(1 for call in calls if call["status"] == 429)
    return len(calls) - rejected, rejected


def assert_few_calls(cloud: Emulator, number: int = LISTENERS) -> None:
    """Check that every listener has its logtank, and that few calls were made."""
    assert len(cloud.streams) == len(cloud.logtanks) == number
    accepted, rejected = accepted_and_rejected(cloud, "LTS", "GA")
    assert accepted <= MAX_CALLS_PER_LISTENER * number
    assert rejected < 2 * number


class Limit(NamedTuple):
    """Rate limits: their description, and the number of calls before they apply."""

    description: str
    limits: dict[str, int]
    free_calls: int = 0


LIMITS = [
    Limit("one limit for all services", {"*": 20}),
    Limit("a limit for each service", {"LTS": 12, "GA": 12}),
    Limit("a limit on GA only", {"GA": 12}),
    Limit("a limit on LTS only", {"LTS": 12}),
    Limit("a limit that starts in the middle", {"*": 10}, free_calls=35),
]


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.description)
def test_all_listeners_of_an_event_succeed_despite_a_rate_limit(
    mature: Emulator, limit: Limit
) -> None:
    """Fewer calls are rejected than are needed."""
    mature.reset(rate_limits=limit.limits, calls_before_rate_limits=limit.free_calls)
    results = send("bootstrap", listeners(LISTENERS), LambdaContext(SECONDS))
    assert [each["created"] for each in results] == [["log_stream", "logtank"]] * 30
    assert accepted_and_rejected(mature, "LTS", "GA")[1] > 0
    assert_few_calls(mature)


def test_no_calls_are_added_below_the_rate_limit(
    mature: Emulator,
) -> None:
    """Two calls per listener are made, and none is rejected."""
    mature.reset(rate_limits={"*": 1000})
    send("bootstrap", listeners(LISTENERS), LambdaContext(SECONDS))
    assert accepted_and_rejected(mature, "LTS", "GA") == (2 * LISTENERS, 0)


def test_a_rate_limit_on_iam_affects_only_token_requests(
    mature: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each token is issued once, and no call to another service is repeated."""
    mature.reset(rate_limits={"IAM": 1})
    for name in keys_of(mature):
        monkeypatch.delenv(name)
    put(monkeypatch, user_of(mature))
    send("bootstrap", listeners(LISTENERS), LambdaContext(SECONDS))
    assert accepted_and_rejected(mature, "LTS", "GA") == (2 * LISTENERS, 0)
    accepted, rejected = accepted_and_rejected(mature, "IAM")
    assert accepted == 2
    assert 0 < rejected <= accepted


def queued(requests: list[dict[str, object]], per_message: int) -> Any:  # noqa: ANN401 # JSON
    """Return an SQS event with this number of requests per message, numbered from 0."""
    record = sample("sqs.json")["Records"][0]
    starts = range(0, len(requests), per_message)
    bodies = [json.dumps(requests[start : start + per_message]) for start in starts]
    return {
        "Records": [
            {**record, "messageId": str(place), "body": body}
            for place, body in enumerate(bodies)
        ]
    }


@pytest.mark.parametrize("per_message", [1, 3])
def test_all_messages_of_a_queue_succeed_despite_a_rate_limit(
    mature: Emulator, per_message: int
) -> None:
    """None of ten messages is redelivered."""
    mature.reset(rate_limits={"*": 10 * per_message})
    event = queued(listeners(10 * per_message), per_message)
    response = HANDLERS["bootstrap"](event, LambdaContext(SECONDS))
    assert response == {"batchItemFailures": []}
    assert_few_calls(mature, 10 * per_message)


def test_messages_that_are_not_completed_in_time_are_redelivered(
    mature: Emulator,
) -> None:
    """These are all messages whose listeners do not have a logtank yet."""
    mature.reset(rate_limits={"*": 6})
    event: Any = queued(listeners(10), 1)
    response: Any = HANDLERS["bootstrap"](event, LambdaContext(3.5))
    failed = {int(each["itemIdentifier"]) for each in response["batchItemFailures"]}
    completed = {int(each["resource_id"][-4:]) for each in mature.logtanks}
    assert len(failed) < 10
    assert set(range(10)) - completed <= failed


@pytest.mark.parametrize("operation", ["CreateLogStream", "CreateLogtank"])
def test_a_retry_after_beyond_the_deadline_fails_all_requests_immediately(
    mature: Emulator, operation: str
) -> None:
    """The errors contain the requested delay, and only a few calls are rejected."""
    fault = {"status": 429, "headers": {"Retry-After": "90"}, "times": None}
    mature.fail({"operation": operation, **fault})
    error = expect_error("bootstrap", listeners(LISTENERS), LambdaContext(SECONDS))
    assert isinstance(error, BatchFailed)
    assert {type(each) for each in error.failures.values()} == {Throttled}
    assert len(error.failures) == LISTENERS
    delays = [each.retry_after or 0 for each in error.failures.values()]
    assert all(SECONDS < delay <= 90 for delay in delays)
    _, rejected = accepted_and_rejected(mature, "LTS", "GA")
    assert 1 <= rejected <= 8  # MAX_CONCURRENCY
