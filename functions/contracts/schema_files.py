"""The files in `schemas/`, read once and put together by their references.

Nothing is ever fetched: a reference names a file in that folder.
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
    """Return the schema in a file, which references name as it stands in the folder."""
    return Resource.from_contents(json.loads((SCHEMAS / name).read_text("utf-8")))


REGISTRY: Registry[Any] = Registry(
    retrieve=_read  # type: ignore[call-arg] # the alias of an attribute of attrs
)


def load_dereferenced(name: str) -> Any:  # noqa: ANN401 # JSON
    """Return `schemas/<name>.schema.json` with what its references name in their place.

    A validator takes five times as long to follow references as to check without them.
    One that leads back to where it stands stays, and REGISTRY resolves it.
    """
    file = f"{name}.schema.json"
    return _dereferenced(_read(file).contents, file, frozenset({file}))


def _dereferenced(part: object, base: str, within: frozenset[str]) -> Any:  # noqa: ANN401 # JSON
    """Return a part of the schema at `base`, which stands within these references."""
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
