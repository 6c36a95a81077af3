"""The context objects that the two platforms pass to a function with its event."""

from __future__ import annotations

import time
from collections.abc import Mapping

REQUEST_ID = "f6d3cb3c-9aa1-41cf-9b1f-1d2b6f2a5b35"


class LambdaContext:
    """The part of the AWS Lambda context that the functions use."""

    aws_request_id = REQUEST_ID

    def __init__(self, seconds: float) -> None:
        """Set the remaining time, in seconds."""
        self._ends_at = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        """Return the remaining time."""
        return round(1000 * (self._ends_at - time.monotonic()))


class FunctionGraphContext:
    """The part of the FunctionGraph context that the functions use."""

    def __init__(
        self, seconds: float, user_data: Mapping[str, str] | None = None
    ) -> None:
        """Set the remaining time, in seconds, and the user data."""
        self._ends_at = time.monotonic() + seconds
        self._user_data = user_data or {}

    def getRequestID(self) -> str:  # noqa: N802 - the platform's name
        """Return the invocation ID."""
        return REQUEST_ID

    def getRemainingTimeInMilliSeconds(self) -> int:  # noqa: N802 - the platform's name
        """Return the remaining time."""
        return round(1000 * (self._ends_at - time.monotonic()))

    def getUserData(self, key: str) -> str | None:  # noqa: N802 - the platform's name
        """Return the value of a setting, or None if it is not set."""
        return self._user_data.get(key)
