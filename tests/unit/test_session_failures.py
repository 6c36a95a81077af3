"""Failed calls: which error each one raises, and with which message."""

from __future__ import annotations

import http.client
import inspect
import json
import socket
import ssl
from functools import partial

import pytest
import requests
import urllib3

from functions.errors import (
    Misconfigured,
    OutcomeUnknown,
    ProvisioningError,
    Unreachable,
)
from functions.transport.calls import Call
from functions.transport.session import LIBRARY_ERRORS
from tests.byte_server import HANG_UP, SILENCE, TLS, Answer, head, serving
from tests.unit.sending import DELETE, DONE, GET, POST, transport


def failure(reply: Answer, call: Call, timeout: float = 5.0) -> ProvisioningError:
    """Return the error that a reply of the server leads to."""
    with serving(reply) as server, pytest.raises(ProvisioningError) as raised:
        transport(server.endpoint, timeout)(call)
    return raised.value


def test_without_a_connection_nothing_was_processed() -> None:
    """If the connection is refused, a create is as safe to repeat as a read."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    with pytest.raises(Unreachable, match="connection refused") as raised:
        transport(f"http://127.0.0.1:{port}")(POST)

    assert raised.value.service == "LTS"
    assert raised.value.__cause__ is not None


TRUNCATED = Answer((head("200 OK", {"Content-Length": "9"}) + b"{",), hang_up=True)
NOT_HTTP = Answer((b"SSH-2.0-OpenSSH_9.6\r\n\r\n",), hang_up=True)
BAD_CHUNK = Answer((head("200 OK", {"Transfer-Encoding": "chunked"}) + b"zz\r\n",))
BAD_LENGTH = Answer((b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n{}",))


EARLY_HINTS = Answer((b"HTTP/1.1 103 Early Hints\r\n\r\n", *DONE.pieces))


@pytest.mark.parametrize(
    "reply",
    [HANG_UP, TRUNCATED, NOT_HTTP, BAD_CHUNK, BAD_LENGTH, EARLY_HINTS],
    ids=["hang up", "truncated", "not HTTP", "bad chunk", "bad length", "early hints"],
)
@pytest.mark.parametrize(
    ("call", "kind"),
    [(GET, Unreachable), (POST, OutcomeUnknown), (DELETE, OutcomeUnknown)],
)
def test_a_broken_reply_leaves_the_outcome_of_a_change_unknown(
    reply: Answer, call: Call, kind: type[ProvisioningError]
) -> None:
    """The request was written, so the server may have processed it."""
    error = failure(reply, call)

    assert type(error) is kind
    assert error.service == "LTS"
    assert error.detail.startswith(f"{call.operation}: the call to LTS at ")


X = b"x" * 50_000


@pytest.mark.parametrize(
    "reply",
    [
        X + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + X + b"\r\n",
        b"\x1b[31mhush-hush-hush\r\n\r\n",
    ],
    ids=["not HTTP", "letters as chunk size", "control characters"],
)
def test_the_peers_text_is_truncated_and_masked_in_the_cause(reply: bytes) -> None:
    """A printed chain of exceptions contains neither a megabyte nor a secret."""
    cause = str(failure(Answer((reply,), hang_up=True), POST).__cause__)

    assert len(cause) <= 200
    assert cause.isprintable()
    assert "hush-hush-hush" not in cause


@pytest.mark.parametrize(("call", "kind"), [(GET, Unreachable), (POST, OutcomeUnknown)])
def test_a_missing_reply_times_out(call: Call, kind: type[ProvisioningError]) -> None:
    """The error depends on whether the call is a change."""
    error = failure(SILENCE, call, timeout=0.2)

    assert type(error) is kind
    assert error.detail.endswith("the response timed out")


def test_a_call_is_limited_by_the_functions_remaining_time() -> None:
    """This holds if the timeout is longer, and if no time remains."""
    with serving(SILENCE, SILENCE) as server:
        for seconds in (0.1, -3.0):
            send = transport(server.endpoint, 30.0, partial(float, seconds))
            with pytest.raises(Unreachable):
                send(GET)


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:99999", "http://a b"])
def test_an_invalid_endpoint_is_misconfigured(endpoint: str) -> None:
    """No later attempt could succeed, either."""
    with pytest.raises(Misconfigured):
        transport(endpoint)(GET)


def test_a_server_without_tls_gets_no_request() -> None:
    """The request is not written before the handshake is complete."""
    with (
        serving(NOT_HTTP) as server,
        pytest.raises(Unreachable, match="the TLS handshake failed"),
    ):
        transport(f"https://127.0.0.1:{server.port}")(POST)

    assert [each[:1] for each in server.requests] == [TLS]


def test_an_error_does_not_quote_the_call() -> None:
    """It names the scheme, host and port, but no path, header or body."""
    call = Call("LTS", "Op", "POST", "/hidden", headers=(("X-A", "hidden"),), body={})

    text = json.dumps(failure(HANG_UP, call).as_document())

    assert "hidden" not in text


KINDS = [kind for kind, _ in LIBRARY_ERRORS]


def subclasses(kind: type[BaseException]) -> set[type[BaseException]]:
    """Return a class and everything derived from it."""
    return {kind}.union(*map(subclasses, kind.__subclasses__()))


def defined_in(module: object) -> set[type[BaseException]]:
    """Return a module's exceptions, except its warnings."""
    return {
        found
        for _, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, Exception) and not issubclass(found, Warning)
    }


