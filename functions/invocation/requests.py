"""The requests of one event: each checked, done, and logged."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from itertools import takewhile
from typing import NamedTuple, cast

from functions import contracts, provisioning, triggers
from functions.errors import DeadlineExceeded, InvalidEvent, ProvisioningError
from functions.huaweicloud.ga import Owner
from functions.huaweicloud.retry_policy import RetryPolicy
from functions.invocation import batch
from functions.invocation.batch import CircuitBreaker, Outcome
from functions.invocation.tasks import Request, Task
from functions.runtime import Log
from functions.settings import Settings
from functions.triggers.delivery import Ignored, Listener

MAX_REPORTED_PROBLEMS = 1_000
"""Problems with an event's requests in all, so that a gateway takes the answer."""


class Handling(NamedTuple):
    """What is the same for all requests of an event; `left` is in seconds."""

    task: Task
    configured: Settings
    remaining_seconds: Callable[[], float]
    log: Log

    def outcomes(self, items: list[object], *, in_order: bool = False) -> list[Outcome]:
        """Check every item, do those that passed, and return each one's outcome.

        In order means until the first failure, which is then the last outcome.
        """
        outcomes: dict[int, Outcome] = {}
        accepted: dict[int, Request] = {}
        most = min(
            contracts.MOST_PROBLEMS, max(1, MAX_REPORTED_PROBLEMS // (len(items) or 1))
        )
        for place, item in enumerate(items):
            if isinstance(item, Ignored):
                outcomes[place] = self._ignored(place, item)
                continue
            checked = self._checked(place, item, most)
            if not isinstance(checked, ProvisioningError):
                accepted[place] = checked
                continue
            outcomes[place] = checked
            if in_order:
                break
        if accepted:
            outcomes |= self._all_done(accepted, in_order=in_order)
        told = list(takewhile(outcomes.__contains__, range(len(items))))
        if in_order and len(told) < len(items):
            self.log("WARNING", "not begun", requests=len(items) - len(told))
        return [outcomes[place] for place in told]

    def _ignored(self, place: int, item: Ignored) -> Outcome:
        with self.log.of(place):
            self.log("INFO", "ignored", why=item.why)
        return {"ignored": item.why}

    def _checked(
        self, place: int, item: object, most: int
    ) -> Request | ProvisioningError:
        """Return the request with its defaults, or at most so much that is wrong."""
        try:
            if self.remaining_seconds() <= 0:
                raise DeadlineExceeded("Not begun: the function's time has run out")
            return self._request(item, most)
        except ProvisioningError as error:
            with self.log.of(place):
                return self._failed(error)

    def _request(self, item: object, most: int) -> Request:
        """Return the request that an item is, complete.

        Raises: InvalidEvent, Misconfigured.
        """
        if isinstance(item, ProvisioningError):
            raise item
        task, schema = self.task, f"{self.task.name}.event"
        given = task.for_listener(item.id) if isinstance(item, Listener) else item
        request = self._complete(given) if isinstance(given, Mapping) else given
        try:
            contracts.check(schema, request, most)
        except InvalidEvent as error:
            if not contracts.has_field_of(schema, given):
                error.remedy = triggers.remedy(schema)
            raise
        return cast("Request", request)

    def _complete(self, request: Request) -> Request:
        defaults = self.configured.log_group_id, self.configured.log_stream_name
        return self.task.complete(request, *defaults)

    def _all_done(
        self, requests: dict[int, Request], *, in_order: bool
    ) -> dict[int, Outcome]:
        circuit_breaker = CircuitBreaker(
            self.remaining_seconds, several=len(requests) > 1
        )
        cloud = self._cloud(circuit_breaker.pace)
        return batch.run(
            requests,
            lambda place, request: self._done(place, request, cloud, circuit_breaker),
            self.configured.max_concurrency,
            in_order=in_order,
        )

    def _done(
        self,
        place: int,
        request: Request,
        cloud: provisioning.Cloud,
        circuit_breaker: CircuitBreaker,
    ) -> Outcome:
        began = time.monotonic()
        with self.log.of(place):
            try:
                circuit_breaker.check()
            except ProvisioningError as error:
                return self._failed(error)
            outcome = self._attempt(request, cloud)
            circuit_breaker.learn(outcome)
            milliseconds = round(1000 * (time.monotonic() - began), 1)
            if isinstance(outcome, ProvisioningError):
                return self._failed(outcome, milliseconds)
            self.log("INFO", "request done", milliseconds=milliseconds, result=outcome)
            return outcome

    def _attempt(self, request: Request, cloud: provisioning.Cloud) -> Outcome:
        """Return the result or the error: no defect may cost the others theirs."""
        try:
            with provisioning.error_context():
                return self.task.action(request, cloud)
        except ProvisioningError as error:
            return error

    def _failed(
        self, error: ProvisioningError, milliseconds: float | None = None
    ) -> ProvisioningError:
        document = error.as_document()
        self.log("ERROR", "request failed", milliseconds=milliseconds, error=document)
        return error

    def _cloud(self, pace: Callable[[float], None]) -> provisioning.Cloud:
        # requests takes longer to import than a refusal takes to be written
        from functions.huaweicloud import client  # noqa: PLC0415

        configured = self.configured
        retry_policy = RetryPolicy(
            attempts=configured.retry_attempts,
            base=configured.retry_base_seconds,
            cap=configured.retry_cap_seconds,
            remaining_seconds=self.remaining_seconds,
        )
        send = client.connect(configured, retry_policy, self.log, pace)
        return provisioning.Cloud(
            send=send,
            retry_policy=retry_policy,
            owner=Owner(configured.project_id, configured.domain_id),
            find_project=lambda: client.find_project(configured, send, retry_policy),
        )
