"""What a call comes to that is left without a true answer, and what words it has."""

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
from functions.transport.session import FOREIGN
from tests.byte_server import HANG_UP, SILENCE, TLS, Answer, head, serving
from tests.unit.sending import DELETE, DONE, GET, POST, transport


def failure(said: Answer, call: Call, timeout: float = 5.0) -> ProvisioningError:
    """Return the error that an answer of the server comes to."""
    with serving(said) as server, pytest.raises(ProvisioningError) as raised:
        transport(server.endpoint, timeout)(call)
    return raised.value


def test_without_a_connection_nothing_happened() -> None:
    """Where nobody listens, a create is as safe to repeat as a question."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    with pytest.raises(Unreachable, match="takes no connection") as raised:
        transport(f"http://127.0.0.1:{port}")(POST)

    assert raised.value.service == "LTS"
    assert raised.value.__cause__ is not None


BROKEN = Answer((head("200 OK", {"Content-Length": "9"}) + b"{",), hang_up=True)
NO_HTTP = Answer((b"SSH-2.0-OpenSSH_9.6\r\n\r\n",), hang_up=True)
BAD_CHUNK = Answer((head("200 OK", {"Transfer-Encoding": "chunked"}) + b"zz\r\n",))
BAD_LENGTH = Answer((b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n{}",))


EARLY = Answer((b"HTTP/1.1 103 Early Hints\r\n\r\n", *DONE.pieces))


@pytest.mark.parametrize(
    "said",
    [HANG_UP, BROKEN, NO_HTTP, BAD_CHUNK, BAD_LENGTH, EARLY],
    ids=["hang up", "broken", "no http", "bad chunk", "bad length", "early"],
)
@pytest.mark.parametrize(
    ("call", "kind"),
    [(GET, Unreachable), (POST, OutcomeUnknown), (DELETE, OutcomeUnknown)],
)
def test_an_answer_that_breaks_off_leaves_a_create_unknown(
    said: Answer, call: Call, kind: type[ProvisioningError]
) -> None:
    """The request was written, so what changes something may have done so."""
    error = failure(said, call)

    assert type(error) is kind
    assert error.service == "LTS"
    assert error.detail.startswith(f"{call.operation} got no answer from LTS at ")


X = b"x" * 50_000


@pytest.mark.parametrize(
    "said",
    [
        X + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + X + b"\r\n",
        b"\x1b[31mhush-hush-hush\r\n\r\n",
    ],
    ids=["no http", "a chunk of letters", "control characters"],
)
def test_what_the_peer_said_is_cut_and_masked_in_the_cause(said: bytes) -> None:
    """Whoever prints the whole chain of errors prints no megabyte and no secret."""
    cause = str(failure(Answer((said,), hang_up=True), POST).__cause__)

    assert len(cause) <= 200
    assert cause.isprintable()
    assert "hush-hush-hush" not in cause


@pytest.mark.parametrize(("call", "kind"), [(GET, Unreachable), (POST, OutcomeUnknown)])
def test_silence_ends_in_time(call: Call, kind: type[ProvisioningError]) -> None:
    """No answer within the timeout is an answer too."""
    error = failure(SILENCE, call, timeout=0.2)

    assert type(error) is kind
    assert error.detail.endswith("no answer came in time")


def test_what_is_left_of_the_functions_time_bounds_a_call() -> None:
    """Even if the timeout would be longer, and even if nothing is left."""
    with serving(SILENCE, SILENCE) as server:
        for seconds in (0.1, -3.0):
            send = transport(server.endpoint, 30.0, partial(float, seconds))
            with pytest.raises(Unreachable):
                send(GET)


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:99999", "http://a b"])
def test_an_endpoint_that_is_no_address_is_misconfigured(endpoint: str) -> None:
    """Nobody could be called there, now or later."""
    with pytest.raises(Misconfigured):
        transport(endpoint)(GET)


def test_a_server_without_tls_is_not_spoken_to() -> None:
    """The request is not written before the handshake is done."""
    with serving(NO_HTTP) as server, pytest.raises(Unreachable, match="TLS failed"):
        transport(f"https://127.0.0.1:{server.port}")(POST)

    assert [each[:1] for each in server.requests] == [TLS]


def test_an_error_quotes_nothing_of_the_call() -> None:
    """Of the address it names scheme, host and port; no path, header or body."""
    call = Call("LTS", "Op", "POST", "/hidden", headers=(("X-A", "hidden"),), body={})

    shown = json.dumps(failure(HANG_UP, call).as_document())

    assert "hidden" not in shown


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
    """The most specific class comes first, so that every row catches something."""
    assert [row(kind) for kind in KINDS] == list(range(len(KINDS)))


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
