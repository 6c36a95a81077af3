"""Test documents for the schemas, read from ``schema_cases/``.

Each file names a schema and a valid ``base`` document. A row changes the base (``set``
maps places to values, ``remove`` is a place) or replaces it with a ``document``. Its
``refused`` maps each place with an error to the violated rules: a pattern is named by
its description, any other rule by its keyword. A row without ``refused`` is valid.

A row with ``values`` expands to one row per value at one place. A row with ``every``
expands to all rows of that kind in ``values.json`` at each of its places; a kind's row
without a value removes the place. ``shared.json`` holds rows that several schemas use,
and ``{"repeat": [text, count]}`` is a long string or list. For a missing or unknown
member, the place is the member itself, not the object around it.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias, cast

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
Schema: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A document, its schema, and the expected errors."""

    name: str
    schema: str
    document: Json
    refused: dict[str, set[str]]


def expanded(value: Json) -> Json:
    """Return a value with its long strings and lists expanded."""
    if isinstance(value, list):
        return [expanded(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"repeat"}:
        text, count = cast("tuple[str | list[Json], int]", value["repeat"])
        return text * count
    return {name: expanded(member) for name, member in value.items()}


def parent_of(document: Json, place: str) -> tuple[Any, str | int]:
    """Return the container of a place, and the key or index in it."""
    *path, last = place.split("/")[1:]
    found: Any = document
    for step in path:
        found = found[int(step) if isinstance(found, list) else step]
    return found, int(last) if isinstance(found, list) else last


def document_of(row: Schema, base: Json) -> Json:
    """Return a row's document: its own, or the base with the row's changes."""
    if "document" in row:
        return expanded(row["document"])
    document = copy.deepcopy(base)
    for place, value in row.get("set", {}).items():
        found, key = parent_of(document, place)
        found[key] = expanded(value)
    if "remove" in row:
        found, key = parent_of(document, row["remove"])
        del found[key]
    return document


def row_at(kind: Schema, name: str, place: str) -> Schema:
    """Return the row that sets a kind of value at a JSON pointer."""
    change = {"set": {place: kind["value"]}} if "value" in kind else {"remove": place}
    refused = {place: kind["refused"]} if "refused" in kind else {}
    return {"name": name, **change, "refused": refused}


def rows_of(row: Schema, kinds: dict[str, list[Schema]]) -> Iterator[Schema]:
    """Yield the rows that a row expands to."""
    if "every" in row:
        for place in row["at"]:
            for kind in kinds[row["every"]]:
                yield row_at(kind, f"{place.split('/')[-1]} {kind['name']}", place)
    elif "values" in row:
        for value in row["values"]:
            name = f"{row['name']} {json.dumps(value)}"
            yield row_at({**row, "value": value}, name, row["at"])
    else:
        yield row


def cases() -> Iterator[Case]:
    """Yield a case for each base and each row of each file, shared rows included."""
    folder = Path(__file__).parent / "schema_cases"
    files = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.json"))
    }
    shared, kinds = files.pop("shared"), files.pop("values")
    for stem, file in files.items():
        common = [row for name in file.get("shared", []) for row in shared[name]]
        written = [{"name": "the base document"}, *file["rows"], *common]
        for row in chain.from_iterable(rows_of(each, kinds) for each in written):
            refused = {at: set(broken) for at, broken in row.get("refused", {}).items()}
            document = document_of(row, file["base"])
            yield Case(f"{stem}: {row['name']}", file["schema"], document, refused)
    for stem, file in files.items():
        if stem.endswith(".event"):
            yield from _array_cases(f"{stem}s", file["base"])


def _array_cases(stem: str, base: Json) -> Iterator[Case]:
    """Yield the cases for the array form of an event."""
    rows: list[tuple[str, Json, dict[str, set[str]]]] = [
        ("an empty array", [], {}),
        ("two requests", [base, base], {}),
        ("an object", base, {"": {"type"}}),
        ("more than 1000 requests", [base] * 1001, {"": {"maxItems"}}),
        ("a request that is a number", [base, 7], {"/1": {"type"}}),
    ]
    for name, document, refused in rows:
        yield Case(f"{stem}: {name}", f"{stem}.schema.json#", document, refused)
