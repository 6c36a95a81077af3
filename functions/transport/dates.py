"""Reads the dates in headers and documents of the clouds."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

MAX_RETRY_AFTER_SECONDS = 86_400.0
"""The limit: a service that asks for more than a day is not taken seriously."""


def of_header(date: str) -> float | None:
    """Return an HTTP date in seconds since 1970, None if it is not a date."""
    if not date:
        return None
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def of_document(text: object) -> float | None:
    """Return an ISO 8601 date in seconds since 1970, None if it is not a date.

    A date without an offset is in UTC.
    """
    try:
        moment = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
        return moment.replace(tzinfo=moment.tzinfo or timezone.utc).timestamp()
    except (ValueError, OverflowError):
        return None


def retry_after(value: str, now: Callable[[], float] = time.time) -> float | None:
    """Return the seconds in a Retry-After (RFC 9110 10.2.3), None if it is invalid.

    The value is a number of seconds or a date. MAX_RETRY_AFTER_SECONDS is the maximum.
    """
    if re.fullmatch("[0-9]+", value):
        return min(float(value), MAX_RETRY_AFTER_SECONDS)
    until = of_header(value)
    if until is None:
        return None
    return min(max(0.0, until - now()), MAX_RETRY_AFTER_SECONDS)
