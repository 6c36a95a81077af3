"""LTS: adding and deleting the tags of log streams ("topics") and log groups.

Source: the vendor's SDK (CreateTagsReqbody).  The function runs while the state's lock
is held.
"""

from collections.abc import Callable, Mapping

from tests.emulator.account_state import ENTERPRISE_PROJECT_TAG, State
from tests.emulator.constraints import CHANGED_TAGS, MAX_TAGS, satisfies
from tests.emulator.http_messages import Document, Reply, Request, json_reply
from tests.emulator.lts_streams import checked_body
from tests.emulator.service_errors import ServiceError

# resource type in the path -> its resources, and the code for one that does not exist
TAGGED: Mapping[str, tuple[Callable[[State], Mapping[str, Document]], str]] = {
    "topics": (lambda state: state.streams, "LTS.0208"),
    "groups": (lambda state: state.groups, "LTS.0201"),
}
# action -> success status; the one for "delete" is as observed by the vendor's provider
SUCCESS: Mapping[str, int] = {"create": 200, "delete": 201}


def change_tags(state: State, request: Request) -> Reply:
    """CreateTags: 200 or 201; "delete" ignores keys that do not exist."""
    body = checked_body(request, {})
    if not satisfies(CHANGED_TAGS, body):
        raise ServiceError("LTS.1836")
    resource = _resource(state, request)
    keys = {tag["key"] for tag in body["tags"]}
    tags = {key: value for key, value in resource["tag"].items() if key not in keys}
    if body["action"] == "create":
        tags |= {tag["key"]: tag.get("value", "") for tag in body["tags"]}
    if len(tags.keys() - {ENTERPRISE_PROJECT_TAG}) > MAX_TAGS:
        raise ServiceError("LTS.1836")
    resource["tag"] = tags
    return json_reply(SUCCESS[body["action"]], {})


def _resource(state: State, request: Request) -> Document:
    kind, resource_id = request.params["resource_type"], request.params["resource_id"]
    if kind not in TAGGED:
        raise ServiceError("LTS.1836")
    resources, missing = TAGGED[kind]
    if resource_id not in resources(state):
        raise ServiceError(missing)
    return resources(state)[resource_id]
