"""Errors that do not come from the clouds: in events and settings, time, bugs."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from functions.errors.family import (
    Outcome,
    Plan,
    Problem,
    ProvisioningError,
    Result,
    as_json,
)

_MAX_INDEXES = 1_000
T = TypeVar("T")

_MAX_PROBLEMS_BYTES = 12_288
"""The limit for the problems in a document, where each appears twice, perhaps escaped.

The document must stay below 64 KB.
"""
_PLAN_REMEDY = (
    "Do what the remedy of each failure says, and send the event again: what has been "
    "changed already stays changed."
)
_MAX_FAILURES_BYTES = 49_152
"""The limit for the failures in the document of a batch, without its results."""


class CallerFault(ProvisioningError):
    """The sender of the event must change something."""

    status = 400


class InvalidEvent(CallerFault):
    """The event breaks its schema.

    `problems` has as many problems as fit into a document; `omitted` is the number of
    the others.
    """

    remedy = "Correct the named fields of the event; schemas/ has its schema."

    def __init__(
        self, *problems: Problem, remedy: str | None = None, omitted: int = 0
    ) -> None:
        """Take all problems, and the number of problems already left out."""
        every = sorted({problem.bounded() for problem in problems})
        shown = fitting(enumerate(map(str, every)), _MAX_PROBLEMS_BYTES)
        self.problems = every[: len(shown)]
        self.omitted = omitted + len(every) - len(shown)
        rest = f"; and {self.omitted} more problems" if self.omitted else ""
        super().__init__("; ".join(shown.values()) + rest, remedy=remedy)

    def as_summary(self) -> Result:
        """Return the document, with one entry in `errors` for each problem."""
        document = super().as_summary()
        document["errors"] = [problem._asdict() for problem in self.problems]
        return document | ({"omitted": self.omitted} if self.omitted else {})


class MethodNotAllowed(InvalidEvent):
    """An HTTP request with a method other than POST."""

    status = 405
    remedy = "Send the event with POST."


class PayloadTooLarge(InvalidEvent):
    """An HTTP request whose body is over the limit."""

    status = 413
    remedy = "Send fewer requests at once."


class ResultTooLarge(InvalidEvent):
    """An event whose result is over the limit of its trigger; its work is done."""

    status = 413
    remedy = (
        "Ask for fewer listeners at once, with `listeners`, or send fewer requests at "
        "once. What this event asked for was done, and is in the log."
    )


class UnsupportedMediaType(InvalidEvent):
    """An HTTP request whose Content-Type is not JSON."""

    status = 415
    remedy = "Send JSON, with Content-Type: application/json."


class Unauthenticated(CallerFault):
    """The sender of a webhook is not authenticated."""

    status = 401
    remedy = "Sign the request with a secret that the function knows."


class Misconfigured(ProvisioningError):
    """A setting is missing or invalid; the detail names it."""

    status = 500
    remedy = "Correct the named settings; functions/README.md describes them all."


class Malfunction(ProvisioningError):
    """A bug in this bundle; the detail names the exception and where it was raised."""

    remedy = (
        "Report the bug with this message. Sending the event again is safe: what "
        "exists already is found and used."
    )

    @classmethod
    def from_exception(cls, error: Exception) -> Malfunction:
        """Return the error for an unexpected exception, whose text is not repeated."""
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return cls(f"{type(error).__name__} in {frame.name}, line {frame.lineno}")


class DeadlineExceeded(ProvisioningError):
    """The function's time runs out before the work is finished."""

    status = 504
    retryable = True
    remedy = (
        "Give the function more time, or its event fewer requests, and send the event "
        "again: what exists already is found and used."
    )


class BatchFailed(ProvisioningError):
    """Some of an event's requests failed, or some changes of `reconcile`.

    `outcomes` has each result or error.
    """

    remedy = "Do what the remedy of each failure says, and send those requests again."

    def __init__(self, outcomes: Sequence[Outcome], plan: Plan | None = None) -> None:
        """Take the outcome of every request in order, of which at least one failed.

        With a plan, they are the outcomes of its changes. The detail names the failures
        by their indexes, counted from 0.
        """
        self.outcomes = tuple(outcomes)
        self.failures = {
            index: outcome
            for index, outcome in enumerate(outcomes)
            if isinstance(outcome, ProvisioningError)
        }
        indexes = [*map(str, self.failures)]
        if len(indexes) > _MAX_INDEXES:
            indexes[_MAX_INDEXES:] = [f"and {len(indexes) - _MAX_INDEXES} more"]
        kind = "changes" if plan else "requests"
        super().__init__(
            f"{len(self.failures)} of {len(outcomes)} {kind} failed (counted from 0): "
            f"{', '.join(indexes)}",
            remedy=_PLAN_REMEDY if plan else None,
        )
        self.plan = plan
        self.status = max(failure.status for failure in self.failures.values())
        self.retryable = any(each.retryable for each in self.failures.values())
        pauses = (each.retry_after or 0 for each in self.failures.values())
        self.retry_after = max(pauses) or None

    @classmethod
    def from_plan(cls, plan: Plan) -> BatchFailed:
        """Return the error for a plan of which some changes failed."""
        changes = enumerate(plan.changes)
        return cls([plan.errors.get(index, each) for index, each in changes], plan)

    def as_document(self) -> Result:
        """Return the document, with each request's result or error in `results`.

        With a plan, its changes are there instead, each with its result or error.
        """
        return self.as_summary() | self.results(lambda each: each.as_document())

    def results(self, describe: Callable[[ProvisioningError], Result]) -> Result:
        """Return `results` or the plan: each result, and the errors as described.

        Errors that do not fit into a document are None there, and `omitted` is their
        number.
        """
        described = ((index, describe(each)) for index, each in self.failures.items())
        shown = fitting(described, _MAX_FAILURES_BYTES)
        if self.plan:
            return self.plan.as_result(shown) | self._omitted(shown)
        results = [
            shown.get(index) if index in self.failures else outcome
            for index, outcome in enumerate(self.outcomes)
        ]
        return {"results": results} | self._omitted(shown)

    def failures_alone(self) -> Result:
        """Return the document with the failures only, of less than 64 KB."""
        described = ((p, self._failed(p, e)) for p, e in self.failures.items())
        shown = fitting(described, _MAX_FAILURES_BYTES)
        failed: Result = {"results": list(shown.values())}
        if self.plan:
            failed = {"applied": self.plan.applied, "changes": list(shown.values())}
        return self.as_summary() | failed | self._omitted(shown)

    def __str__(self) -> str:
        """Return the document as JSON, with the failures alone."""
        return as_json(self.failures_alone())

    def _failed(self, index: int, error: ProvisioningError) -> Result:
        """Return an error as its request's outcome, or in the change that failed."""
        document = _failures_alone(error)
        if self.plan:
            return {**self.plan.changes[index], "error": document}
        return document

    def _omitted(self, shown: Mapping[int, Result]) -> Result:
        number = len(self.failures) - len(shown)
        return {"omitted": number} if number else {}


def _failures_alone(error: ProvisioningError) -> Result:
    """Return the document of an error in a batch, which may be a batch itself."""
    if isinstance(error, BatchFailed):
        return error.failures_alone()
    return error.as_summary()


def fitting(items: Iterable[tuple[int, T]], max_bytes: int) -> dict[int, T]:
    """Return the first items, by index, whose JSON fits into `max_bytes`."""
    found: dict[int, T] = {}
    for index, item in items:
        max_bytes -= len(json.dumps(item))
        if max_bytes < 0:
            break
        found[index] = item
    return found
