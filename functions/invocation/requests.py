"""Checks, processes and logs the requests of one event."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import NamedTuple, cast

from functions import contracts, provisioning
from functions.errors import (
    DeadlineExceeded,
    InvalidEvent,
    Outcome,
    ProvisioningError,
)
from functions.huaweicloud.ga import Owner
from functions.huaweicloud.rate_limiter import RateLimiter
from functions.huaweicloud.retry_policy import RetryPolicy
from functions.invocation import batch, validation
from functions.invocation.batch import CircuitBreaker
from functions.invocation.tasks import Task
from functions.invocation.warm_state import WarmState
from functions.provisioning import Cloud, Request
from functions.provisioning.once import Once
from functions.runtime import Log
from functions.settings import Settings
from functions.triggers.delivery import Delivery, Ignored, Listener

MAX_REPORTED_PROBLEMS = 1_000
"""The limit for all requests of an event, so that a load balancer accepts the response.
"""


class Requests(NamedTuple):
    """Processes the requests of an event; has what they share.

    `random_start` returns the fraction of the requests after which to start, if the
    delivery does not say.
    """

    task: Task
    configured: Settings
    state: WarmState
    remaining_seconds: Callable[[], float]
    log: Log
    random_start: Callable[[], float] = random.random

    def outcomes(self, delivery: Delivery) -> list[Outcome | None]:
        """Check every item, process those that pass, and return all outcomes.

        After the first failure of a group, its later items have no outcome: None.
        """
        items, groups = delivery.items(), delivery.groups()
        labels = delivery.labels()
        checked = [self._checked(item, of=len(items)) for item in items]
        first = _first_of_equals(checked, groups)
        start = self.random_start() if delivery.start is None else delivery.start
        chains = batch.chained(groups, start)
        unique = [chain for chain in chains if first[chain[0]] == chain[0]]
        outcomes = self._processed(unique, checked, labels)
        for index, same in enumerate(first):
            if same != index:
                with self._log_context(index, labels, checked[index]):
                    self.log("INFO", "same request", same_as_item=same)
        held_back = sum(1 for index in first if index not in outcomes)
        if held_back:
            self.log("WARNING", "not begun", requests=held_back)
        return [outcomes.get(index) for index in first]

    def _checked(
        self, item: object, *, of: int
    ) -> Request | Ignored | ProvisioningError:
        """Return the request with its defaults, or what is wrong with it."""
        item = self._of_trace(item)
        if isinstance(item, Ignored):
            return item
        share = max(1, MAX_REPORTED_PROBLEMS // of)
        try:
            if self.remaining_seconds() <= 0:
                raise DeadlineExceeded("Not started: the function's time has run out")
            return self._request(item, min(contracts.MAX_PROBLEMS, share))
        except ProvisioningError as error:
            return error

    def _of_trace(self, item: object) -> object:
        """Return an item, or the request for what it reports if it is a trace."""
        if not isinstance(item, Listener):
            return item
        if item.trace is not self.task.trace:
            return Ignored("the trace is not of an operation that this function serves")
        if isinstance(item.id, InvalidEvent):
            return item.id
        return self.task.for_listener(item.id)

    def _request(self, item: object, max_problems: int) -> Request:
        """Return the complete request that an item is.

        Raises: InvalidEvent, Misconfigured; Malfunction for a bug in checking it.
        """
        if isinstance(item, ProvisioningError):
            raise item
        with provisioning.error_context():
            return validation.complete(self.task, item, self.configured, max_problems)

    def _processed(
        self,
        chains: list[list[int]],
        checked: Sequence[Request | Ignored | ProvisioningError],
        labels: Sequence[str | None],
    ) -> dict[int, Outcome]:
        requests = {p: c for p, c in enumerate(checked) if isinstance(c, Mapping)}
        breaker = CircuitBreaker(self.remaining_seconds)
        cloud = self._cloud(breaker) if requests else None
        is_only = len(requests) == 1

        def outcome(index: int) -> Outcome:
            item = checked[index]
            with self._log_context(index, labels, item):
                if isinstance(item, ProvisioningError):
                    return self._failed(item)
                if isinstance(item, Ignored):
                    self.log("INFO", "ignored", why=item.why)
                    return {"ignored": item.why}
                began = time.monotonic()
                work = partial(self.task.action, item, cast("Cloud", cloud))
                ended = breaker.attempt(work, always=is_only)
                return self._reported(ended, 1000 * (time.monotonic() - began))

        concurrency = 1 if self.task.one_by_one else self.configured.max_concurrency
        return batch.run(chains, outcome, concurrency)

    def _log_context(
        self, index: int, labels: Sequence[str | None], item: object
    ) -> AbstractContextManager[None]:
        """Return a context in which log lines name the request that they belong to."""
        request = item if isinstance(item, Mapping) else {}
        logtank = request.get("logtank", request)
        return self.log.context(
            item=index,
            message_id=labels[index],
            resource_id=cast("Request", logtank).get("resource_id"),
        )

    def _reported(self, outcome: Outcome, milliseconds: float) -> Outcome:
        """Log how a request ended."""
        if isinstance(outcome, ProvisioningError):
            return self._failed(outcome, round(milliseconds, 1))
        self.log(
            "WARNING" if self.task.needs_attention(outcome) else "INFO",
            "request done",
            milliseconds=round(milliseconds, 1),
            result=self.task.summary(outcome),
        )
        return outcome

    def _failed(
        self, error: ProvisioningError, milliseconds: float | None = None
    ) -> ProvisioningError:
        facts = failure_facts(error)
        self.log("ERROR", "request failed", milliseconds=milliseconds, **facts)
        return error

    def _cloud(self, breaker: CircuitBreaker) -> Cloud:
        configured, client = self.configured, self.state.client()
        policy = RetryPolicy(
            attempts=configured.retry_attempts,
            base=configured.retry_base_seconds,
            cap=configured.retry_cap_seconds,
            remaining_seconds=self.remaining_seconds,
            limiter=RateLimiter(self.state.clock),
            clock=self.state.clock,
            sleep=self.state.sleep,
        )
        send = client.connect(configured, policy, self.log, breaker.record_duration)
        return Cloud(
            send=send,
            policy=policy,
            owner=Owner(configured.project_id, configured.domain_id),
            find_project=lambda: client.find_project(configured, send, policy),
            log=self.log,
            once=Once(),
            run_all=partial(batch.run_all, breaker, configured.max_concurrency),
            stream_name=partial(
                validation.stream_name, setting=configured.log_stream_name
            ),
            streams_per_group=configured.log_streams_per_group,
            log_context=self.log.context,
        )


def failure_facts(error: ProvisioningError) -> dict[str, object]:
    """Return the fields of a log line about an error; queries need its code alone."""
    return {
        "code": error.code,
        "cloud_request_id": error.request_id,
        "error": error.as_summary(),
    }


def _first_of_equals(
    checked: Sequence[object], groups: Sequence[str | None]
) -> list[int]:
    """Return for each item the index of the first equal one, which alone is processed.

    Items of a group are processed even if they are equal.
    """
    first: dict[str, int] = {}
    return [
        first.setdefault(json.dumps(item, sort_keys=True), index)
        if isinstance(item, Mapping) and group is None
        else index
        for index, (item, group) in enumerate(zip(checked, groups, strict=True))
    ]
