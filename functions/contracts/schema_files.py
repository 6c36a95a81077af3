"""The files in `schemas/`: each read once, and put together by their references.

Nothing is ever fetched: an address stands for a file, and for nothing else.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from referencing import Registry, Resource

BASE = "https://ga-access-log.invalid/schemas/"
"""What every schema's id begins with; there is nothing to fetch there."""
SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"


def whole(name: str) -> Any:  # noqa: ANN401 # JSON
    """Return `schemas/<name>.schema.json` with all that it refers to in place.

    What leads back to itself stays a reference, which REGISTRY resolves.
    """
    address = f"{BASE}{name}.schema.json"
    return _filled_in(_read(address).contents, address, frozenset({address}))


@cache
def _read(address: str) -> Resource[Any]:
    """Return the schema of an address, which stands for a file of `schemas/`."""
    text = (SCHEMAS / address.removeprefix(BASE)).read_text("utf-8")
    return Resource.from_contents(json.loads(text))


REGISTRY: Registry[Any] = Registry(
    retrieve=_read  # type: ignore[call-arg] # the alias of an attribute of attrs
)


def _filled_in(part: object, base: str, within: frozenset[str]) -> Any:  # noqa: ANN401 # JSON
    """Return a part of the schema at `base` with what references lead to in place.

    One that leads back to what it is `within` stays a reference.
    """
    if isinstance(part, list):
        return [_filled_in(each, base, within) for each in part]
    if not isinstance(part, dict):
        return part
    own = {
        name: _filled_in(inner, base, within)
        for name, inner in part.items()
        if name not in _OF_FILES
    }
    if "$ref" not in own:
        return own
    address = urljoin(base, own.pop("$ref"))
    if address in within:
        return {"$ref": address, **own}
    found = REGISTRY.resolver().lookup(address).contents
    target = _filled_in(found, address, within | {address})
    return {"allOf": [target, own]} if own.keys() - _NOTES else target


_OF_FILES = {"$schema", "$id", "$defs", "$comment"}
_NOTES = {"title", "description", "default", "examples"}
"""Keywords beside a reference that rule nothing."""
