"""The requests of one event: each checked, done, and logged."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from functions import batch, contracts, provisioning
from functions.batch import Caution, Outcome
from functions.errors import DeadlineExceeded, ProvisioningError
from functions.huaweicloud.ga import Owner
from functions.huaweicloud.patience import Patience
from functions.runtime import Log
from functions.settings import Settings
from functions.tasks import Request, Task


@dataclass(frozen=True, slots=True)
class Handling:
    """What is the same for all requests of an event; `left` is in seconds."""

    task: Task
    configured: Settings
    left: Callable[[], float]
    log: Log

    def outcomes(self, requests: list[object]) -> list[Outcome]:
        """Check every request, do those that passed, and return each one's outcome."""
        checked = {
            place: self._checked(place, request)
            for place, request in enumerate(requests)
        }
        refused = {p: x for p, x in checked.items() if isinstance(x, ProvisioningError)}
        accepted = {
            p: x for p, x in checked.items() if not isinstance(x, ProvisioningError)
        }
        outcomes = refused | (self._all_done(accepted) if accepted else {})
        return [outcomes[place] for place in checked]

    def _checked(self, place: int, request: object) -> Request | ProvisioningError:
        """Return the request with its defaults, or what is wrong with it."""
        try:
            if self.left() <= 0:
                raise DeadlineExceeded("Not begun: the function's time has run out")
            if isinstance(request, Mapping):
                defaults = self.configured.log_group_id, self.configured.log_stream_name
                request = self.task.complete(request, *defaults)
            contracts.check(f"{self.task.name}.event", request)
        except ProvisioningError as error:
            with self.log.of(place):
                return self._failed(error)
        return cast("Request", request)

    def _all_done(self, requests: dict[int, Request]) -> dict[int, Outcome]:
        caution = Caution(self.left, several=len(requests) > 1)
        cloud = self._cloud(caution.pace)
        return batch.run(
            requests,
            lambda place, request: self._done(place, request, cloud, caution),
            self.configured.max_concurrency,
        )

    def _done(
        self,
        place: int,
        request: Request,
        cloud: provisioning.Cloud,
        caution: Caution,
    ) -> Outcome:
        began = time.monotonic()
        with self.log.of(place):
            try:
                caution.require_fair_weather()
            except ProvisioningError as error:
                return self._failed(error)
            outcome = self._attempt(request, cloud)
            caution.learn(outcome)
            milliseconds = round(1000 * (time.monotonic() - began), 1)
            if isinstance(outcome, ProvisioningError):
                return self._failed(outcome, milliseconds)
            self.log("INFO", "request done", milliseconds=milliseconds, result=outcome)
            return outcome

    def _attempt(self, request: Request, cloud: provisioning.Cloud) -> Outcome:
        """Return the result or the error: no defect may cost the others theirs."""
        try:
            with provisioning.noting():
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
        patience = Patience(
            attempts=configured.retry_attempts,
            base=configured.retry_base_seconds,
            cap=configured.retry_cap_seconds,
            left=self.left,
        )
        send = client.connect(configured, patience, self.log, pace)
        return provisioning.Cloud(
            send=send,
            patience=patience,
            owner=Owner(configured.project_id, configured.domain_id),
            find_project=lambda: client.find_project(configured, send, patience),
        )
