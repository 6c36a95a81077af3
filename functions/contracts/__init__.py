"""The JSON Schemas in `schemas/`: each compiled once, and checked against.

The one module that imports jsonschema.
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

from functions.contracts import schema_files
from functions.contracts.schema_files import REGISTRY
from functions.errors import InvalidEvent, Problem, pointer

MOST_PROBLEMS = 100


def check(name: str, document: object, most: int = MOST_PROBLEMS) -> None:
    """Let a document pass that satisfies a schema, such as `bootstrap.event`.

    Raises: InvalidEvent with every place that does not (of very many, `most`), and
    never a value.
    """
    errors = validator(name).iter_errors(cast("Any", document))
    problems = (problem for error in errors for problem in _problems(error))
    try:
        found = list(islice(problems, most))
    except (RecursionError, ValueError):  # jsonschema writes what it refuses
        words = "is nested too deeply, or has a number of too many digits"
        raise InvalidEvent(Problem("", words)) from None
    if found:
        raise InvalidEvent(*found)


def has_field_of(name: str, document: object) -> bool:
    """Whether a document is an object with some field of a schema, or with none."""
    known: Any = validator(name).schema
    if not isinstance(document, Mapping):
        return False
    return not document or bool(document.keys() & known["properties"].keys())


@cache
def validator(name: str) -> Validator:
    """Return the compiled validator of `schemas/<name>.schema.json`.

    Its references are filled in: to follow them takes longer than the check itself.
    """
    compiled: Validator = _VALIDATOR(schema_files.whole(name), registry=REGISTRY)
    return compiled


def _unique_item_properties(
    _validator: Validator, names: list[str], items: object, _schema: object
) -> Iterator[ValidationError]:
    """Refuse objects of one array that agree in one of these properties.

    The keyword is ajv-keywords' `uniqueItemProperties`; JSON Schema has none for it.
    """
    if not isinstance(items, list):
        return
    for name in names:
        seen: set[str] = set()
        for place, item in enumerate(items):
            value = item.get(name) if isinstance(item, dict) else None
            if isinstance(value, str) and value in seen:
                yield ValidationError("repeated", path=(place, name))
            elif isinstance(value, str):
                seen.add(value)


def _items(
    checker: Validator, rule: object, items: object, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    """Check the items of an array that is not too long anyway: `maxItems` says that."""
    if isinstance(items, list) and len(items) <= schema.get("maxItems", math.inf):
        yield from Draft202012Validator.VALIDATORS["items"](
            checker, rule, items, schema
        )


def _all_of(
    checker: Validator, parts: list[Mapping[str, Any]], value: object, _schema: object
) -> Iterator[ValidationError]:
    """Check each part; most are a pattern alone, which needs no checker of its own."""
    for part in parts:
        pattern = part.get("pattern")
        if part.keys() != _A_PATTERN:
            yield from checker.evolve(schema=part).iter_errors(cast("Any", value))
        elif isinstance(value, str) and not re.search(str(pattern), value):
            yield ValidationError(
                "no match",
                validator="pattern",
                validator_value=pattern,
                instance=value,
                schema=part,
            )


_A_PATTERN = {"pattern", "description"}
_VALIDATOR = extend(  # type: ignore[no-untyped-call] # jsonschema types no part of it
    Draft202012Validator,
    {
        "allOf": _all_of,
        "items": _items,
        "uniqueItemProperties": _unique_item_properties,
    },
)


def _problems(error: ValidationError) -> Iterator[Problem]:
    """Yield what is wrong, in words that are ours and quote nothing."""
    steps = tuple(error.absolute_path)
    rule: Any = error.validator_value
    schema: Any = error.schema
    found: Any = error.instance
    if error.validator == "required":
        for name in rule:
            if name not in found:
                yield Problem(pointer((*steps, name)), "is required")
    elif error.validator == "additionalProperties":
        for name in found.keys() - schema["properties"].keys():
            yield Problem(pointer((*steps, name)), "is no field known here")
    else:
        words = _WORDS.get(str(error.validator), str(schema.get("description")))
        yield Problem(pointer(steps), words.format(rule=_worded(rule)))


def _worded(rule: object) -> str:
    """Return what a keyword is set to, as part of a sentence."""
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
_WORDS = {
    "type": "must be {rule}",
    "enum": "must be {rule}",
    "minLength": "must have {rule} characters at least",
    "maxLength": "must have {rule} characters at most",
    "minimum": "must be {rule} at least",
    "maximum": "must be {rule} at most",
    "maxItems": "must have {rule} items at most",
    "uniqueItemProperties": "must differ from that of every other item",
}
"""By keyword: the words for a rule; others, as every pattern, bring a description."""
