"""Sending events to the entries, and what is true of every answer to them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from functions import bootstrap, contracts, create_log_stream, create_logtank
from functions.errors import ProvisioningError
from tests.emulator import Emulator

LISTENER = "78d425da-4d5f-422f-b13b-40aa3f49bc55"
STREAM_NAME = f"ga-{LISTENER}"
EVENT: dict[str, object] = {"resource_id": LISTENER}
NOWHERE = "00000000-0000-4000-8000-000000000000"

HANDLERS: dict[str, Callable[[object, object], object]] = {
    "bootstrap": bootstrap.handler,
    "create_log_stream": create_log_stream.handler,
    "create_logtank": create_logtank.handler,
}


def send(entry: str, event: object, context: object = None) -> Any:  # noqa: ANN401 - JSON
    """Return an entry's answer to an event; each of its results keeps its schema."""
    answer = HANDLERS[entry](event, context)
    for result in answer if isinstance(answer, list) else [answer]:
        contracts.check(f"{entry}.result", result)
    json.dumps(answer)
    return answer


def refused(entry: str, event: object, context: object = None) -> ProvisioningError:
    """Return the error that an event ends in; its document keeps its schema."""
    with pytest.raises(ProvisioningError) as caught:
        HANDLERS[entry](event, context)
    document = caught.value.as_document()
    contracts.check("error", json.loads(json.dumps(document)))
    return caught.value


def logtank_event(
    cloud: Emulator, stream_id: str, listener: str = LISTENER
) -> dict[str, object]:
    """Return an event of `create_logtank`."""
    return {
        "logtank": {
            "resource_type": "LISTENER",
            "resource_id": listener,
            "log_group_id": cloud.log_group_id,
            "log_stream_id": stream_id,
        }
    }


def operations(cloud: Emulator) -> list[str]:
    """Return the names of the operations called, in order of arrival."""
    return [call["operation"] for call in cloud.calls]


def assert_one_of_each(cloud: Emulator, result: dict[str, Any]) -> None:
    """There is one stream and one logtank, and the result names both."""
    stream, logtank = _only(cloud.streams), _only(cloud.logtanks)
    assert result["log_stream_id"] == stream["log_stream_id"]
    assert result["logtank_id"] == logtank["id"]
    assert logtank["log_stream_id"] == stream["log_stream_id"]
    assert logtank["resource_id"] == result["resource_id"]


def _only(found: list[dict[str, Any]]) -> dict[str, Any]:
    assert len(found) == 1
    return found[0]
