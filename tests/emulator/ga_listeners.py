"""GA: creating, listing, showing and deleting listeners.

Source: the vendor's SDK (CreateListenerOption, ListenerDetail), the limits of GA
("Constraints") and its error codes.  All functions run while the state's lock is held.
"""

from tests.emulator import ga_resources
from tests.emulator.account_state import Resource, State, new_id
from tests.emulator.ga_constraints import NEW_LISTENER
from tests.emulator.ga_resources import Filters
from tests.emulator.http_messages import Document, Reply, Request
from tests.emulator.service_errors import ServiceError

NOT_FROZEN: Document = {"status": 0, "effect": 1, "scene": []}
DEFAULTS: Document = {
    "description": "",
    "client_affinity": "NONE",
    "tags": [],
    "frozen_info": NOT_FROZEN,
}
# statuses in which a listener cannot get a logtank
UNUSABLE = (*ga_resources.BUSY, "ERROR")
FILTERS: Filters = {
    "id": "id",
    "name": "name",
    "status": "status",
    "accelerator_id": "accelerator_id",
}


def require_usable_listener(state: State, listener_id: str) -> None:
    """Check that a listener can get a logtank: it exists, is ACTIVE and not frozen.

    Raises:
        ServiceError: GA.9002, GA.9004 or GA.9006.

    """
    if not state.accepts_any_listener:
        listener = ga_resources.find(state, state.listeners, listener_id)
        ga_resources.require_status(state, listener, UNUSABLE)


def create_listener(state: State, request: Request) -> Reply:
    """CreateListener: 201 with the listener, PENDING if configured."""
    option = ga_resources.checked_option(request, "listener", NEW_LISTENER)
    accelerator_id = option["accelerator_id"]
    accelerator = ga_resources.find(state, state.accelerators, accelerator_id)
    ga_resources.require_status(state, accelerator)
    if len(listeners_of(state, accelerator_id)) >= state.options.listener_quota:
        raise ServiceError("GA.9103", "listener")
    document = {**DEFAULTS, "id": new_id(), **option}
    seconds = state.options.listener_pending_seconds
    listener = ga_resources.new_resource(state, document, seconds)
    state.add_listener(listener)
    return ga_resources.detail_reply(201, state, request, "listener", listener)


def listeners_of(state: State, accelerator_id: str) -> list[Document]:
    """Return an accelerator's listeners."""
    everything = state.existing(state.listeners)
    return [each for each in everything if each["accelerator_id"] == accelerator_id]


def list_listeners(state: State, request: Request) -> Reply:
    """ListListeners: a page of the listeners that match all filters."""
    return ga_resources.list_reply(
        state, state.listeners, request, "listeners", FILTERS
    )


def show_listener(state: State, request: Request) -> Reply:
    """ShowListener: 200, or GA.9002 if it does not exist."""
    listener_id = request.params["listener_id"]
    if state.accepts_any_listener:
        listener = Resource({**DEFAULTS, "id": listener_id})
    else:
        listener = ga_resources.find(state, state.listeners, listener_id)
    return ga_resources.detail_reply(200, state, request, "listener", listener)


def delete_listener(state: State, request: Request) -> Reply:
    """DeleteListener: 204; what happens to its logtanks is configurable."""
    listener_id = request.params["listener_id"]
    listener = ga_resources.find(state, state.listeners, listener_id)
    ga_resources.require_status(state, listener)
    tanks = state.existing(state.logtanks)
    tank_ids = [tank["id"] for tank in tanks if tank["resource_id"] == listener_id]
    policy = state.options.deleted_listener_logtanks
    if tank_ids and policy == "refuse":
        raise ServiceError("GA.9005", f"listener {listener_id}", "logtank")
    if policy == "delete":
        for tank_id in tank_ids:
            ga_resources.delete(state, state.logtanks, tank_id)
    return ga_resources.delete(state, state.listeners, listener_id)
