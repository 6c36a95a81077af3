"""GA: adding, deleting and showing the tags of accelerators and listeners.

Source: the vendor's SDK (CreateTagsRequestBody, DeletingResourceTag).  All functions
run while the state's lock is held.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from tests.emulator import ga_resources
from tests.emulator.account_state import Resource, Resources, State
from tests.emulator.constraints import Fields, is_tag_key
from tests.emulator.ga_constraints import is_ga_tags
from tests.emulator.ga_resources import invalid
from tests.emulator.http_messages import Document, Reply, Request, json_reply

# resource type in the path -> its resources
TAGGED: Mapping[str, Callable[[State], Resources]] = {
    "ga-accelerators": lambda state: state.accelerators,
    "ga-listeners": lambda state: state.listeners,
}


def _are_keys(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(tag, dict) and is_tag_key(tag.get("key")) for tag in value
    )


ADDED: Fields = {"tags": (True, is_ga_tags)}
DELETED: Fields = {"tags": (True, _are_keys)}


def _resources(state: State, request: Request) -> Resources:
    kind = request.params["resource_type"]
    if kind not in TAGGED:
        raise invalid("resource_type", kind)
    return TAGGED[kind](state)


def _resource(state: State, request: Request) -> Resource:
    resource_id = request.params["resource_id"]
    return ga_resources.find(state, _resources(state, request), resource_id)


def _replace_tags(state: State, request: Request, tags: Mapping[str, str]) -> None:
    resource = _resource(state, request)
    changed = [{"key": key, "value": value} for key, value in tags.items()]
    document: Document = {**resource.document, "tags": changed}
    resources = _resources(state, request)
    resources[document["id"]] = replace(resource, document=document)


def _tags(state: State, request: Request) -> dict[str, str]:
    tags = _resource(state, request).document["tags"]
    return {tag["key"]: tag.get("value", "") for tag in tags}


def create_tags(state: State, request: Request) -> Reply:
    """CreateTags: 204; a tag with the same key gets the new value."""
    added = ga_resources.checked_body(request, ADDED)["tags"]
    values = {tag["key"]: tag.get("value", "") for tag in added}
    _replace_tags(state, request, {**_tags(state, request), **values})
    return Reply(204)


def delete_tags(state: State, request: Request) -> Reply:
    """DeleteTags: 204, even if a key does not exist."""
    deleted = ga_resources.checked_body(request, DELETED)["tags"]
    keys = {tag["key"] for tag in deleted}
    tags = _tags(state, request)
    _replace_tags(state, request, {k: v for k, v in tags.items() if k not in keys})
    return Reply(204)


def show_tags(state: State, request: Request) -> Reply:
    """ShowResourceTags: 200 with all tags."""
    tags = _resource(state, request).document["tags"]
    return json_reply(200, {"tags": tags, "request_id": request.request_id})
