"""Moments are read as the clouds write them, in headers and in documents."""

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
def test_a_header_has_a_date_of_http(date: str, seconds: float | None) -> None:
    """What is none is not told."""
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
def test_a_document_has_iso_8601_in_utc(text: object, seconds: float | None) -> None:
    """A moment without a zone is UTC's."""
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
    """A date that has passed is no pause, and none is longer than a day."""
    assert retry_after(header, lambda: NOW) == seconds
