"""template.tf, read by an HCL parser."""

from __future__ import annotations

from typing import Any, NamedTuple

import hcl2

from tests.deployment.built import ROOT

TEMPLATE = ROOT / "template.tf"
TEXT = TEMPLATE.read_text("utf-8")
_OPTIONS = hcl2.SerializationOptions(
    with_comments=False, explicit_blocks=False, strip_string_quotes=True
)
PARSED: dict[str, list[dict[str, Any]]] = hcl2.loads(
    TEXT, serialization_options=_OPTIONS
)


class Resource(NamedTuple):
    """One resource: its type, its name, and its arguments and nested blocks."""

    kind: str
    name: str
    body: dict[str, Any]


RESOURCES = [
    Resource(kind, name, body)
    for each in PARSED["resource"]
    for kind, named in each.items()
    for name, body in named.items()
]
LOCALS: dict[str, Any] = PARSED["locals"][0]
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
