"""A scripted cloud with a simulated clock, for tests of provisioning."""

from __future__ import annotations

from collections.abc import Callable

from functions.errors import Outcome, ProvisioningError
from functions.huaweicloud.ga import Owner
from functions.huaweicloud.retry_policy import RetryPolicy
from functions.provisioning import Cloud
from functions.provisioning.cloud import Work
from functions.provisioning.once import Once
from functions.transport.calls import Reply, Send
from tests.unit.script import LISTENER_ID, Clock, Line, Script, refusal, retry_policy

NOW = 1_800_000_000.0
"""The current time on the cloud's clock, in seconds since 1970."""
OLD, YOUNG = NOW - 3600, NOW - 10

POST_STREAM, LIST_STREAMS = "CreateLogStream", "ListLogStream"
POST_TANK, LIST_TANKS = "CreateLogtank", "ListLogtanks"
SHOW_TANK = "ShowLogtank"

STREAM_MADE = Reply(201, {"log_stream_id": "s"})
STREAM_TAKEN = refusal(400, "LTS.0205")
TANK_TAKEN = refusal(400, "GA.9104")
BUSY = refusal(400, "GA.9004")
FAILED = Reply(500)
THROTTLED = Reply(429)
NO_TANKS = Reply(200, {"logtanks": []})
DELETED = Reply(204)


def access(
    send: Send, policy: RetryPolicy, log: Callable[..., None] | None = None
) -> Cloud:
    """Return access to a cloud, for one thing at a time, in the project `p`."""
    return Cloud(
        send=send,
        policy=policy,
        owner=Owner("p"),
        find_project=lambda: "found",
        log=log or (lambda *_line, **_facts: None),
        once=Once(),
        run_all=lambda works: [_outcome(work) for work in works],
        stream_name=lambda template, listener_id: template.replace(
            "{resource_id}", listener_id
        ),
        streams_per_group=100,
    )


class ScriptedCloud:
    """A cloud that replies from a script, with its clock."""

    def __init__(self, *lines: Line, seconds: float = 0.0, limit: float = 60.0) -> None:
        """Set the replies; each one takes this many seconds."""
        self.clock = Clock(limit)
        self.logged: list[tuple[object, ...]] = []
        self.script = Script(*lines, clock=self.clock, seconds=seconds)
        self.cloud = access(
            self.script,
            retry_policy(self.clock),
            lambda *line, **facts: self.logged.append((*line, facts)),
        )

    @property
    def operations(self) -> list[str]:
        """Return the operations of the calls made."""
        assert self.script.spent, "the script was not used completely"
        return self.script.operations

    @property
    def slept(self) -> float:
        """Return the sum of all pauses."""
        return round(sum(self.clock.pauses), 6)


def _outcome(work: Work) -> Outcome:
    try:
        return work()
    except ProvisioningError as error:
        return error


def streams(created_at: float | None = OLD, **fields: object) -> Reply:
    """Return the list of a group with the stream `n`, created at this time."""
    stream = {"log_stream_name": "n", "log_stream_id": "s", **fields}
    if created_at is not None:
        stream["creation_time"] = int(created_at * 1000)
    other = {"log_stream_name": "other", "log_stream_id": "o"}
    return Reply(200, {"log_streams": [other, stream]}, date=NOW)


def no_streams() -> Reply:
    """Return the list of a group without the stream."""
    return Reply(200, {"log_streams": []})


def described(
    identifier: str = "t", stream: str = "s", status: str = "ACTIVE", **fields: object
) -> dict[str, object]:
    """Return a logtank of the listener, as GA describes it."""
    return {
        "id": identifier,
        "resource_type": "LISTENER",
        "resource_id": LISTENER_ID,
        "log_group_id": "g",
        "log_stream_id": stream,
        "status": status,
        "created_at": "2026-01-02T03:04:05Z",
        **fields,
    }


def tank(identifier: str = "t", **fields: object) -> Reply:
    """Return the reply that describes one logtank."""
    facts = {**described(identifier), **fields}
    return Reply(201, {"logtank": facts, "request_id": "r"}, date=NOW)


def tanks(*logtanks: dict[str, object], marker: str | None = None) -> Reply:
    """Return a page of the listener's logtanks."""
    page = {"logtanks": list(logtanks), "page_info": {"next_marker": marker}}
    return Reply(200, page, date=NOW)


NO_LISTENER = refusal(404, "GA.9002")
LIST_LISTENERS, SHOW_LISTENER = "ListListeners", "ShowListener"
DELETE_TANK, DELETE_STREAM = "DeleteLogtank", "DeleteLogStream"
LIST_GROUPS, POST_GROUP = "ListLogGroups", "CreateLogGroup"


def ga_listener(identifier: str = LISTENER_ID, **fields: object) -> dict[str, object]:
    """Return a listener, as GA describes it."""
    return {"id": identifier, "name": "web", "status": "ACTIVE", **fields}


def listeners(*described: dict[str, object], marker: str | None = None) -> Reply:
    """Return a page of listeners."""
    page = {"listeners": list(described), "page_info": {"next_marker": marker}}
    return Reply(200, page)


def shown_listener(identifier: str = LISTENER_ID, **fields: object) -> Reply:
    """Return the reply that shows a listener."""
    return Reply(200, {"listener": ga_listener(identifier, **fields)})


def group(name: str, identifier: str = "g", **fields: object) -> dict[str, object]:
    """Return a log group, as LTS describes it."""
    return {"log_group_name": name, "log_group_id": identifier, **fields}


def groups(*described: dict[str, object]) -> Reply:
    """Return the list of all log groups."""
    return Reply(200, {"log_groups": list(described)})
