"""GA: creating, listing, showing and deleting accelerators.

Source: the vendor's SDK (CreateAcceleratorOption, AcceleratorDetail), the limits of GA
("Constraints") and its error codes.  All functions run while the state's lock is held.
"""

from tests.emulator import ga_resources
from tests.emulator.account_state import State, new_id
from tests.emulator.ga_constraints import NEW_ACCELERATOR
from tests.emulator.ga_listeners import NOT_FROZEN, listeners_of
from tests.emulator.ga_resources import Filters
from tests.emulator.http_messages import Document, Reply, Request
from tests.emulator.service_errors import ServiceError

# an address from the block for documentation, RFC 5737
IP_SETS = [{"ip_type": "IPV4", "ip_address": "198.51.100.7", "area": "OUTOFCM"}]
DEFAULTS: Document = {
    "description": "",
    "enterprise_project_id": "0",
    "flavor_id": "0a1b2c3d-0000-4000-8000-000000000000",
    "tags": [],
    "frozen_info": NOT_FROZEN,
    "ip_sets": IP_SETS,
}
FILTERS: Filters = {
    name: name for name in ("id", "name", "status", "enterprise_project_id")
}


def create_accelerator(state: State, request: Request) -> Reply:
    """CreateAccelerator: 201 with the accelerator, PENDING if configured."""
    option = ga_resources.checked_option(request, "accelerator", NEW_ACCELERATOR)
    quota = state.options.accelerator_quota
    if len(state.existing(state.accelerators)) >= quota:
        raise ServiceError("GA.9103", "accelerator")
    sets = [{**IP_SETS[0], **given} for given in option["ip_sets"]]
    document = {**DEFAULTS, "id": new_id(), **option, "ip_sets": sets}
    seconds = state.options.listener_pending_seconds
    accelerator = ga_resources.new_resource(state, document, seconds)
    state.accelerators[accelerator.document["id"]] = accelerator
    return ga_resources.detail_reply(201, state, request, "accelerator", accelerator)


def list_accelerators(state: State, request: Request) -> Reply:
    """ListAccelerators: a page of the accelerators that match all filters."""
    return ga_resources.list_reply(
        state, state.accelerators, request, "accelerators", FILTERS
    )


def show_accelerator(state: State, request: Request) -> Reply:
    """ShowAccelerator: 200, or GA.9002 if it does not exist."""
    accelerator_id = request.params["accelerator_id"]
    found = ga_resources.find(state, state.accelerators, accelerator_id)
    return ga_resources.detail_reply(200, state, request, "accelerator", found)


def delete_accelerator(state: State, request: Request) -> Reply:
    """DeleteAccelerator: 204; rejected while it has listeners."""
    accelerator_id = request.params["accelerator_id"]
    accelerator = ga_resources.find(state, state.accelerators, accelerator_id)
    ga_resources.require_status(state, accelerator)
    if listeners_of(state, accelerator_id):
        raise ServiceError("GA.9005", f"accelerator {accelerator_id}", "listener")
    return ga_resources.delete(state, state.accelerators, accelerator_id)
