"""What the two platforms hand a function besides its event."""

from __future__ import annotations

import time
from collections.abc import Mapping

REQUEST_ID = "f6d3cb3c-9aa1-41cf-9b1f-1d2b6f2a5b35"


class LambdaContext:
    """AWS Lambda's context, as far as it is used: an attribute and a method."""

    aws_request_id = REQUEST_ID

    def __init__(self, seconds: float) -> None:
        """Have so many seconds left from now on."""
        self._ends_at = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        """Return the time left."""
        return round(1000 * (self._ends_at - time.monotonic()))


class FunctionGraphContext:
    """FunctionGraph's context, as far as it is used: methods alone."""

    def __init__(
        self, seconds: float, user_data: Mapping[str, str] | None = None
    ) -> None:
        """Have so many seconds left from now on, and these settings."""
        self._ends_at = time.monotonic() + seconds
        self._user_data = user_data or {}

    def getRequestID(self) -> str:  # noqa: N802 - the platform's name
        """Return the invocation's id."""
        return REQUEST_ID

    def getRemainingTimeInMilliSeconds(self) -> int:  # noqa: N802 - likewise
        """Return the time left."""
        return round(1000 * (self._ends_at - time.monotonic()))

    def getUserData(self, key: str) -> str | None:  # noqa: N802 - likewise
        """Return a setting, None where it is not set."""
        return self._user_data.get(key)
