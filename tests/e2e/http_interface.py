"""The document of the HTTP interface, and checks of real messages against it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator
from referencing.jsonschema import DRAFT202012

from functions.contracts.schema_files import REGISTRY
from tests.commands.openapi import DOCUMENT

_NAME = DOCUMENT.name
_TRANSPORT_HEADERS = {"server", "date", "content-length"}
"""Headers of every server."""
Json = dict[str, Any]
INTERFACE: Json = json.loads(DOCUMENT.read_text("utf-8"))
_REGISTRY = REGISTRY.with_resource(_NAME, DRAFT202012.create_resource(INTERFACE))


class Response(NamedTuple):
    """A response, with header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def request(
    url: str, method: str = "POST", body: bytes = b"", headers: Json | None = None
) -> Response:
    """Send a request and return the response to it."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=60)
    connection.request(method, parts.path, body, headers or {})
    got = connection.getresponse()
    found = {name.lower(): value for name, value in got.getheaders()}
    response = Response(got.status, found, got.read())
    connection.close()
    return response


def documented() -> Iterator[tuple[str, str, str]]:
    """Yield the path, method and status of every documented response."""
    for path, item in INTERFACE["paths"].items():
        for method, operation in item.items():
            for status in operation["responses"]:
                yield path, method, status


def assert_request_is_documented(path: str, headers: Json, body: bytes) -> None:
    """Check the headers and the body of a request."""
    operation = INTERFACE["paths"][path]["post"]
    given = {name.lower(): value for name, value in headers.items()}
    for each in operation["parameters"]:
        parameter = followed(each)
        _validate(parameter["schema"], given[parameter["name"]])
    content = operation["requestBody"]["content"][given["content-type"]]
    _validate(content["schema"], json.loads(body))


def assert_response_is_documented(path: str, method: str, response: Response) -> None:
    """Check the status, the headers and the body of a response."""
    responses = INTERFACE["paths"][path][method]["responses"]
    documentation = followed(responses[str(response.status)])
    headers = response.headers.keys() - _TRANSPORT_HEADERS - {"content-type"}
    known = {
        name: followed(each) for name, each in documentation.get("headers", {}).items()
    }
    required = {name for name, each in known.items() if each.get("required")}
    assert required <= headers <= known.keys()
    for name in headers:
        _validate(known[name]["schema"], response.headers[name])
    content = documentation["content"][response.headers["content-type"]]
    _validate(content["schema"], json.loads(response.body))


def followed(part: Json) -> Json:
    """Return a part of the document, or the one that it refers to."""
    if "$ref" not in part:
        return part
    resolver = _REGISTRY.resolver(base_uri=_NAME)
    found: Json = resolver.lookup(part["$ref"]).contents
    return found


def _validate(schema: Json, instance: object) -> None:
    """Check a value against a schema that is a part of the document."""
    validator: Any = Draft202012Validator(
        _absolute(schema), registry=_REGISTRY, format_checker=None
    )
    validator.validate(instance)


def _absolute(part: Any) -> Any:  # noqa: ANN401 # JSON
    """Return a schema whose references within the document name the document."""
    if isinstance(part, list):
        return [_absolute(each) for each in part]
    if not isinstance(part, dict):
        return part
    made = {name: _absolute(each) for name, each in part.items()}
    if str(made.get("$ref", "")).startswith("#"):
        made["$ref"] = _NAME + made["$ref"]
    return made
