"""Random events for all entries: single requests, arrays, and queue batches."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.e2e.driving import NOWHERE, listener_id

Request = dict[str, Any]

LISTENERS = tuple(map(listener_id, range(1, 5)))
SHARED = "shared"
NAMES = (SHARED, *(f"ga-{listener}" for listener in LISTENERS))
_ENTRIES = ["bootstrap"] * 3 + ["create_logtank"] * 2 + ["create_log_stream"]
_ARN = "arn:aws:sqs:eu-central-1:123456789012:listeners"


class Delivery(NamedTuple):
    """An event: its requests, grouped into messages, and its shape.

    `shape` is "single" (one request), "array", "queue" or "fifo". Requests of
    `create_logtank` carry the name of their log stream until its ID is known.
    """

    entry: str
    shape: str
    messages: Sequence[Sequence[Request]]

    def requests(self) -> list[Request]:
        """Return all requests in order."""
        return [request for message in self.messages for request in message]

    def resolved(self, group_id: str, streams: Mapping[str, str]) -> Delivery:
        """Return the delivery with stream names replaced by their current IDs."""
        if self.entry != "create_logtank":
            return self
        messages = [
            [_logtank_request(request, group_id, streams) for request in message]
            for message in self.messages
        ]
        return self._replace(messages=messages)

    def event(self) -> object:
        """Return the event as the platform delivers it."""
        if self.shape == "single":
            return self.messages[0][0]
        if self.shape == "array":
            return self.messages[0]
        arn = f"{_ARN}.fifo" if self.shape == "fifo" else _ARN
        return {"Records": [_record(*each, arn) for each in enumerate(self.messages)]}


def deliveries() -> st.SearchStrategy[Delivery]:
    """Return mostly small events of every entry and shape."""
    return st.sampled_from(_ENTRIES).flatmap(_of_entry)


def _of_entry(entry: str) -> st.SearchStrategy[Delivery]:
    request = _REQUESTS[entry]
    few = st.lists(request, min_size=1, max_size=4)
    several = st.lists(st.one_of(few, request.map(_in_list)), min_size=1, max_size=3)
    return st.one_of(
        st.builds(
            Delivery, st.just(entry), st.just("single"), request.map(_single_message)
        ),
        st.builds(Delivery, st.just(entry), st.just("array"), few.map(_in_list)),
        st.builds(
            Delivery, st.just(entry), st.sampled_from(["queue", "fifo"]), several
        ),
    )


def _in_list(value: Any) -> list[Any]:  # noqa: ANN401 - a request or a message
    return [value]


def _single_message(request: Request) -> list[list[Request]]:
    return [[request]]


_DAYS = {"ttl_in_days": st.sampled_from([7, 30])}
_REQUESTS: Mapping[str, st.SearchStrategy[Request]] = {
    "bootstrap": st.fixed_dictionaries(
        {"resource_id": st.sampled_from(LISTENERS)},
        optional={"log_stream_name": st.just(SHARED), **_DAYS},
    ),
    "create_log_stream": st.fixed_dictionaries(
        {"log_stream_name": st.sampled_from(NAMES)}, optional=_DAYS
    ),
    "create_logtank": st.fixed_dictionaries(
        {
            "resource_id": st.sampled_from(LISTENERS),
            "log_stream_name": st.sampled_from(NAMES),
        }
    ),
}


def stream_name(request: Request) -> str:
    """Return the stream name for a request of bootstrap or create_log_stream."""
    return str(request.get("log_stream_name") or f"ga-{request['resource_id']}")


def _logtank_request(
    request: Request, group_id: str, streams: Mapping[str, str]
) -> Request:
    fallback = next(iter(streams.values()), NOWHERE)
    stream_id = streams.get(request["log_stream_name"], fallback)
    return {
        "logtank": {
            "resource_type": "LISTENER",
            "resource_id": request["resource_id"],
            "log_group_id": group_id,
            "log_stream_id": stream_id,
        }
    }


def _record(number: int, message: Sequence[Request], arn: str) -> dict[str, object]:
    """Return a queue record; a single request is not wrapped in an array."""
    payload = message[0] if len(message) == 1 else message
    return {
        "messageId": f"message-{number}",
        "body": json.dumps(payload),
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
    }
