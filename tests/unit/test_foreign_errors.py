"""The table of foreign errors is total, and no row of it is in another's shadow."""

from __future__ import annotations

import http.client
import inspect
import ssl

import pytest
import requests
import urllib3

from functions.huaweicloud.transport import FOREIGN

KINDS = [kind for kind, _ in FOREIGN]


def below(kind: type[BaseException]) -> set[type[BaseException]]:
    """Return a class and all that derive from it."""
    return {kind}.union(*map(below, kind.__subclasses__()))


def defined_in(module: object) -> set[type[BaseException]]:
    """Return a module's exceptions, but not its warnings."""
    return {
        found
        for _, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, Exception) and not issubclass(found, Warning)
    }


RAISED = sorted(
    below(requests.exceptions.RequestException)
    | below(urllib3.exceptions.HTTPError)
    | below(http.client.HTTPException)
    | below(OSError)
    | defined_in(requests.exceptions)
    | defined_in(urllib3.exceptions)
    | {ssl.SSLError, ssl.SSLCertVerificationError, UnicodeError, ValueError},
    key=lambda kind: f"{kind.__module__}.{kind.__name__}",
)


def row(kind: type[BaseException]) -> int:
    """Return the place of the first row that catches a class."""
    return next(place for place, each in enumerate(KINDS) if issubclass(kind, each))


def test_every_exception_of_the_libraries_is_caught() -> None:
    """Whatever requests, urllib3, http.client and sockets raise has its row."""
    assert len(RAISED) > 50
    assert [kind for kind in RAISED if not issubclass(kind, tuple(KINDS))] == []


def test_no_row_is_shadowed_by_an_earlier_one() -> None:
    """The most specific class comes first."""
    shadowed = [
        (earlier, later)
        for place, later in enumerate(KINDS)
        for earlier in KINDS[:place]
        if issubclass(later, earlier)
    ]
    assert shadowed == []


@pytest.mark.parametrize("place", range(len(KINDS)))
def test_every_row_catches_something(place: int) -> None:
    """There is an exception for which it is the first."""
    assert row(KINDS[place]) == place


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (requests.exceptions.ConnectTimeout, "no connection was made in time"),
        (requests.exceptions.ReadTimeout, "no answer came in time"),
        (requests.exceptions.SSLError, "TLS failed"),
        (requests.exceptions.ProxyError, "the proxy let nothing through"),
        (
            requests.exceptions.InvalidProxyURL,
            "the endpoint or the proxy is no address",
        ),
        (requests.exceptions.ConnectionError, "the connection failed"),
        (requests.exceptions.ChunkedEncodingError, "the answer cannot be read"),
        (urllib3.exceptions.ReadTimeoutError, "the answer was not complete in time"),
        (urllib3.exceptions.ProtocolError, "the answer broke off"),
        (urllib3.exceptions.IncompleteRead, "the answer broke off"),
        (http.client.BadStatusLine, "the answer is no HTTP"),
        (TimeoutError, "the answer was not complete in time"),
        (ConnectionResetError, "the connection failed"),
        (UnicodeDecodeError, "the answer is no HTTP"),
    ],
)
def test_an_exception_has_the_words_of_its_row(
    kind: type[BaseException], words: str
) -> None:
    """Of several rows that would do, the most specific speaks."""
    assert FOREIGN[row(kind)][1] == words
