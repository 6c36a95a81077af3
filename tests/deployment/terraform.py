"""The Terraform template, read by an HCL parser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import hcl2

from tests.deployment.built import ROOT

FILE = ROOT / "template.tf"
TEXT = FILE.read_text("utf-8")
_OPTIONS = hcl2.SerializationOptions(
    with_comments=False, explicit_blocks=False, strip_string_quotes=True
)
PARSED: dict[str, list[dict[str, Any]]] = hcl2.loads(
    TEXT, serialization_options=_OPTIONS
)
PROVIDER: dict[str, Any] = json.loads(
    (Path(__file__).parent / "provider_arguments.json").read_text("utf-8")
)
"""The arguments of each resource, from the documentation of the provider."""


class Resource(NamedTuple):
    """One resource or data source: its type, name, arguments and nested blocks."""

    kind: str
    name: str
    body: dict[str, Any]


def _read(section: str) -> list[Resource]:
    return [
        Resource(kind, name, body)
        for each in PARSED.get(section, [])
        for kind, named in each.items()
        for name, body in named.items()
    ]


RESOURCES = _read("resource")
DATA_SOURCES = _read("data")
LOCALS: dict[str, Any] = {
    name: value for each in PARSED["locals"] for name, value in each.items()
}
VARIABLES: dict[str, dict[str, Any]] = {
    name: body for each in PARSED["variable"] for name, body in each.items()
}


def of_kind(kind: str) -> list[Resource]:
    """Return the resources of one type, given without the provider's prefix."""
    return [each for each in RESOURCES if each.kind == f"huaweicloud_{kind}"]


def function() -> dict[str, Any]:
    """Return the arguments of the one resource that defines all functions."""
    (found,) = of_kind("fgs_function")
    return found.body


def blocks(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and body of each nested block, dynamic blocks included."""
    for name, value in body.items():
        if name == "dynamic":
            for each in value:
                for inner, written in each.items():
                    yield inner, written["content"][0]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for inner_body in value:
                yield name, inner_body
