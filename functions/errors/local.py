"""What goes wrong on this side of the clouds: events, settings, time."""

from __future__ import annotations

import json
import traceback
from collections.abc import Sequence

from functions.errors.family import Outcome, Problem, ProvisioningError, Result


class CallerFault(ProvisioningError):
    """The sender of the event must change something."""

    status = 400


class InvalidEvent(CallerFault):
    """The event breaks its schema; `problems` has every place where it does."""

    remedy = "Correct the named fields of the event; schemas/ has its schema."

    def __init__(self, *problems: Problem, remedy: str | None = None) -> None:
        """Take everything that is wrong with the event."""
        self.problems = sorted(set(problems))
        super().__init__("; ".join(map(str, self.problems)), remedy=remedy)

    def as_document(self) -> Result:
        """Return the document, with one entry in `errors` for each problem."""
        return super().as_document() | {"errors": [p._asdict() for p in self.problems]}


class MethodNotAllowed(InvalidEvent):
    """An HTTP request with a method other than POST."""

    status = 405
    remedy = "Send the event with POST."


class PayloadTooLarge(InvalidEvent):
    """An HTTP request whose body is over the limit."""

    status = 413
    remedy = "Send fewer requests at once."


class UnsupportedMediaType(InvalidEvent):
    """An HTTP request whose Content-Type is not JSON."""

    status = 415
    remedy = "Send JSON, with Content-Type: application/json."


class Unauthenticated(CallerFault):
    """The sender of a webhook did not prove who it is."""

    status = 401
    remedy = "Sign the request with a secret that the function knows."


class Misconfigured(ProvisioningError):
    """A setting is missing or invalid; the detail names it."""

    status = 500
    remedy = "Correct the named settings; functions/README.md describes them all."


class Malfunction(ProvisioningError):
    """A bug in this bundle; the detail names the exception and its place."""

    remedy = (
        "Report the bug with this message. Sending the event again is safe: what "
        "exists already is found and used."
    )

    @classmethod
    def from_exception(cls, error: Exception) -> Malfunction:
        """Return the error for an unexpected exception, whose text is not repeated."""
        place = traceback.extract_tb(error.__traceback__)[-1]
        return cls(f"{type(error).__name__} in {place.name}, line {place.lineno}")


class DeadlineExceeded(ProvisioningError):
    """The function's time ends before the work does."""

    status = 504
    retryable = True
    remedy = (
        "Give the function more time, or its event fewer requests, and send the event "
        "again: what exists already is found and used."
    )


class BatchFailed(ProvisioningError):
    """Some of an event's requests failed; `outcomes` has each result or error."""

    remedy = "Do what the remedy of each failure says, and send those requests again."

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        """Take the outcome of every request in order, of which at least one failed.

        The detail names the failures by their places, counted from 0.
        """
        self.outcomes = tuple(outcomes)
        self.failures = {
            place: outcome
            for place, outcome in enumerate(outcomes)
            if isinstance(outcome, ProvisioningError)
        }
        places = ", ".join(map(str, self.failures))
        super().__init__(
            f"{len(self.failures)} of {len(outcomes)} requests failed (counted from "
            f"0): {places}"
        )
        self.status = max(failure.status for failure in self.failures.values())
        self.retryable = any(each.retryable for each in self.failures.values())
        pauses = (each.retry_after or 0 for each in self.failures.values())
        self.retry_after = max(pauses) or None

    def as_document(self) -> Result:
        """Return the document, with each request's result or error in `results`."""
        return super().as_document() | {
            "results": [
                each.as_document() if isinstance(each, ProvisioningError) else each
                for each in self.outcomes
            ]
        }

    def __str__(self) -> str:
        """Return the document as JSON, with the failures alone."""
        failures = [failure.as_document() for failure in self.failures.values()]
        return json.dumps(super().as_document() | {"results": failures})
