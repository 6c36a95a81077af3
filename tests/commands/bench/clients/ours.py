"""The built bundle, invoked as on a platform."""

from __future__ import annotations

from typing import Any, cast

from functions import bootstrap as entry
from functions import reconcile as reconcile_entry
from functions import status as status_entry
from tests.commands.bench.clients import asked


class _Context:
    """The part of the AWS Lambda context that the function uses."""

    aws_request_id = "f2f3c1a8-6d3d-4a2e-9d0e-0c2d9b1f6a11"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def bootstrap(*listeners: str) -> list[str]:
    """Invoke the function once, with one request or an array of requests."""
    requests = [_request(listener) for listener in listeners]
    event = requests[0] if len(requests) == 1 else requests
    returned = cast("Any", entry.handler(event, _Context()))
    results = returned if isinstance(returned, list) else [returned]
    return [result["logtank_id"] for result in results]


def status() -> int:
    """Return how many listeners ship their logs."""
    result = cast("Any", status_entry.handler({}, _Context()))
    return int(result["counts"]["shipping"])


def plan() -> int:
    """Return how many listeners a plan leaves unchanged."""
    return int(_reconciled()["unchanged"])


def apply_shared() -> int:
    """Return how many listeners were sent to one new stream."""
    return _count(_reconciled(apply=True, log_stream_name="shared"))


def apply_own() -> int:
    """Return how many listeners were sent to new streams of their own."""
    return _count(_reconciled(apply=True))


def _reconciled(**event: object) -> Any:  # noqa: ANN401 # JSON
    return reconcile_entry.handler(event, _Context())


def _count(result: Any) -> int:  # noqa: ANN401 # JSON
    return sum("logtank" in change["created"] for change in result["changes"])


def _request(listener: str) -> dict[str, object]:
    ids = {"resource_id": listener, "log_group_id": asked.LOG_GROUP_ID}
    return {**ids, **asked.stream(listener)}
