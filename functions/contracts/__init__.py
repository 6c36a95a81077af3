"""Checks documents against the JSON Schemas in `schemas/`.

Each schema is compiled once. Only this package imports jsonschema.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from functions.contracts.schema_files import REGISTRY, load_dereferenced
from functions.errors import InvalidEvent, Problem, pointer

MAX_PROBLEMS = 100
REQUIRED = "is required"
_PATTERN_ALONE = {"pattern", "description"}


def check(name: str, document: object, max_problems: int = MAX_PROBLEMS) -> None:
    """Raise unless a document satisfies a schema, such as `bootstrap.event`.

    Raises: InvalidEvent with up to `max_problems` problems, which quote no value.
    """
    errors = validator(name).iter_errors(cast("Any", document))
    problems = (problem for error in errors for problem in _problems(error))
    try:
        found = list(islice(problems, max_problems))
    except (RecursionError, ValueError):  # jsonschema formats what it rejects
        detail = "is nested too deeply, or has a number with too many digits"
        raise InvalidEvent(Problem("", detail)) from None
    if found:
        raise InvalidEvent(*found)


def has_field_of(name: str, document: object) -> bool:
    """Whether a document is an object that is empty or has a field of the schema."""
    known: Any = validator(name).schema
    if not isinstance(document, Mapping):
        return False
    return not document or bool(document.keys() & known["properties"].keys())


@cache
def validator(name: str) -> Validator:
    """Return the compiled validator of `schemas/<name>.schema.json`."""
    compiled: Validator = _VALIDATOR(load_dereferenced(name), registry=REGISTRY)
    return compiled


def _unique_item_properties(
    _validator: Validator, names: list[str], items: object, _schema: object
) -> Iterator[ValidationError]:
    """Reject objects of one array that have the same value of one of these properties.

    JSON Schema has no keyword for this; `uniqueItemProperties` is from ajv-keywords.
    """
    if not isinstance(items, list):
        return
    for name in names:
        seen: set[str] = set()
        for index, item in enumerate(items):
            value = item.get(name) if isinstance(item, dict) else None
            if isinstance(value, str) and value in seen:
                yield ValidationError("repeated", path=(index, name))
            elif isinstance(value, str):
                seen.add(value)


def _all_of(
    checker: Validator, parts: list[Any], instance: object, schema: object
) -> Iterator[ValidationError]:
    """Check a value by each part of `parts`, unless it matches one that is a pattern.

    jsonschema makes a validator for each part, which takes longer than the search.
    """
    rest = [
        part
        for part in parts
        if not isinstance(instance, str)
        or not part.keys() <= _PATTERN_ALONE
        or not re.search(part["pattern"], instance)
    ]
    yield from Draft202012Validator.VALIDATORS["allOf"](checker, rest, instance, schema)


def _items(
    checker: Validator, rule: object, items: object, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    """Check the items of an array, unless it is longer than `maxItems` allows."""
    if isinstance(items, list) and len(items) <= schema.get("maxItems", math.inf):
        yield from Draft202012Validator.VALIDATORS["items"](
            checker, rule, items, schema
        )


def _unique_items(
    _validator: Validator, _rule: object, items: object, _schema: object
) -> Iterator[ValidationError]:
    """Reject an array of strings with duplicates.

    jsonschema compares every pair of items that it cannot sort, which takes too long.
    """
    if not isinstance(items, list):
        return
    texts = [item for item in items if isinstance(item, str)]
    if len(texts) > len(set(texts)):
        yield ValidationError("repeated")


_VALIDATOR = extend(  # type: ignore[no-untyped-call] # jsonschema types no part of it
    Draft202012Validator,
    {
        "allOf": _all_of,
        "items": _items,
        "uniqueItemProperties": _unique_item_properties,
        "uniqueItems": _unique_items,
    },
)


def _problems(error: ValidationError) -> Iterator[Problem]:
    """Yield the problems that an error stands for, in words that quote no value."""
    steps = tuple(error.absolute_path)
    rule: Any = error.validator_value
    schema: Any = error.schema
    found: Any = error.instance
    if error.validator == "required":
        for name in rule:
            if name not in found:
                yield Problem(pointer((*steps, name)), REQUIRED)
    elif error.validator == "additionalProperties":
        for name in found.keys() - schema["properties"].keys():
            yield Problem(pointer((*steps, name)), "is not a known field")
    else:
        keyword = str(error.validator)
        template = _DETAILS.get(f"{keyword} {rule}", _DETAILS.get(keyword))
        detail = template and template.format(rule=_in_words(rule))
        yield Problem(pointer(steps), detail or str(schema.get("description")))


def _in_words(rule: object) -> str:
    """Return a keyword's value as part of a sentence."""
    if isinstance(rule, list):
        return " or ".join(map(str, rule))
    return _TYPES.get(str(rule), str(rule))


_TYPES = {
    "array": "an array",
    "boolean": "true or false",
    "integer": "an integer",
    "object": "an object",
    "string": "a string",
}
_DETAILS = {
    "type": "must be {rule}",
    "enum": "must be {rule}",
    "minItems 1": "must not be empty",
    "minLength 1": "must not be empty",
    "minLength": "must have at least {rule} characters",
    "maxLength": "must have at most {rule} characters",
    "minimum": "must be at least {rule}",
    "maximum": "must be at most {rule}",
    "maxItems": "must have at most {rule} items",
    "uniqueItems": "must not contain duplicates",
    "uniqueItemProperties": "must differ from that of every other item",
}
"""The text of a problem, by keyword, or by keyword and its value.

Any other keyword, such as a pattern, is described next to it in its schema.
"""
