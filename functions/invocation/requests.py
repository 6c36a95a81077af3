"""The requests of one event: each checked, carried out, and logged."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from itertools import takewhile
from typing import NamedTuple, cast

from functions import contracts, provisioning, triggers
from functions.errors import DeadlineExceeded, InvalidEvent, Outcome, ProvisioningError
from functions.huaweicloud.ga import Owner
from functions.huaweicloud.retry_policy import RetryPolicy
from functions.invocation import batch
from functions.invocation.batch import CircuitBreaker
from functions.invocation.tasks import Task
from functions.invocation.warm_state import WarmState
from functions.provisioning import Request
from functions.runtime import Log
from functions.settings import Settings
from functions.triggers.delivery import Ignored, Listener

MAX_REPORTED_PROBLEMS = 1_000
"""For all requests of an event, so that a load balancer accepts the response."""


class Requests(NamedTuple):
    """What all requests of an event share."""

    task: Task
    configured: Settings
    state: WarmState
    remaining_seconds: Callable[[], float]
    log: Log

    def outcomes(self, items: list[object], *, in_order: bool = False) -> list[Outcome]:
        """Check every item, carry out those that pass, and return all outcomes.

        In order means up to the first failure, which is then the last outcome.
        """
        outcomes: dict[int, Outcome] = {}
        accepted: dict[int, Request] = {}
        for place, item in enumerate(items):
            if isinstance(item, Ignored):
                outcomes[place] = self._ignore(place, item)
                continue
            checked = self._checked(place, item, of=len(items))
            if not isinstance(checked, ProvisioningError):
                accepted[place] = checked
                continue
            outcomes[place] = checked
            if in_order:
                break
        if accepted:
            outcomes |= self._carry_out(accepted, in_order=in_order)
        reached = list(takewhile(outcomes.__contains__, range(len(items))))
        if in_order and len(reached) < len(items):
            self.log("WARNING", "not begun", requests=len(items) - len(reached))
        return [outcomes[place] for place in reached]

    def _ignore(self, place: int, item: Ignored) -> Outcome:
        with self.log.item(place):
            self.log("INFO", "ignored", why=item.why)
        return {"ignored": item.why}

    def _checked(
        self, place: int, item: object, *, of: int
    ) -> Request | ProvisioningError:
        """Return the request with its defaults, or what is wrong with it."""
        share = max(1, MAX_REPORTED_PROBLEMS // of)
        try:
            if self.remaining_seconds() <= 0:
                raise DeadlineExceeded("Not begun: the function's time has run out")
            return self._request(item, min(contracts.MAX_PROBLEMS, share))
        except ProvisioningError as error:
            with self.log.item(place):
                return self._failed(error)

    def _request(self, item: object, max_problems: int) -> Request:
        """Return the complete request that an item is.

        Raises: InvalidEvent, Misconfigured.
        """
        if isinstance(item, ProvisioningError):
            raise item
        task, schema = self.task, f"{self.task.name}.event"
        given = task.for_new_listener(item.id) if isinstance(item, Listener) else item
        request = self._with_defaults(given) if isinstance(given, Mapping) else given
        try:
            contracts.check(schema, request, max_problems)
        except InvalidEvent as error:
            if not contracts.has_field_of(schema, given):
                error.remedy = triggers.remedy(schema)
            raise
        return cast("Request", request)

    def _with_defaults(self, request: Request) -> Request:
        configured = self.configured
        return self.task.with_defaults(
            request, configured.log_group_id, configured.log_stream_name
        )

    def _carry_out(
        self, requests: dict[int, Request], *, in_order: bool
    ) -> dict[int, Outcome]:
        breaker = CircuitBreaker(self.remaining_seconds, several=len(requests) > 1)
        cloud = self._cloud(breaker.record_duration)
        return batch.run(
            requests,
            lambda place, request: self._carried_out(place, request, cloud, breaker),
            self.configured.max_concurrency,
            in_order=in_order,
        )

    def _carried_out(
        self,
        place: int,
        request: Request,
        cloud: provisioning.Cloud,
        breaker: CircuitBreaker,
    ) -> Outcome:
        began = time.monotonic()
        with self.log.item(place):
            try:
                breaker.check()
            except ProvisioningError as error:
                return self._failed(error)
            outcome = self._attempt(request, cloud)
            breaker.record(outcome)
            milliseconds = round(1000 * (time.monotonic() - began), 1)
            if isinstance(outcome, ProvisioningError):
                return self._failed(outcome, milliseconds)
            self.log("INFO", "request done", milliseconds=milliseconds, result=outcome)
            return outcome

    def _attempt(self, request: Request, cloud: provisioning.Cloud) -> Outcome:
        """Return the result or the error: a defect must not cost other requests."""
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

    def _cloud(self, record_duration: Callable[[float], None]) -> provisioning.Cloud:
        configured, client = self.configured, self.state.client()
        policy = RetryPolicy(
            attempts=configured.retry_attempts,
            base=configured.retry_base_seconds,
            cap=configured.retry_cap_seconds,
            remaining_seconds=self.remaining_seconds,
        )
        send = client.connect(configured, policy, self.log, record_duration)
        return provisioning.Cloud(
            send=send,
            policy=policy,
            owner=Owner(configured.project_id, configured.domain_id),
            find_project=lambda: client.find_project(configured, send, policy),
        )
