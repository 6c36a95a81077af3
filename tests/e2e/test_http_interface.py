"""Every documented response of every function, as `make serve` really gives it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from functions.invocation.tasks import TASKS
from tests.e2e import http_interface
from tests.e2e.driving import HANDLERS
from tests.e2e.http_interface import Response
from tests.e2e.samples import HEALTH_CHECK, sample
from tests.e2e.serving import serving, signed_headers
from tests.emulator import Emulator

FAST = {"RETRY_ATTEMPTS": "1"}
IMPATIENT = {"HTTP_RESPONSE_SECONDS": "1", "MAX_CONCURRENCY": "1"}
"""Settings that leave too little time for the second of two requests."""
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Case(NamedTuple):
    """How to get a response with a status from any function.

    `body` and `headers` replace those of a valid request, which is sent twice in an
    array if `is_array`; `reply` is what the cloud answers to every call; `settings` are
    added to those of the functions.
    """

    status: int
    body: bytes | None = None
    headers: Mapping[str, str] = _NOTHING
    reply: Mapping[str, object] = _NOTHING
    settings: Mapping[str, str] = _NOTHING
    is_array: bool = False


CASES = [
    Case(400, body=b"{"),
    Case(401, headers={"webhook-signature": "v1,b3RoZXI="}),
    Case(404, reply={"status": 404, "body": {}}),
    Case(409, reply={"status": 409, "body": {}}),
    Case(413, body=b" " * 262_145),
    Case(415, headers={"Content-Type": "text/plain"}),
    Case(500, settings={"RETRY_CAP_SECONDS": "many"}),
    Case(502, reply={"status": 403, "body": {}}),
    Case(503, reply={"status": 429, "headers": {"Retry-After": "600"}, "body": {}}),
    Case(504, is_array=True, settings=IMPATIENT),
]


@pytest.fixture(scope="module")
def cloud() -> Iterator[Emulator]:
    """Return the emulated cloud that the served functions call."""
    with Emulator() as emulator:
        yield emulator


@pytest.fixture(scope="module")
def address(cloud: Emulator) -> Iterator[str]:
    """Serve the functions and return their base URL."""
    with serving(cloud, **FAST) as base_url:
        yield base_url


def _body(name: str, address: str) -> bytes:
    """Return the sample event of a function; the log stream in it exists."""
    event = sample(f"{name}.json")
    if "log_stream_id" in event.get("logtank", {}):
        made = _post(address, "create_log_stream", _body("create_log_stream", address))
        event["logtank"]["log_stream_id"] = json.loads(made.body)["log_stream_id"]
    return json.dumps(event).encode()


def _post(address: str, name: str, body: bytes, **headers: str) -> Response:
    """Send a signed request, whose headers are replaced by the given ones."""
    url = f"{address}/{name}"
    return http_interface.request(
        url, body=body, headers={**signed_headers(body), **headers}
    )


@pytest.mark.parametrize("name", TASKS)
def test_a_valid_request_gets_a_documented_result(
    cloud: Emulator, address: str, name: str
) -> None:
    """The first request may create something (201), the second one cannot (200)."""
    cloud.reset()
    body = _body(name, address)
    http_interface.assert_request_is_documented(f"/{name}", signed_headers(body), body)
    responses = [_post(address, name, body) for _ in range(2)]
    for response in responses:
        http_interface.assert_response_is_documented(f"/{name}", "post", response)
    seen = {str(response.status) for response in responses}
    assert seen == {
        status
        for path, method, status in http_interface.documented()
        if (path, method) == (f"/{name}", "post") and status < "400"
    }


@pytest.mark.parametrize("name", TASKS)
def test_arrays_and_cloud_events_get_documented_results(
    cloud: Emulator, address: str, name: str
) -> None:
    """Arrays may contain CloudEvents, and CloudEvents may contain arrays or traces."""
    cloud.reset()
    request = json.loads(_body(name, address))
    wrapped = {"specversion": "1.0", "data": request}
    of_array = {"specversion": "1.0", "data": [request]}
    trace = sample("eventgrid.json")
    trace["data"]["trace_name"] = "updateListener"
    for event in ([], [request, wrapped], wrapped, of_array, trace):
        body = json.dumps(event).encode()
        headers = signed_headers(body)
        http_interface.assert_request_is_documented(f"/{name}", headers, body)
        response = _post(address, name, body)
        assert response.status in {200, 201}
        http_interface.assert_response_is_documented(f"/{name}", "post", response)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.status)
def test_every_failure_gets_a_documented_response(
    cloud: Emulator, address: str, case: Case
) -> None:
    """The status, the headers and the problem document are as described."""
    cloud.reset()
    if not case.settings:
        _assert_failures(cloud, address, case)
        return
    with serving(cloud, **{**FAST, **case.settings}) as other_address:
        _assert_failures(cloud, other_address, case)


def _assert_failures(cloud: Emulator, address: str, case: Case) -> None:
    for name in TASKS:
        event = sample(f"{name}.json")
        body = json.dumps([event, event] if case.is_array else event).encode()
        if case.reply:
            cloud.fail({"operation": "*", "times": None, **case.reply})
        sent = body if case.body is None else case.body
        response = _post(address, name, sent, **case.headers)
        assert response.status == case.status, response
        http_interface.assert_response_is_documented(f"/{name}", "post", response)


@pytest.mark.parametrize("name", TASKS)
def test_a_get_request_is_documented(address: str, name: str) -> None:
    """A load balancer's health check gets a 200, anything else a 405."""
    response = http_interface.request(f"{address}/{name}", "GET")
    assert response.status == 405
    http_interface.assert_response_is_documented(f"/{name}", "get", response)

    result: Any = HANDLERS[name](sample(HEALTH_CHECK), None)
    headers = result.get("headers") or {
        key: values[0] for key, values in result["multiValueHeaders"].items()
    }
    healthy = Response(result["statusCode"], headers, result["body"].encode())
    http_interface.assert_response_is_documented(f"/{name}", "get", healthy)


def test_every_documented_failure_has_a_case() -> None:
    """A status without a case above fails this test, and so does an unknown one."""
    failures = {s for _, _, s in http_interface.documented() if s >= "400"}
    assert failures == {str(case.status) for case in CASES} | {"405"}