RAISED = sorted(
    subclasses(requests.exceptions.RequestException)
    | subclasses(urllib3.exceptions.HTTPError)
    | subclasses(http.client.HTTPException)
    | subclasses(OSError)
    | defined_in(requests.exceptions)
    | defined_in(urllib3.exceptions)
    | {ssl.SSLError, ssl.SSLCertVerificationError, UnicodeError, ValueError},
    key=lambda kind: f"{kind.__module__}.{kind.__name__}",
)


def row_of(kind: type[BaseException]) -> int:
    """Return the index of the first row that catches a class."""
    return next(place for place, each in enumerate(KINDS) if issubclass(kind, each))


def test_every_exception_of_the_libraries_is_caught() -> None:
    """Every exception of requests, urllib3, http.client and sockets has a row."""
    assert len(RAISED) > 50
    assert [kind for kind in RAISED if not issubclass(kind, tuple(KINDS))] == []


def test_no_row_is_shadowed_by_an_earlier_one() -> None:
    """More specific classes come first, so that every row catches something."""
    assert [row_of(kind) for kind in KINDS] == list(range(len(KINDS)))


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (requests.exceptions.ConnectTimeout, "connecting timed out"),
        (requests.exceptions.ReadTimeout, "the response timed out"),
        (requests.exceptions.SSLError, "the TLS handshake failed"),
        (requests.exceptions.ProxyError, "the proxy refused the connection"),
        (
            requests.exceptions.InvalidProxyURL,
            "the endpoint's or the proxy's URL is invalid",
        ),
        (requests.exceptions.ConnectionError, "the connection failed"),
        (requests.exceptions.ChunkedEncodingError, "invalid HTTP response"),
        (urllib3.exceptions.ReadTimeoutError, "the response timed out"),
        (urllib3.exceptions.ProtocolError, "response truncated"),
        (http.client.BadStatusLine, "invalid HTTP response"),
        (TimeoutError, "the response timed out"),
        (ConnectionResetError, "the connection failed"),
        (UnicodeDecodeError, "invalid HTTP response"),
    ],
)
def test_an_exception_gets_the_message_of_its_row(
    kind: type[BaseException], message: str
) -> None:
    """If several rows match, the most specific one applies."""
    assert LIBRARY_ERRORS[row_of(kind)][1] == message
