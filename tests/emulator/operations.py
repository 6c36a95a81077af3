"""Which operation a method and a path mean: the one table of what is served.

Operation names are the vendor's documents', but for IAM's two, which are shortened.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from tests.emulator import ga, iam, lts_groups, lts_streams
from tests.emulator.exchange import Answer, Request
from tests.emulator.gate import admit
from tests.emulator.refusals import Refusal
from tests.emulator.world import World

Work = Callable[[World, Request], Answer]


@dataclass(frozen=True)
class Operation:
    """One API: its service, name, method, path template, success status and work."""

    service: str
    name: str
    method: str
    path: str
    success: int
    work: Work
    anonymous: bool = False


_GROUPS = "/v2/{project_id}/groups"
_STREAMS = _GROUPS + "/{log_group_id}/streams"
_TTL = _GROUPS + "/{log_group_id}/streams-ttl/{log_stream_id}"
_FILTER = "/v2/{project_id}/log-streams"
_TANKS = "/v1/logtanks"
_TANK = "/v1/logtanks/{logtank_id}"

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
    Operation("LTS", "DeleteLogGroup", "DELETE", _GROUPS + "/{log_group_id}", 204,
              lts_groups.delete_group),
    Operation("GA", "CreateLogtank", "POST", _TANKS, 201, ga.create_logtank),
    Operation("GA", "ListLogtanks", "GET", _TANKS, 200, ga.list_logtanks),
    Operation("GA", "ShowLogtank", "GET", _TANK, 200, ga.show_logtank),
    Operation("GA", "UpdateLogtank", "PUT", _TANK, 200, ga.update_logtank),
    Operation("GA", "DeleteLogtank", "DELETE", _TANK, 204, ga.delete_logtank),
    Operation("IAM", "CreateToken", "POST", "/v3/auth/tokens", 201, iam.create_token,
              anonymous=True),
    Operation("IAM", "ListProjects", "GET", "/v3/projects", 200, iam.list_projects),
)
# fmt: on


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))


_PATTERNS = tuple((op, _pattern(op.path)) for op in OPERATIONS)


def find(method: str, path: str) -> tuple[Operation | None, Mapping[str, str]]:
    """Return the operation of a method and a path as sent, and its path parameters."""
    for operation, pattern in _PATTERNS:
        match = pattern.fullmatch(path)
        if match and operation.method == method:
            params = {k: unquote(v) for k, v in match.groupdict().items()}
            return operation, params
    return None, {}


def perform(world: World, operation: Operation | None, request: Request) -> Answer:
    """Do what a request asks for, all of it or nothing, and answer."""
    try:
        with world.lock:
            return _perform(world, operation, request)
    except Refusal as refusal:
        return refusal.answer(request.request_id)


def _perform(world: World, operation: Operation | None, request: Request) -> Answer:
    if operation is None:
        raise Refusal("APIGW.0101")
    if not operation.anonymous:
        admit(world, operation.service, request)
    return operation.work(world, request)
