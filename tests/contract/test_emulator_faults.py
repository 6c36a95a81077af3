"""The emulator fails as it is told to, on real sockets, and survives its clients."""

import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.emulator import Emulator

ROOT = Path(__file__).parents[2]
BROKEN = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


@pytest.fixture
def cloud() -> Iterator[Emulator]:
    """Return a fresh emulator."""
    with Emulator() as emulator:
        yield emulator


def create_stream(
    cloud: Emulator, name: str = "ga-one", timeout: float = 5
) -> requests.Response:
    """Send CreateLogStream with a token."""
    headers = {"X-Auth-Token": cloud.token, "Content-Type": "application/json"}
    path = f"/v2/{cloud.project_id}/groups/{cloud.log_group_id}/streams"
    body = {"log_stream_name": name}
    return requests.post(cloud.url + path, json=body, headers=headers, timeout=timeout)


def list_logtanks(cloud: Emulator) -> requests.Response:
    """Send ListLogtanks with a token."""
    headers = {"X-Auth-Token": cloud.token}
    return requests.get(f"{cloud.url}/v1/logtanks", headers=headers, timeout=5)


def names(cloud: Emulator) -> list[str]:
    """Return the names of the streams that exist."""
    return [stream["log_stream_name"] for stream in cloud.streams]


def dial(cloud: Emulator) -> socket.socket:
    """Return a socket that is connected to the emulator."""
    port = int(cloud.url.rpartition(":")[2])
    return socket.create_connection(("127.0.0.1", port), timeout=5)


def send_raw(cloud: Emulator, data: bytes) -> bytes:
    """Send bytes and return all that comes back until the connection closes."""
    with dial(cloud) as client:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(65536), b""))


def raw_request(cloud: Emulator) -> bytes:
    """Return the bytes of a ListLogtanks."""
    lines = ["GET /v1/logtanks HTTP/1.1", "Host: x", f"X-Auth-Token: {cloud.token}"]
    return "\r\n".join([*lines, "", ""]).encode()


def receive_for(client: socket.socket, seconds: float) -> bytes:
    """Return what comes until nothing has come for so long."""
    client.settimeout(seconds)
    received = b""
    with suppress(TimeoutError):
        while more := client.recv(65536):
            received += more
    return received


def wait_until(is_so: Callable[[], bool]) -> bool:
    """Wait for something that happens in the background, two seconds at most."""
    deadline = time.monotonic() + 2
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.01)
    return is_so()


# --- statuses and bodies ---


@pytest.mark.parametrize(
    ("operation", "status", "code"),
    [
        ("CreateLogStream", 400, "LTS.0009"),
        ("CreateLogStream", 401, "LTS.0003"),
        ("CreateLogStream", 403, "LTS.0001"),
        ("CreateLogStream", 429, "APIGW.0308"),
        ("CreateLogStream", 500, "LTS.0202"),
        ("LTS", 503, "LTS.0010"),
        ("*", 404, "LTS.0201"),
    ],
)
def test_a_status_without_a_body_gets_the_documented_error(
    cloud: Emulator, operation: str, status: int, code: str
) -> None:
    """And nothing is made."""
    cloud.fail({"operation": operation, "status": status})
    response = create_stream(cloud)
    assert (response.status_code, response.json()["error_code"]) == (status, code)
    assert response.headers["X-Request-Id"] == cloud.calls[0]["request_id"]
    assert cloud.calls[0]["error_code"] == code
    assert names(cloud) == []


@pytest.mark.parametrize(
    ("body", "encoding", "sent"),
    [
        (
            {"message": {"code": "LTS.0208"}},
            "utf-8",
            b'{"message": {"code": "LTS.0208"}}',
        ),
        (None, "utf-8", b"null"),
        ("<h1>gateway</h1>", "utf-8", b"<h1>gateway</h1>"),
        ("größer", "utf-16-be", "größer".encode("utf-16-be")),
        ("", "utf-8", b""),
    ],
)
def test_a_faults_own_headers_and_body_are_sent(
    cloud: Emulator, body: object, encoding: str, sent: bytes
) -> None:
    """A string goes out verbatim, in its encoding; anything else as JSON."""
    fault = {"operation": "CreateLogStream", "status": 502, "body": body}
    cloud.fail({**fault, "body_encoding": encoding, "headers": {"Retry-After": "3"}})
    response = create_stream(cloud)
    assert (response.status_code, response.content) == (502, sent)
    assert response.headers["Retry-After"] == "3"


def test_skip_and_times_choose_the_calls(cloud: Emulator) -> None:
    """Faults come in the order in which they were given, each for its calls."""
    cloud.fail(
        {"operation": "LTS", "skip": 1, "times": 2, "status": 500},
        {"operation": "GA", "times": None, "status": 503},
    )
    created = [create_stream(cloud, name).status_code for name in "abcd"]
    listed = [list_logtanks(cloud).status_code for _ in range(3)]
    assert (created, listed) == ([201, 500, 500, 201], [503, 503, 503])
    assert names(cloud) == ["a", "d"]


