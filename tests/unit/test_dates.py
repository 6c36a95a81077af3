"""Dates are read in the formats that the clouds use in headers and documents."""

from __future__ import annotations

import pytest

from functions.transport.dates import of_document, of_header, retry_after

NOW = 1_767_323_045.0
DATE = "Fri, 02 Jan 2026 03:04:05 GMT"


@pytest.mark.parametrize(
    ("date", "seconds"),
    [
        (DATE, NOW),
        ("Fri, 02 Jan 2026 04:04:05 +0100", NOW),
        ("Fri, 99 Jan 2026 03:04:05 GMT", None),
        ("nonsense", None),
    ],
)
def test_header_dates_have_the_http_format(date: str, seconds: float | None) -> None:
    """An invalid date gives None."""
    assert of_header(date) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-01-02T03:04:05Z", NOW),
        ("2026-01-02T03:04:05", NOW),
        ("2026-01-02T03:04:05.500000Z", NOW + 0.5),
        ("2026-01-02T04:04:05+01:00", NOW),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_document_dates_have_the_iso_8601_format(
    text: object, seconds: float | None
) -> None:
    """A time without a zone is in UTC."""
    assert of_document(text) == seconds


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        ("86400", 86_400.0),
        ("86401", 86_400.0),
        ("9" * 400, 86_400.0),
        ("Fri, 02 Jan 9999 03:04:05 GMT", 86_400.0),
        (DATE, 0.0),
        ("Fri, 02 Jan 2026 03:05:05 GMT", 60.0),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("", None),
        ("\u0667", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str, seconds: float | None) -> None:
    """A date in the past means no pause, and a pause is limited to one day."""
    assert retry_after(header, lambda: NOW) == seconds
