"""Documents for the schemas, read from ``schema_cases/``.

Each file names a schema and a valid ``base`` document; a row says what it changes
(``set``: place to value, ``remove``: a place; or a whole ``document``) and what is then
``refused``: place to the rules broken there, a pattern by its description, any other
rule by its keyword. A row without ``refused`` is valid. A row with ``values`` stands
for one row for each of them at one place; a row with ``every`` for all rows of that
kind in ``values.json`` at each of its places (a kind's row without a value removes the
place). ``shared.json`` holds rows that several schemas have in common, and ``{"repeat":
[text, count]}`` stands for a long text. A missing or unknown member is named itself,
not the object around it.
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
    """A document, the schema it is held against and what that refuses in it."""

    name: str
    schema: str
    document: Json
    refused: dict[str, set[str]]


def spelt_out(value: Json) -> Json:
    """Write out the long texts of a row."""
    if isinstance(value, list):
        return [spelt_out(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"repeat"}:
        text, count = cast("tuple[str, int]", value["repeat"])
        return text * count
    return {name: spelt_out(member) for name, member in value.items()}


def holder(document: Json, place: str) -> tuple[Any, str | int]:
    """Find what holds a place, and the place's key or index in it."""
    *path, last = place.split("/")[1:]
    found: Any = document
    for step in path:
        found = found[int(step) if isinstance(found, list) else step]
    return found, int(last) if isinstance(found, list) else last


def document_of(row: Schema, base: Json) -> Json:
    """Make a row's document: its own, or the base with the row's changes."""
    if "document" in row:
        return spelt_out(row["document"])
    document = copy.deepcopy(base)
    for place, value in row.get("set", {}).items():
        found, key = holder(document, place)
        found[key] = spelt_out(value)
    if "remove" in row:
        found, key = holder(document, row["remove"])
        del found[key]
    return document


def placed(kind: Schema, name: str, place: str) -> Schema:
    """Make the row that has a value of a kind at a place."""
    change = {"set": {place: kind["value"]}} if "value" in kind else {"remove": place}
    refused = {place: kind["refused"]} if "refused" in kind else {}
    return {"name": name, **change, "refused": refused}


def rows_of(row: Schema, kinds: dict[str, list[Schema]]) -> Iterator[Schema]:
    """Yield the rows that a row stands for."""
    if "every" in row:
        for place in row["at"]:
            for kind in kinds[row["every"]]:
                yield placed(kind, f"{place.split('/')[-1]} {kind['name']}", place)
    elif "values" in row:
        for value in row["values"]:
            name = f"{row['name']} {json.dumps(value)}"
            yield placed({**row, "value": value}, name, row["at"])
    else:
        yield row


def cases() -> Iterator[Case]:
    """Yield each row of each file, borrowed ones included, and each base."""
    folder = Path(__file__).parent / "schema_cases"
    files = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.json"))
    }
    shared, kinds = files.pop("shared"), files.pop("values")
    for stem, file in files.items():
        borrowed = [row for name in file.get("shared", []) for row in shared[name]]
        written = [{"name": "the base"}, *file["rows"], *borrowed]
        for row in chain.from_iterable(rows_of(each, kinds) for each in written):
            refused = {at: set(broken) for at, broken in row.get("refused", {}).items()}
            document = document_of(row, file["base"])
            yield Case(f"{stem}: {row['name']}", file["schema"], document, refused)