def test_an_answer_can_be_lost_after_the_work_was_done(cloud: Emulator) -> None:
    """The caller reads a 500, and yet the stream is there."""
    cloud.fail({"operation": "CreateLogStream", "work": True, "status": 500})
    assert create_stream(cloud).status_code == 500
    assert names(cloud) == ["ga-one"]


def test_a_create_can_land_late(cloud: Emulator) -> None:
    """The answer fails at once; a look finds nothing, and later the stream."""
    fault = {"operation": "CreateLogStream", "land_after": 0.1}
    cloud.fail({**fault, "connection": "refuse_answer"})
    with pytest.raises(BROKEN):
        create_stream(cloud)
    assert names(cloud) == []
    assert wait_until(lambda: names(cloud) == ["ga-one"])


def test_once_settled_nothing_lands_or_fails_any_more(cloud: Emulator) -> None:
    """What is late has landed, and the faults to come are forgotten."""
    fault = {"operation": "CreateLogStream", "times": None, "land_after": 0.1}
    cloud.fail({**fault, "connection": "refuse_answer"})
    with pytest.raises(BROKEN):
        create_stream(cloud)
    cloud.settle()
    assert names(cloud) == ["ga-one"]
    assert create_stream(cloud, "ga-two").status_code == 201


def test_a_delay_alone_only_delays(cloud: Emulator) -> None:
    """The true answer comes, later."""
    cloud.fail({"operation": "CreateLogStream", "delay": 0.1})
    before = time.monotonic()
    assert create_stream(cloud).status_code == 201
    assert time.monotonic() - before >= 0.1


@pytest.mark.parametrize("size", [0, 1, 10_000_000])
def test_a_body_can_have_any_size(cloud: Emulator, size: int) -> None:
    """A 2xx of so many bytes; the work is done only if told so."""
    cloud.fail({"operation": "CreateLogStream", "size": size})
    response = create_stream(cloud)
    assert (response.status_code, len(response.content)) == (201, size)
    assert names(cloud) == []


# --- connections ---


@pytest.mark.parametrize("kind", ["refuse_answer", "garbage", "reset", "cut"])
@pytest.mark.parametrize("work", [True, False])
def test_a_broken_connection_is_no_answer(
    cloud: Emulator, kind: str, *, work: bool
) -> None:
    """The client gets no answer, whether or not the work was done."""
    cloud.fail({"operation": "CreateLogStream", "connection": kind, "work": work})
    with pytest.raises(BROKEN):
        create_stream(cloud)
    assert names(cloud) == (["ga-one"] if work else [])
    assert cloud.calls[0]["status"] == (201 if kind == "cut" else None)


def test_a_refused_answer_is_a_close_without_a_byte(cloud: Emulator) -> None:
    """Not a reset: the client reads the end of the stream."""
    cloud.fail({"operation": "ListLogtanks", "connection": "refuse_answer"})
    assert send_raw(cloud, raw_request(cloud)) == b""


def test_a_cut_answer_ends_in_the_middle_of_its_body(cloud: Emulator) -> None:
    """The head is whole and promises more than comes."""
    cloud.fail({"operation": "ListLogtanks", "connection": "cut", "work": True})
    head, _, body = send_raw(cloud, raw_request(cloud)).partition(b"\r\n\r\n")
    promised = int(head.lower().partition(b"content-length: ")[2].split()[0])
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert len(body) == promised // 2


def test_garbage_is_not_http(cloud: Emulator) -> None:
    """The first bytes are no status line."""
    cloud.fail({"operation": "ListLogtanks", "connection": "garbage"})
    answer = send_raw(cloud, raw_request(cloud))
    assert answer
    assert not answer.startswith(b"HTTP/")


def test_a_reset_is_a_reset(cloud: Emulator) -> None:
    """The client's read fails with ECONNRESET."""
    cloud.fail({"operation": "ListLogtanks", "connection": "reset"})
    with dial(cloud) as client:
        client.sendall(raw_request(cloud))
        with pytest.raises(ConnectionResetError):
            client.recv(1)


@pytest.mark.parametrize("kind", ["drip_headers", "drip_body"])
def test_a_dripped_answer_is_whole_for_the_patient(cloud: Emulator, kind: str) -> None:
    """Byte by byte, and yet valid."""
    fault = {"operation": "CreateLogStream", "connection": kind, "work": True}
    cloud.fail({**fault, "interval": 0.0001})
    response = create_stream(cloud)
    assert response.json()["log_stream_id"] == cloud.streams[0]["log_stream_id"]


