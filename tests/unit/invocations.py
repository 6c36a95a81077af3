"""Invocations of entry points, with FunctionGraph's context and a test server."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from functions.invocation import run
from functions.invocation.warm_state import WarmState
from tests.byte_server import Answer, answer, document, serving
from tests.unit.script import LISTENER_ID

Handler = Callable[[object, object], object]

STREAM = document({"log_stream_id": "s"})
DESCRIBED = {
    "id": "t",
    "resource_type": "LISTENER",
    "resource_id": LISTENER_ID,
    "log_group_id": "g",
    "log_stream_id": "s",
    "status": "ACTIVE",
    "created_at": "2026-01-02T03:04:05Z",
}
TANK = document({"logtank": DESCRIBED, "request_id": "r"})
TANKS = document({"logtanks": [DESCRIBED]}, Date="Fri, 02 Jan 2026 04:04:05 GMT")
GONE = answer(b'{"error_code": "LTS.0201", "error_msg": "no"}', "404 Not Found")


def context(endpoint: str = "http://127.0.0.1:9", **more: str) -> SimpleNamespace:
    """Return a FunctionGraph context with settings for this server."""
    user_data = {
        "HUAWEICLOUD_LTS_ENDPOINT": endpoint,
        "HUAWEICLOUD_GA_ENDPOINT": endpoint,
        "HUAWEICLOUD_AUTH_TOKEN": "invocation-token",
        "HUAWEICLOUD_SDK_PROJECT_ID": "p",
        "LOG_GROUP_ID": "g",
        "MAX_CONCURRENCY": "1",
        **more,
    }
    return SimpleNamespace(
        getRequestID=lambda: "graph-1",
        getRemainingTimeInMilliSeconds=lambda: 30_000,
        getUserData=user_data.get,
    )


def invoked(handler: Handler, event: object, *answers: Answer, **more: str) -> Any:  # noqa: ANN401 # a result is JSON
    """Return an entry point's result on a cold start, with these replies."""
    name = handler.__module__.removeprefix("functions.")
    with serving(*answers) as server:
        return run(name, event, context(server.endpoint, **more), WarmState())


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return the log lines written, except those about calls."""
    every = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in every if line["message"] != "call"]


def post(document: object, **headers: str) -> dict[str, object]:
    """Return an HTTP request event with this document."""
    headers = {"content-type": "application/json", **headers}
    return {"httpMethod": "POST", "headers": headers, "body": json.dumps(document)}


def from_queue(*documents: object, queue: str = "q") -> dict[str, object]:
    """Return an SQS event with these documents; message IDs are 0, 1, and so on."""
    return {
        "Records": [
            {
                "messageId": str(place),
                "body": json.dumps(document),
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:{queue}",
            }
            for place, document in enumerate(documents)
        ]
    }


def partial_batch_response(*ids: str) -> dict[str, object]:
    """Return the response that lists these message IDs."""
    return {"batchItemFailures": [{"itemIdentifier": each} for each in ids]}
