"""Reads the files in `schemas/`, and replaces references by their targets.

References name files in that folder; nothing is ever fetched.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from referencing import Registry, Resource

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
_IDENTIFYING = {"$schema", "$defs", "$comment"}
_ANNOTATIONS = {"title", "description", "default", "examples"}


@cache
def _read(name: str) -> Resource[Any]:
    """Return the schema in a file; references name it by the same file name."""
    return Resource.from_contents(json.loads((SCHEMAS / name).read_text("utf-8")))


REGISTRY: Registry[Any] = Registry(
    retrieve=_read  # type: ignore[call-arg] # the alias of an attribute of attrs
)


def load_dereferenced(name: str) -> Any:  # noqa: ANN401 # JSON
    """Return `schemas/<name>.schema.json` with references replaced by their targets.

    Validation with references takes five times as long. A reference to a schema that
    contains it is kept, and resolved by REGISTRY.
    """
    file = f"{name}.schema.json"
    return _dereferenced(_read(file).contents, file, frozenset({file}))


def _dereferenced(part: object, base: str, within: frozenset[str]) -> Any:  # noqa: ANN401 # JSON
    """Return a part of the schema at `base` with its references replaced.

    `within` are the addresses of the schemas that contain the part.
    """
    if isinstance(part, list):
        return [_dereferenced(each, base, within) for each in part]
    if not isinstance(part, dict):
        return part
    own = {
        name: _dereferenced(inner, base, within)
        for name, inner in part.items()
        if name not in _IDENTIFYING
    }
    if "$ref" not in own:
        return own
    address = urljoin(base, own.pop("$ref"))
    if address in within:
        return {"$ref": address, **own}
    found = REGISTRY.resolver().lookup(address).contents
    target = _dereferenced(found, address, within | {address})
    return {"allOf": [target, own]} if own.keys() - _ANNOTATIONS else target
