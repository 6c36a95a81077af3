"""Updates the part of schemas/webhooks.openapi.json that follows from the code.

The paths, the requests of the functions, and the version are derived from the table of
functions. The rest of the document is edited by hand and kept.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from functions import __version__
from functions.contracts.schema_files import REGISTRY, SCHEMAS
from functions.invocation.tasks import TASKS, Task

DOCUMENT = SCHEMAS / "webhooks.openapi.json"
Json = dict[str, Any]
_MEDIA_TYPE = "application/json"
_CLOUD_EVENT = {"$ref": "#/components/schemas/cloud_event"}
_IGNORED = {"$ref": "ignored.result.schema.json"}


def main() -> int:
    """Rewrite the document."""
    document = derived(json.loads(DOCUMENT.read_text("utf-8")))
    text = json.dumps(document, indent=2, ensure_ascii=False)
    Path(DOCUMENT).write_text(f"{text}\n", "utf-8")
    return 0


def derived(document: Json) -> Json:
    """Return the document with all derived parts replaced."""
    components = document["components"]
    requests = {_request_name(task): _request(task) for task in TASKS.values()}
    written = {
        name: schema
        for name, schema in components["schemas"].items()
        if not name.endswith(".request")
    }
    return {
        **document,
        "info": {**document["info"], "version": __version__},
        "paths": {f"/{task.name}": _path(task, components) for task in TASKS.values()},
        "components": {**components, "schemas": {**written, **requests}},
    }


def _path(task: Task, components: Json) -> Json:
    handler = import_module(f"functions.{task.name}").handler
    operation = {
        "operationId": task.name,
        "summary": handler.__doc__.splitlines()[0],
        "parameters": _references(components, "parameters"),
        "requestBody": {
            "required": True,
            "content": {
                _MEDIA_TYPE: {"schema": _body(task)},
                "application/cloudevents+json": {"schema": _CLOUD_EVENT},
            },
        },
        "responses": {
            **_successes(task),
            **{
                status: _reference("responses", status)
                for status in components["responses"]
            },
        },
    }
    return {"get": _health_check(task), "post": operation}


def _health_check(task: Task) -> Json:
    ok = _reference("schemas", "health")
    return {
        "operationId": f"{task.name}.health",
        "summary": "Answer the health check of an Application Load Balancer.",
        "responses": {
            "200": _success("The function can be invoked.", ok),
            "405": _reference("responses", "405"),
        },
    }


def _references(components: Json, kind: str) -> list[Json]:
    return [_reference(kind, name) for name in components[kind]]


def _reference(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}


def _body(task: Task) -> Json:
    """Return the schema of a body: a request, alone or in a CloudEvent, or an array."""
    one = [_reference("schemas", _request_name(task)), _CLOUD_EVENT]
    many = _resolved(f"{task.name}.events.schema.json#")
    array = {
        "type": "array",
        "items": {"anyOf": one},
        "maxItems": many["maxItems"],
    }
    return {"anyOf": [*one, array]}


def _successes(task: Task) -> Json:
    """Return the responses to requests that succeed; only some can create something."""
    name = f"{task.name}.result.schema.json"
    one = [{"$ref": name}, _IGNORED]
    schema = {"anyOf": [*one, {"type": "array", "items": {"anyOf": one}}]}
    if "created" not in _resolved(f"{name}#")["properties"]:
        return {"200": _success("The result, or an array of results.", schema)}
    return {
        "200": _success("Everything existed already.", schema),
        "201": _success("Something was created.", schema),
    }


def _success(description: str, schema: Json) -> Json:
    content = {_MEDIA_TYPE: {"schema": schema}}
    return {"description": description, "content": content}


def _request_name(task: Task) -> str:
    return f"{task.name}.request"


def _request(task: Task) -> Json:
    """Return the schema of a request before its defaults are filled in.

    In the schema of the event, the fields that a setting supplies are required.
    """
    name = f"{task.name}.event.schema.json"
    rules = f"The rules between its fields are in {name}."
    description = " ".join([f"A request to {task.name}.", rules, *_supply(task)])
    return {"description": description, **_relaxed(f"{name}#", task.supplied)}


def _supply(task: Task) -> Iterator[str]:
    """Yield a sentence about the fields that settings supply, if there are any."""
    fields = (
        f"{pointer.rpartition('/')[2]} ({setting})"
        for pointer, setting in task.supplied.items()
    )
    if listed := ", ".join(fields):
        yield f"Settings supply these fields if they are absent: {listed}."


def _relaxed(address: str, supplied: Collection[str]) -> Json:
    """Return the schema of an object, with the fields at these pointers optional.

    All other fields are referred to.
    """
    schema = _resolved(address)
    properties = {}
    for name, part in schema["properties"].items():
        prefix = f"/{name}/"
        inner = [f"/{p.removeprefix(prefix)}" for p in supplied if p.startswith(prefix)]
        properties[name] = (
            _relaxed(urljoin(address, part["$ref"]), inner)
            if inner
            else {"$ref": f"{address}/properties/{name}"}
        )
    required = [n for n in schema.get("required", []) if f"/{n}" not in supplied]
    return {
        "type": "object",
        "properties": properties,
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _resolved(address: str) -> Json:
    found: Json = REGISTRY.resolver().lookup(address).contents
    return found


if __name__ == "__main__":
    sys.exit(main())
