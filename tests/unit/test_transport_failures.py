"""What a call comes to that is left without a true answer."""

from __future__ import annotations

import json
import socket
from functools import partial

import pytest

from functions.errors import (
    Misconfigured,
    OutcomeUnknown,
    ProvisioningError,
    Unreachable,
)
from functions.huaweicloud.calls import Call
from tests.byte_server import (
    HANG_UP,
    SILENCE,
    TLS,
    Answer,
    head,
    serving,
)
from tests.unit.sending import DELETE, DONE, GET, POST, transport


def failure(said: Answer, call: Call, timeout: float = 5.0) -> ProvisioningError:
    """Return the error that an answer of the server comes to."""
    with serving(said) as server, pytest.raises(ProvisioningError) as raised:
        transport(server.endpoint, timeout)(call)
    return raised.value


@pytest.mark.parametrize("call", [GET, POST, DELETE])
def test_without_a_connection_nothing_happened(call: Call) -> None:
    """Where nobody listens, a create is as safe to repeat as a question."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    with pytest.raises(Unreachable, match="takes no connection") as raised:
        transport(f"http://127.0.0.1:{port}")(call)

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