@pytest.mark.parametrize(("kind", "least"), [("drip_headers", 1), ("drip_body", 60)])
def test_dripping_begins_with_the_first_byte_or_the_body(
    cloud: Emulator, kind: str, least: int
) -> None:
    """One byte at once, or the whole head; the rest takes its time."""
    cloud.fail({"operation": "ListLogtanks", "connection": kind, "interval": 60})
    with dial(cloud) as client:
        client.sendall(raw_request(cloud))
        received = receive_for(client, 0.2)
    assert (len(received) == 1) == (kind == "drip_headers")
    assert len(received) >= least


def test_endless_headers_do_not_end(cloud: Emulator) -> None:
    """A client that counts headers gives up."""
    cloud.fail({"operation": "CreateLogStream", "connection": "endless_headers"})
    with pytest.raises(requests.RequestException):
        create_stream(cloud)


def test_a_hanging_call_hinders_nobody_else(cloud: Emulator) -> None:
    """Its client times out, or goes on waiting; others are served."""
    cloud.fail({"operation": "CreateLogStream", "connection": "hang"})
    with pytest.raises(requests.ReadTimeout):
        create_stream(cloud, timeout=0.2)
    assert create_stream(cloud, "other").status_code == 201


@pytest.mark.parametrize(
    "fault",
    [
        {"connection": "hang"},
        {"connection": "drip_headers"},
        {"connection": "drip_body"},
        {"connection": "endless_headers"},
        {"delay": 60},
    ],
    ids=repr,
)
def test_the_emulator_stops_however_deep_a_call_hangs(fault: dict[str, Any]) -> None:
    """At once, and the client is let go."""
    with Emulator() as cloud:
        cloud.fail({"operation": "*", **fault})
        client = dial(cloud)
        client.sendall(raw_request(cloud))
        assert wait_until(lambda: len(cloud.calls) == 1)
        before = time.monotonic()
    assert time.monotonic() - before < 1
    with client:
        while client.recv(65536):
            pass


def test_a_stopped_emulator_closes_idle_connections() -> None:
    """A client that keeps its connection alive sees its end."""
    with Emulator() as cloud:
        client = http.client.HTTPConnection(cloud.url.removeprefix("http://"))
        client.request("GET", "/_emulator/state")
        client.getresponse().read()
        assert client.sock is not None
        connection = client.sock
    with connection:
        assert connection.recv(1) == b""


# --- bad clients ---


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"\x16\x03\x01\x00 hello\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 505),
        (b"BREW / HTTP/1.1\r\n\r\n", 501),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n", 431),
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 12582913\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nContent-Length: 9" + b"9" * 5000 + b"\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_malformed_requests_are_answered_and_survived(
    cloud: Emulator, data: bytes, status: int
) -> None:
    """An error of the gateway, with a request id; the next client is served."""
    answer = send_raw(cloud, data)
    assert int(answer.split()[1]) == status
    assert b"X-Request-Id: " in answer
    assert list_logtanks(cloud).status_code == 200


def test_a_request_that_breaks_off_is_forgotten(cloud: Emulator) -> None:
    """Half a body is no call."""
    assert send_raw(cloud, b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf") == b""
    assert cloud.calls == []


def test_a_connection_serves_one_request_after_the_other(cloud: Emulator) -> None:
    """HTTP/1.1 keep-alive, pipelined ones too."""
    answers = send_raw(cloud, raw_request(cloud) * 3)
    assert answers.count(b"HTTP/1.1 200 OK") == 3


# --- the command ---


@pytest.fixture
def command() -> Iterator[subprocess.Popen[str]]:
    """Run the command on a free port; its errors go where its output goes."""
    line = [sys.executable, "-u", "-m", "tests.emulator", "--port", "0"]
    with subprocess.Popen(  # noqa: S603 - our own command
        [*line, "--stream-quota", "1"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_tells_where_it_is_and_prints_a_line_a_call(
    command: subprocess.Popen[str], number: signal.Signals
) -> None:
    """It prints export lines to paste, and ends quietly when interrupted."""
    assert command.stdout is not None
    lines = [command.stdout.readline().strip() for _ in range(9)]
    exported = dict(line.removeprefix("export ").split("=") for line in lines[1:8])
    url = exported["HUAWEICLOUD_LTS_ENDPOINT"]
    state = requests.get(f"{url}/_emulator/state", timeout=5).json()
    requests.get(f"{url}/v1/logtanks", timeout=5)
    command.send_signal(number)
    rest, _ = command.communicate(timeout=5)
    assert lines[0] == f"LTS, GA and IAM at {url} (Ctrl-C ends it)"
    assert state["options"]["stream_quota"] == 1
    assert rest == "ListLogtanks     GET /v1/logtanks -> 401 APIGW.0301\n"
    assert command.returncode == 0
