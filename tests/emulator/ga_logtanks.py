"""GA: creating, listing, showing, changing and deleting logtanks.

Source: "Creating a Log" (Tables 2 to 5), "Querying Logs", and GA's error codes.  All
functions run while the state's lock is held.
"""

from collections.abc import Mapping
from datetime import datetime, timezone

from tests.emulator.account_state import Logtank, State, new_id
from tests.emulator.http_messages import Document, Reply, Request, json_reply
from tests.emulator.service_errors import ServiceError

TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
RESOURCE_TYPE = "LISTENER"
PAGE_SIZE = 500
TARGET = ("log_group_id", "log_stream_id")
NEW = ("resource_type", "resource_id", *TARGET)

# query parameter of the list -> field of LogtankDetail; values are alternatives
FILTERS: Mapping[str, str] = {
    "id": "id",
    "status": "status",
    "resource_ids": "resource_id",
    "resource_type": "resource_type",
}


def _invalid(what: str, value: object) -> ServiceError:
    return ServiceError("GA.9001", what, str(value))


def _not_found(what: str) -> ServiceError:
    return ServiceError("GA.9002", what)


def _time(state: State) -> str:
    return datetime.fromtimestamp(state.clock(), timezone.utc).strftime(TIME_FORMAT)


def _option(request: Request, fields: tuple[str, ...]) -> dict[str, str]:
    """Return the named fields of ``logtank``: all mandatory, all strings (Table 3)."""
    try:
        body = request.json()
    except ValueError as error:
        raise _invalid("body", error) from error
    option = body.get("logtank") if isinstance(body, dict) else None
    if not isinstance(option, dict):
        raise _invalid("logtank", "must be an object")
    for name in fields:
        if not isinstance(option.get(name), str) or not option[name]:
            raise _invalid(name, option.get(name))
    return {name: option[name] for name in fields}


def _check_target(state: State, option: Mapping[str, str]) -> None:
    group_id, stream_id = option["log_group_id"], option["log_stream_id"]
    stream = state.streams.get(stream_id)
    if group_id not in state.groups:
        raise _not_found(f"log_group_id {group_id}")
    if stream is None or stream["log_group_id"] != group_id:
        raise _not_found(f"log_stream_id {stream_id}")


def _check_resource(state: State, option: Mapping[str, str]) -> None:
    listener, known = option["resource_id"], state.options.listeners
    if option["resource_type"] != RESOURCE_TYPE:
        raise _invalid("resource_type", option["resource_type"])
    if known is not None and listener not in known:
        raise _not_found(f"listener {listener}")
    used = {tank.document["resource_id"] for tank in state.logtanks.values()}
    if listener in used and state.options.second_logtank == "refuse":
        raise ServiceError("GA.9104", listener)


def create_logtank(state: State, request: Request) -> Reply:
    """CreateLogtank: 201 with the logtank, PENDING if configured."""
    option = _option(request, NEW)
    _check_target(state, option)
    _check_resource(state, option)
    logtank = _new_logtank(state, option)
    state.logtanks[logtank.document["id"]] = logtank
    return _detail_reply(201, state, request, logtank)


def _new_logtank(state: State, option: Mapping[str, str]) -> Logtank:
    now, options = _time(state), state.options
    document: Document = {
        "id": new_id(),
        "domain_id": state.identity.domain_id,
        "project_id": state.identity.project_id,
        **option,
        "status": "PENDING",
        "created_at": now,
        "updated_at": now,
    }
    settles = state.clock() + options.pending_seconds
    return Logtank(document, settles, options.final_status)


def _detail_reply(
    status: int, state: State, request: Request, logtank: Logtank
) -> Reply:
    detail = logtank.detail(state.clock())
    return json_reply(status, {"logtank": detail, "request_id": request.request_id})


def _logtank_of(state: State, request: Request) -> Logtank:
    logtank_id = request.params["logtank_id"]
    if logtank_id not in state.logtanks:
        raise _not_found(f"logtank {logtank_id}")
    return state.logtanks[logtank_id]


def show_logtank(state: State, request: Request) -> Reply:
    """ShowLogtank: 200."""
    return _detail_reply(200, state, request, _logtank_of(state, request))


def show_listener(state: State, request: Request) -> Reply:
    """ShowListener: 200, or GA.9002 if it does not exist."""
    listener, known = request.params["listener_id"], state.options.listeners
    if known is not None and listener not in known:
        raise _not_found(f"listener {listener}")
    return json_reply(
        200, {"listener": {"id": listener}, "request_id": request.request_id}
    )


def update_logtank(state: State, request: Request) -> Reply:
    """UpdateLogtank: 200 with the new target; rejected while PENDING."""
    logtank = _logtank_of(state, request)
    option = _option(request, TARGET)
    _check_target(state, option)
    if logtank.detail(state.clock())["status"] == "PENDING":
        raise ServiceError("GA.9004", logtank.document["id"], "PENDING")
    logtank.document.update(option, updated_at=_time(state))
    return _detail_reply(200, state, request, logtank)


def delete_logtank(state: State, request: Request) -> Reply:
    """DeleteLogtank: 204, without a body."""
    del state.logtanks[_logtank_of(state, request).document["id"]]
    return Reply(204)


def list_logtanks(state: State, request: Request) -> Reply:
    """ListLogtanks: a page of the logtanks that match all filters, oldest first.

    ``page_info.next_marker`` is present only if another page follows.
    """
    arguments = request.arguments()
    found = [tank for tank in state.logtanks_now() if _matches(tank, arguments)]
    start, size = _start(found, arguments), _page_size(state, arguments)
    page = found[start : start + size]
    info: Document = {"current_count": len(page)}
    if start + size < len(found):
        info["next_marker"] = page[-1]["id"]
    body = {"logtanks": page, "page_info": info, "request_id": request.request_id}
    return json_reply(200, body)


def _matches(tank: Document, arguments: Mapping[str, list[str]]) -> bool:
    return all(
        tank[field] in arguments[name]
        for name, field in FILTERS.items()
        if name in arguments
    )


def _start(found: list[Document], arguments: Mapping[str, list[str]]) -> int:
    marker = arguments.get("marker", [None])[-1]
    ids = [None, *(tank["id"] for tank in found)]
    if marker not in ids:
        raise _invalid("marker", marker)
    return ids.index(marker)


def _page_size(state: State, arguments: Mapping[str, list[str]]) -> int:
    text = arguments.get("limit", [str(PAGE_SIZE)])[-1]
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= PAGE_SIZE):
        raise _invalid("limit", text)
    return min(int(text), state.options.list_page_size or PAGE_SIZE)
