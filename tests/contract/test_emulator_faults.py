"""Configured faults: statuses, bodies, delays, connections, late operations."""

import time

import pytest
import requests

from tests.contract.emulator_client import Client, Clock

CREATE = "CreateLogStream"
BROKEN = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


@pytest.mark.parametrize(
    ("operation", "status", "code"),
    [
        (CREATE, 400, "LTS.0009"),
        (CREATE, 401, "LTS.0003"),
        (CREATE, 403, "LTS.0001"),
        (CREATE, 429, "APIGW.0308"),
        (CREATE, 500, "LTS.0202"),
        ("LTS", 503, "LTS.0010"),
        ("*", 404, "LTS.0201"),
    ],
)
def test_a_status_without_a_body_gets_the_documented_error(
    client: Client, operation: str, status: int, code: str
) -> None:
    """The reply has the documented code, and the operation is not run."""
    client.cloud.fail({"operation": operation, "status": status})
    response = client.create_stream()
    [call] = client.cloud.calls
    assert (response.status_code, response.json()["error_code"]) == (status, code)
    assert response.headers["X-Request-Id"] == call["request_id"]
    assert call["error_code"] == code
    assert client.stream_names() == []


@pytest.mark.parametrize(
    ("body", "encoding", "sent"),
    [
        ({"message": {"code": "A.1"}}, "utf-8", b'{"message": {"code": "A.1"}}'),
        (None, "utf-8", b"null"),
        ("<h1>gateway</h1>", "utf-8", b"<h1>gateway</h1>"),
        ("größer", "utf-16-be", "größer".encode("utf-16-be")),
        ("", "utf-8", b""),
    ],
)
def test_the_headers_and_body_of_a_fault_are_sent(
    client: Client, body: object, encoding: str, sent: bytes
) -> None:
    """A string is sent verbatim in its encoding; any other value as JSON."""
    fault = {"operation": CREATE, "status": 502, "body": body}
    headers = {"Retry-After": "3"}
    client.cloud.fail({**fault, "body_encoding": encoding, "headers": headers})
    response = client.create_stream()
    assert (response.status_code, response.content) == (502, sent)
    assert response.headers["Retry-After"] == "3"


def test_skip_and_times_select_the_calls(client: Client) -> None:
    """Faults apply in the order in which they were added, to matching calls."""
    client.cloud.fail(
        {"operation": "LTS", "skip": 1, "times": 2, "status": 500},
        {"operation": "GA", "times": None, "status": 503},
    )
    created = [client.create_stream(name).status_code for name in "abcd"]
    listed = [client.list_logtanks().status_code for _ in range(3)]
    assert (created, listed) == ([201, 500, 500, 201], [503, 503, 503])
    assert client.stream_names() == ["a", "d"]


def test_a_reply_can_be_lost_after_the_operation_was_run(client: Client) -> None:
    """The caller gets status 500, but the log stream exists."""
    client.cloud.fail({"operation": CREATE, "work": True, "status": 500})
    assert client.create_stream().status_code == 500
    assert client.stream_names() == ["ga-one"]


def test_an_operation_can_run_late_and_settle_waits_for_it(client: Client) -> None:
    """The stream is created after the reply has failed; settle drops all faults."""
    fault = {"operation": CREATE, "times": None, "land_after": 0.1}
    client.cloud.fail({**fault, "connection": "refuse_answer"})
    with pytest.raises(BROKEN):
        client.create_stream()
    assert client.stream_names() == []
    client.cloud.settle()
    assert client.stream_names() == ["ga-one"]
    assert client.create_stream("ga-two").status_code == 201


def test_a_delay_alone_only_delays(client: Client) -> None:
    """The genuine reply is sent after the delay."""
    client.cloud.fail({"operation": CREATE, "delay": 0.1})
    before = time.monotonic()
    assert client.create_stream().status_code == 201
    assert time.monotonic() - before >= 0.1


@pytest.mark.parametrize("size", [0, 1, 10_000_000])
def test_a_body_can_have_any_size(client: Client, size: int) -> None:
    """The reply is a success of the given size, and the operation is not run."""
    client.cloud.fail({"operation": CREATE, "size": size})
    response = client.create_stream()
    assert (response.status_code, len(response.content)) == (201, size)
    assert client.stream_names() == []


@pytest.mark.parametrize("kind", ["refuse_answer", "garbage", "reset", "cut"])
@pytest.mark.parametrize("work", [True, False])
def test_a_broken_connection_gives_no_reply(
    client: Client, kind: str, *, work: bool
) -> None:
    """The client gets no reply, whether or not the operation was run."""
    client.cloud.fail({"operation": CREATE, "connection": kind, "work": work})
    with pytest.raises(BROKEN):
        client.create_stream()
    assert client.stream_names() == (["ga-one"] if work else [])
    assert client.cloud.calls[0]["status"] == (201 if kind == "cut" else None)


@pytest.mark.parametrize("kind", ["drip_headers", "drip_body"])
def test_a_slow_reply_is_complete(client: Client, kind: str) -> None:
    """A reply that is sent byte by byte is valid."""
    fault = {"operation": CREATE, "connection": kind, "work": True}
    client.cloud.fail({**fault, "interval": 0.0001})
    response = client.create_stream()
    assert response.json()["log_stream_id"] == client.cloud.streams[0]["log_stream_id"]


def test_endless_headers_do_not_end(client: Client) -> None:
    """A client that limits headers raises an error."""
    client.cloud.fail({"operation": CREATE, "connection": "endless_headers"})
    with pytest.raises(requests.RequestException):
        client.create_stream()


def test_a_hanging_call_does_not_block_others(client: Client) -> None:
    """Only the hanging client times out."""
    client.cloud.fail({"operation": CREATE, "connection": "hang"})
    with pytest.raises(requests.ReadTimeout):
        Client(client.cloud, timeout=0.2).create_stream()
    assert client.create_stream("other").status_code == 201


@pytest.mark.parametrize(
    ("limits", "free_calls", "statuses"),
    [
        ({"LTS": 2}, 0, [200, 200, 200, 429, 200]),
        ({"GA": 1}, 0, [200, 200, 200, 200, 429]),
        ({"IAM": 1}, 0, [200, 200, 200, 200, 200]),
        ({"*": 3, "LTS": 9}, 0, [200, 200, 200, 429, 429]),
        ({"*": 1}, 2, [200, 200, 200, 429, 429]),
    ],
)
def test_calls_beyond_the_rate_limit_are_rejected(
    client: Client,
    clock: Clock,
    limits: dict[str, int],
    free_calls: int,
    statuses: list[int],
) -> None:
    """Limits apply to one service or to all together, and to one second."""
    client.cloud.reset(rate_limits=limits, calls_before_rate_limits=free_calls)
    lts, ga = client.streams_path(), "/v1/logtanks"
    paths = [lts, lts, ga, lts, ga]
    assert [client.call("GET", path).status_code for path in paths] == statuses
    assert {call["error_code"] for call in client.cloud.calls} <= {None, "APIGW.0308"}
    clock.now += 1
    assert client.call("GET", lts).status_code == 200
