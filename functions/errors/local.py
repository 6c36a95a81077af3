"""What goes wrong on this side of the clouds: events, settings, time."""

from __future__ import annotations

import json
import traceback
from typing import TYPE_CHECKING

from functions.errors.family import Problem, ProvisioningError

if TYPE_CHECKING:
    from collections.abc import Sequence


class CallerFault(ProvisioningError):
    """The sender of the event must change something."""

    status = 400


class InvalidEvent(CallerFault):
    """The event breaks its schema; `problems` names every place."""

    remedy = "Correct the named fields of the event; its schema lies in schemas/."

    def __init__(self, *problems: Problem, remedy: str | None = None) -> None:
        """Take all that is wrong with the event."""
        self.problems = sorted(set(problems))
        super().__init__("; ".join(map(str, self.problems)), remedy=remedy)

    def as_document(self) -> dict[str, object]:
        """Return the document with one entry in `errors` for each problem."""
        return super().as_document() | {"errors": [p._asdict() for p in self.problems]}


class MethodNotAllowed(InvalidEvent):
    """An HTTP request with another method than POST."""

    status = 405
    remedy = "Send the event with POST."


class PayloadTooLarge(InvalidEvent):
    """An HTTP request with a body over the limit."""

    status = 413
    remedy = "Send fewer requests at once."


class UnsupportedMediaType(InvalidEvent):
    """An HTTP request whose body is not JSON by its own account."""

    status = 415
    remedy = "Send JSON, with Content-Type: application/json."


class Unauthenticated(CallerFault):
    """The sender of a webhook did not prove who it is."""

    status = 401
    remedy = "Sign the request with a secret that the function knows."


class Misconfigured(ProvisioningError):
    """A setting is missing or makes no sense; the detail names it."""

    status = 500
    remedy = "Correct the named settings of the function; the README lists them all."


class Malfunction(ProvisioningError):
    """A defect of this bundle; the detail names its kind and place."""

    remedy = (
        "Report the defect with this message; what was made already is found and kept "
        "when the event is sent again."
    )

    @classmethod
    def of(cls, error: Exception) -> Malfunction:
        """Return an error that should not have been; its own text is not repeated."""
        place = traceback.extract_tb(error.__traceback__)[-1]
        return cls(f"{type(error).__name__} in {place.name}, line {place.lineno}")


class DeadlineExceeded(ProvisioningError):
    """The function's time ends before the work does."""

    status = 504
    retryable = True
    remedy = (
        "Give the function more time, or its event fewer requests, and send the event "
        "again: what was made already is found and kept."
    )


class BatchFailed(ProvisioningError):
    """Some of an event's requests failed; `outcomes` has each result or error."""

    remedy = "Mend what each failure names and send those requests again."

    def __init__(
        self, outcomes: Sequence[dict[str, object] | ProvisioningError]
    ) -> None:
        """Take the outcome of every request, in their order; at least one failed.

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
            f"{len(self.failures)} of {len(outcomes)} requests failed; counted from 0, "
            f"these: {places}"
        )
        self.status = max(failure.status for failure in self.failures.values())
        self.retryable = any(each.retryable for each in self.failures.values())
        pauses = (each.retry_after or 0 for each in self.failures.values())
        self.retry_after = max(pauses) or None

    def as_document(self) -> dict[str, object]:
        """Return the document with `results`: each request's result or error."""
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
