"""The table of operations, and the lookup by method and path.

Names are those of the vendor's documentation, except the two of IAM, which are shorter.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from tests.emulator import (
    ga_accelerators,
    ga_listeners,
    ga_logtanks,
    ga_tags,
    iam_service,
    lts_groups,
    lts_streams,
    lts_tags,
)
from tests.emulator.account_state import State
from tests.emulator.admission import admit
from tests.emulator.http_messages import Reply, Request
from tests.emulator.service_errors import ServiceError

Work = Callable[[State, Request], Reply]


@dataclass(frozen=True)
class Operation:
    """One API: service, name, method, path template, success status and function."""

    service: str
    name: str
    method: str
    path: str
    success: int
    work: Work
    anonymous: bool = False


_GROUPS = "/v2/{project_id}/groups"
_GROUP = _GROUPS + "/{log_group_id}"
_STREAMS = _GROUP + "/streams"
_TTL = _GROUP + "/streams-ttl/{log_stream_id}"
_FILTER = "/v2/{project_id}/log-streams"
_LTS_TAGS = "/v1/{project_id}/{resource_type}/{resource_id}/tags/action"
_TANKS = "/v1/logtanks"
_TANK = "/v1/logtanks/{logtank_id}"
_TAGS = "/v1/{resource_type}/{resource_id}/tags"
_ACCELERATORS = "/v1/accelerators"
_ACCELERATOR = "/v1/accelerators/{accelerator_id}"
_LISTENERS = "/v1/listeners"
_LISTENER = "/v1/listeners/{listener_id}"

# fmt: off
OPERATIONS = (
    Operation("LTS", "CreateLogStream", "POST", _STREAMS, 201,
              lts_streams.create_stream),
    Operation("LTS", "ListLogStream", "GET", _STREAMS, 200,
              lts_streams.list_group_streams),
    Operation("LTS", "ListLogStreams", "GET", _FILTER, 200, lts_streams.list_streams),
    Operation("LTS", "UpdateLogStream", "PUT", _TTL, 200, lts_streams.update_stream),
    Operation("LTS", "DeleteLogStream", "DELETE", _STREAMS + "/{log_stream_id}", 204,
              lts_streams.delete_stream),
    Operation("LTS", "CreateLogGroup", "POST", _GROUPS, 201, lts_groups.create_group),
    Operation("LTS", "ListLogGroups", "GET", _GROUPS, 200, lts_groups.list_groups),
    Operation("LTS", "UpdateLogGroup", "POST", _GROUP, 200, lts_groups.update_group),
    Operation("LTS", "DeleteLogGroup", "DELETE", _GROUP, 204, lts_groups.delete_group),
    Operation("LTS", "CreateTags", "POST", _LTS_TAGS, 200, lts_tags.change_tags),
    Operation("GA", "CreateLogtank", "POST", _TANKS, 201, ga_logtanks.create_logtank),
    Operation("GA", "ListLogtanks", "GET", _TANKS, 200, ga_logtanks.list_logtanks),
    Operation("GA", "ShowLogtank", "GET", _TANK, 200, ga_logtanks.show_logtank),
    Operation("GA", "UpdateLogtank", "PUT", _TANK, 200, ga_logtanks.update_logtank),
    Operation("GA", "DeleteLogtank", "DELETE", _TANK, 204, ga_logtanks.delete_logtank),
    Operation("GA", "CreateListener", "POST", _LISTENERS, 201,
              ga_listeners.create_listener),
    Operation("GA", "ListListeners", "GET", _LISTENERS, 200,
              ga_listeners.list_listeners),
    Operation("GA", "ShowListener", "GET", _LISTENER, 200, ga_listeners.show_listener),
    Operation("GA", "DeleteListener", "DELETE", _LISTENER, 204,
              ga_listeners.delete_listener),
    Operation("GA", "CreateAccelerator", "POST", _ACCELERATORS, 201,
              ga_accelerators.create_accelerator),
    Operation("GA", "ListAccelerators", "GET", _ACCELERATORS, 200,
              ga_accelerators.list_accelerators),
    Operation("GA", "ShowAccelerator", "GET", _ACCELERATOR, 200,
              ga_accelerators.show_accelerator),
    Operation("GA", "DeleteAccelerator", "DELETE", _ACCELERATOR, 204,
              ga_accelerators.delete_accelerator),
    Operation("GA", "CreateTags", "POST", _TAGS + "/create", 204, ga_tags.create_tags),
    Operation("GA", "DeleteTags", "DELETE", _TAGS + "/delete", 204,
              ga_tags.delete_tags),
    Operation("GA", "ShowResourceTags", "GET", _TAGS, 200, ga_tags.show_tags),
    Operation("IAM", "CreateToken", "POST", "/v3/auth/tokens", 201,
              iam_service.create_token, anonymous=True),
    Operation("IAM", "ListProjects", "GET", "/v3/projects", 200,
              iam_service.list_projects),
)
# fmt: on


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))


_PATTERNS = tuple((op, _pattern(op.path)) for op in OPERATIONS)


def find(method: str, path: str) -> tuple[Operation | None, Mapping[str, str]]:
    """Return the operation for a method and a raw path, and its path parameters."""
    for operation, pattern in _PATTERNS:
        match = pattern.fullmatch(path)
        if match and operation.method == method:
            params = {k: unquote(v) for k, v in match.groupdict().items()}
            return operation, params
    return None, {}


def perform(state: State, operation: Operation | None, request: Request) -> Reply:
    """Run an operation atomically, and return the reply."""
    try:
        with state.lock:
            return _perform(state, operation, request)
    except ServiceError as error:
        return error.reply(request.request_id)


def _perform(state: State, operation: Operation | None, request: Request) -> Reply:
    if operation is None:
        raise ServiceError("APIGW.0101")
    if not operation.anonymous:
        admit(state, operation.service, request)
    return operation.work(state, request)
