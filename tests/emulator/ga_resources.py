"""GA: what accelerators, listeners and logtanks have in common.

Source: "Querying Logs", "Querying Listeners" and GA's error codes.  All functions run
while the state's lock is held.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone

from tests.emulator.account_state import Resource, Resources, State
from tests.emulator.constraints import Fields, first_violation
from tests.emulator.http_messages import Document, Reply, Request, json_reply
from tests.emulator.service_errors import ServiceError

TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
PAGE_SIZE = 500
# statuses in which a resource cannot be changed or deleted (GA.9004)
BUSY = ("PENDING", "DELETING")

# query parameter of a list -> field of its items; repeated values are alternatives
Filters = Mapping[str, str]


def invalid(what: str, value: object) -> ServiceError:
    """Return GA.9001."""
    return ServiceError("GA.9001", what, str(value))


def not_found(what: str) -> ServiceError:
    """Return GA.9002."""
    return ServiceError("GA.9002", what)


def time_text(seconds: float) -> str:
    """Return seconds since 1970 as GA's times, in UTC."""
    return datetime.fromtimestamp(seconds, timezone.utc).strftime(TIME_FORMAT)


def checked_option(request: Request, name: str, fields: Fields) -> Document:
    """Return the known fields of the object under a name in the request's body.

    Raises:
        ServiceError: GA.9001.

    """
    wrapper: Fields = {name: (True, lambda value: isinstance(value, dict))}
    return _known(checked_body(request, wrapper)[name], fields)


def checked_body(request: Request, fields: Fields) -> Document:
    """Return the known fields of the request's body.

    Raises:
        ServiceError: GA.9001.

    """
    try:
        body = request.json()
    except ValueError as error:
        raise invalid("body", error) from error
    if not isinstance(body, dict):
        raise invalid("body", "must be an object")
    return _known(body, fields)


def _known(document: Document, fields: Fields) -> Document:
    violated = first_violation(fields, document)
    if violated is not None:
        raise invalid(violated, document.get(violated))
    return {field: document[field] for field in fields if field in document}


def find(state: State, resources: Resources, resource_id: str) -> Resource:
    """Return a resource that exists now.

    Raises:
        ServiceError: GA.9002.

    """
    resource = resources.get(resource_id)
    if resource is None or resource.status_at(state.clock()) is None:
        raise not_found(resource_id)
    return resource


def require_status(
    state: State, resource: Resource, refused: tuple[str, ...] = BUSY
) -> None:
    """Reject an operation on a resource in one of those statuses, or frozen.

    Raises:
        ServiceError: GA.9004 or GA.9006.

    """
    detail = resource.detail(state.clock())
    if detail["status"] in refused:
        raise ServiceError("GA.9004", detail["id"], detail["status"])
    if detail.get("frozen_info", {}).get("status"):
        raise ServiceError("GA.9006", detail["id"])


def new_resource(state: State, document: Document, seconds: float) -> Resource:
    """Return a resource that is PENDING for some seconds and ACTIVE after that."""
    now = state.clock()
    times = {"created_at": time_text(now), "updated_at": time_text(now)}
    domain = {"domain_id": state.identity.domain_id}
    document = {**document, **domain, "status": "PENDING", **times}
    return Resource(document, "PENDING", now + seconds, "ACTIVE")


def delete(state: State, resources: Resources, resource_id: str) -> Reply:
    """Return 204; the resource is DELETING for the configured time, then gone."""
    resource = find(state, resources, resource_id)
    gone = state.clock() + state.options.deleting_seconds
    resources[resource_id] = replace(
        resource, status="DELETING", changes=gone, later=None
    )
    return Reply(204)


def detail_reply(
    status: int, state: State, request: Request, name: str, resource: Resource
) -> Reply:
    """Return a reply with one resource under a name."""
    detail = resource.detail(state.clock())
    return json_reply(status, {name: detail, "request_id": request.request_id})


def list_reply(
    state: State, resources: Resources, request: Request, name: str, filters: Filters
) -> Reply:
    """Return a page, under a name, of the resources that match all filters.

    They are in order of age, the oldest first unless ``page_reverse`` is true.

    ``page_info.next_marker`` is present only if another page follows.
    """
    arguments = request.arguments()
    everything = state.existing(resources)
    found = [each for each in everything if _matches(each, filters, arguments)]
    if _is_reversed(arguments):
        found.reverse()
    start, size = _start(found, arguments), _page_size(state, arguments)
    page = found[start : start + size]
    info: Document = {"current_count": len(page)}
    if start + size < len(found):
        info["next_marker"] = page[-1]["id"]
    body = {name: page, "page_info": info, "request_id": request.request_id}
    return json_reply(200, body)


def _matches(
    detail: Document, filters: Filters, arguments: Mapping[str, list[str]]
) -> bool:
    return all(
        detail[field] in arguments[name]
        for name, field in filters.items()
        if name in arguments
    )


def _is_reversed(arguments: Mapping[str, list[str]]) -> bool:
    text = arguments.get("page_reverse", ["false"])[-1].lower()
    if text not in ("true", "false"):
        raise invalid("page_reverse", text)
    return text == "true"


def _start(found: list[Document], arguments: Mapping[str, list[str]]) -> int:
    marker = arguments.get("marker", [None])[-1]
    if marker is not None and "limit" not in arguments:
        raise invalid("marker", "must be used with limit")
    ids = [None, *(each["id"] for each in found)]
    if marker not in ids:
        raise invalid("marker", marker)
    return ids.index(marker)


def _page_size(state: State, arguments: Mapping[str, list[str]]) -> int:
    text = arguments.get("limit", [str(PAGE_SIZE)])[-1]
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= PAGE_SIZE):
        raise invalid("limit", text)
    return min(int(text), state.options.list_page_size or PAGE_SIZE)
