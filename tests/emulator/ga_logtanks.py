"""GA: creating, listing, showing, changing and deleting logtanks.

Source: "Creating a Log" (Tables 2 to 5), "Querying Logs", and GA's error codes.  All
functions run while the state's lock is held.
"""

from dataclasses import replace

from tests.emulator import ga_resources
from tests.emulator.account_state import State, new_id
from tests.emulator.ga_constraints import LOGTANK_TARGET, NEW_LOGTANK
from tests.emulator.ga_listeners import require_usable_listener
from tests.emulator.ga_resources import Filters, invalid, not_found
from tests.emulator.http_messages import Document, Reply, Request
from tests.emulator.service_errors import ServiceError

RESOURCE_TYPE = "LISTENER"
FILTERS: Filters = {
    "id": "id",
    "status": "status",
    "resource_ids": "resource_id",
    "resource_type": "resource_type",
}


def _check_target(state: State, option: Document) -> None:
    group_id, stream_id = option["log_group_id"], option["log_stream_id"]
    stream = state.streams.get(stream_id)
    if group_id not in state.groups:
        raise not_found(f"log_group_id {group_id}")
    if stream is None or stream["log_group_id"] != group_id:
        raise not_found(f"log_stream_id {stream_id}")


def _check_resource(state: State, option: Document) -> None:
    listener = option["resource_id"]
    if option["resource_type"] != RESOURCE_TYPE:
        raise invalid("resource_type", option["resource_type"])
    require_usable_listener(state, listener)
    used = {tank["resource_id"] for tank in state.existing(state.logtanks)}
    if listener in used and state.options.second_logtank == "refuse":
        raise ServiceError("GA.9104", listener)


def create_logtank(state: State, request: Request) -> Reply:
    """CreateLogtank: 201 with the logtank, PENDING if configured."""
    option = ga_resources.checked_option(request, "logtank", NEW_LOGTANK)
    _check_target(state, option)
    _check_resource(state, option)
    ids = {"id": new_id(), "project_id": state.identity.project_id}
    seconds = state.options.pending_seconds
    logtank = ga_resources.new_resource(state, {**ids, **option}, seconds)
    logtank = replace(logtank, later=state.options.final_status)
    state.logtanks[logtank.document["id"]] = logtank
    return ga_resources.detail_reply(201, state, request, "logtank", logtank)


def show_logtank(state: State, request: Request) -> Reply:
    """ShowLogtank: 200."""
    logtank = ga_resources.find(state, state.logtanks, request.params["logtank_id"])
    return ga_resources.detail_reply(200, state, request, "logtank", logtank)


def update_logtank(state: State, request: Request) -> Reply:
    """UpdateLogtank: 200 with the new target, PENDING again if configured.

    Other fields, such as ``resource_id``, cannot be changed and are ignored.
    """
    logtank_id = request.params["logtank_id"]
    logtank = ga_resources.find(state, state.logtanks, logtank_id)
    option = ga_resources.checked_option(request, "logtank", LOGTANK_TARGET)
    _check_target(state, option)
    ga_resources.require_status(state, logtank)
    now = state.clock()
    changed = {**option, "updated_at": ga_resources.time_text(now)}
    logtank = replace(
        logtank,
        document={**logtank.document, **changed},
        status="PENDING",
        changes=now + state.options.pending_seconds,
        later=state.options.final_status,
    )
    state.logtanks[logtank_id] = logtank
    return ga_resources.detail_reply(200, state, request, "logtank", logtank)


def delete_logtank(state: State, request: Request) -> Reply:
    """DeleteLogtank: 204, without a body; rejected while PENDING or DELETING."""
    logtank_id = request.params["logtank_id"]
    logtank = ga_resources.find(state, state.logtanks, logtank_id)
    ga_resources.require_status(state, logtank)
    return ga_resources.delete(state, state.logtanks, logtank_id)


def list_logtanks(state: State, request: Request) -> Reply:
    """ListLogtanks: a page of the logtanks that match all filters."""
    return ga_resources.list_reply(state, state.logtanks, request, "logtanks", FILTERS)
