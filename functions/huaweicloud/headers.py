"""What the headers of a reply say about time."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime


def retry_after(value: str, now: Callable[[], float] = time.time) -> float | None:
    """Read seconds or a date (RFC 9110 10.2.3), None where it is neither."""
    if re.fullmatch("[0-9]{1,9}", value):
        return float(value)
    ahead = clock_ahead(value, now)
    return None if ahead is None else max(0.0, -ahead)


def clock_ahead(date: str, now: Callable[[], float] = time.time) -> float | None:
    """Return the seconds by which our clock is ahead of a date, None if none."""
    try:
        return now() - parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
