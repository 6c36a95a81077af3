"""Send events to the entries and check what must hold for every outcome."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from functions import contracts, invocation
from functions.errors import ProvisioningError
from functions.invocation.tasks import TASKS
from functions.invocation.warm_state import WarmState
from tests.emulator import Emulator

LISTENER = "78d425da-4d5f-422f-b13b-40aa3f49bc55"
STREAM_NAME = f"ga-{LISTENER}"
EVENT: dict[str, object] = {"resource_id": LISTENER}
NOWHERE = "00000000-0000-4000-8000-000000000000"


def listener_id(number: int) -> str:
    """Return the ID of a numbered listener, in the format of GA."""
    return f"0f6f1e0a-0000-4000-8000-{number:012}"


def listeners(number: int) -> list[dict[str, object]]:
    """Return events for this number of listeners."""
    return [{"resource_id": listener_id(place)} for place in range(number)]


class Process:
    """A process of the platform, whose invocations share the warm state."""

    state = WarmState()

    def invoke(self, entry: str, event: object, context: object) -> object:
        """Invoke a function."""
        return invocation.run(entry, event, context, self.state)

    def restart(self) -> None:
        """Discard the warm state, as a new process would start without it."""
        self.state = WarmState()


process = Process()
"""The process that the tests call; it is restarted for each test."""
HANDLERS: dict[str, Callable[[object, object], object]] = {
    name: partial(process.invoke, name) for name in TASKS
}


def send(entry: str, event: object, context: object = None) -> Any:  # noqa: ANN401 - JSON
    """Return the result of an event, after validating it against its schema."""
    output = HANDLERS[entry](event, context)
    for result in output if isinstance(output, list) else [output]:
        contracts.check(f"{entry}.result", result)
    json.dumps(output)
    return output


def expect_error(
    entry: str, event: object, context: object = None
) -> ProvisioningError:
    """Return the error that an event raises, after validating its document."""
    with pytest.raises(ProvisioningError) as caught:
        HANDLERS[entry](event, context)
    document = caught.value.as_document()
    contracts.check("error", json.loads(json.dumps(document)))
    return caught.value


def logtank_event(
    cloud: Emulator, stream_id: str, listener: str = LISTENER
) -> dict[str, object]:
    """Return an event for `create_logtank`."""
    return {
        "logtank": {
            "resource_type": "LISTENER",
            "resource_id": listener,
            "log_group_id": cloud.log_group_id,
            "log_stream_id": stream_id,
        }
    }


def operations(cloud: Emulator) -> list[str]:
    """Return the names of the called operations, in order of arrival."""
    return [call["operation"] for call in cloud.calls]


def assert_one_of_each(cloud: Emulator, result: dict[str, Any]) -> None:
    """Check that there is one log stream and one logtank and the result names both."""
    stream, logtank = _only(cloud.streams), _only(cloud.logtanks)
    assert result["log_stream_id"] == stream["log_stream_id"]
    assert result["logtank_id"] == logtank["id"]
    assert logtank["log_stream_id"] == stream["log_stream_id"]
    assert logtank["resource_id"] == result["resource_id"]


def _only(found: list[dict[str, Any]]) -> dict[str, Any]:
    assert len(found) == 1
    return found[0]
