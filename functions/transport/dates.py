"""Moments, as the clouds write them: in headers, and in documents."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache

_USUAL_LENGTH = len("Thu, 01 Jan 1970 00:00:00 GMT")
"""As every server writes it (RFC 9110 5.6.7); what is longer is not remembered."""
LONGEST_SECONDS = 86_400.0
"""A longer pause than a day is asked for by nobody who means it."""


def of_header(date: str) -> float | None:
    """Read a date of HTTP as seconds since 1970, None where it is none."""
    is_usual = len(date) == _USUAL_LENGTH and date.endswith(" GMT")
    return _of_usual_date(date) if is_usual else _of_date(date)


@lru_cache(maxsize=4)  # the answers to one event often come within one second
def _of_usual_date(date: str) -> float | None:
    return _of_date(date)


def _of_date(date: str) -> float | None:
    if not date:
        return None
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def of_document(text: object) -> float | None:
    """Read ISO 8601 in UTC as seconds since 1970, None where it is none."""
    try:
        moment = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
        return moment.replace(tzinfo=moment.tzinfo or timezone.utc).timestamp()
    except (ValueError, OverflowError):
        return None


def retry_after(value: str, now: Callable[[], float] = time.time) -> float | None:
    """Read seconds or a date (RFC 9110 10.2.3) as seconds, None where it is neither.

    What is longer than LONGEST_SECONDS is read as that.
    """
    if re.fullmatch("[0-9]+", value):
        return min(float(value), LONGEST_SECONDS)
    until = of_header(value)
    return None if until is None else min(max(0.0, until - now()), LONGEST_SECONDS)
