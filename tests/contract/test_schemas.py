"""The schemas are valid, and each of their rules is violated by a test case.

The cases are in ``schema_cases/``: see ``cases.py``.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import create
from referencing import Registry
from referencing.jsonschema import DRAFT202012, SchemaRegistry

from tests.contract.cases import Case, Json, Schema, cases

SCHEMAS: dict[str, Schema] = {
    path.name: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parents[2] / "schemas").glob("*.schema.json"))
}
# If a referenced schema has "$schema", jsonschema switches to that dialect's standard
# validator, which ignores our keyword. So "$schema" is removed here.
RESOURCES = {
    name: {keyword: value for keyword, value in schema.items() if keyword != "$schema"}
    for name, schema in SCHEMAS.items()
}
# Without `retrieve`, a registry resolves only its own resources and fetches nothing.
REGISTRY: SchemaRegistry = Registry().with_resources(
    (name, DRAFT202012.create_resource(schema)) for name, schema in RESOURCES.items()
)

RULES = {
    "additionalProperties",
    "anyOf",
    "enum",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "not",
    "oneOf",
    "pattern",
    "required",
    "type",
    "uniqueItemProperties",
    "uniqueItems",
}
NAMED_SUBSCHEMAS = {"$defs", "properties"}
LISTED_SUBSCHEMAS = {"allOf", "anyOf", "oneOf"}
SINGLE_SUBSCHEMAS = {"else", "if", "items", "then"}
ANNOTATIONS = {
    "$comment",
    "$ref",
    "default",
    "description",
    "examples",
    "format",
    "title",
}


def subschemas(schema: Schema, address: str) -> Iterator[tuple[str, Schema]]:
    """Yield the schema and all nested schemas, each with its address."""
    yield address, schema
    for keyword, value in schema.items():
        named: Iterable[tuple[object, Schema]] = ()
        if keyword in NAMED_SUBSCHEMAS:
            named = value.items()
        elif keyword in LISTED_SUBSCHEMAS:
            named = enumerate(value)
        elif keyword in SINGLE_SUBSCHEMAS:
            yield from subschemas(value, f"{address}/{keyword}")
        for name, part in named:
            yield from subschemas(part, f"{address}/{keyword}/{name}")


SUBSCHEMAS = {
    where: part
    for name, schema in RESOURCES.items()
    for where, part in subschemas(schema, f"{name}#")
}
ADDRESSES = {id(part): where for where, part in SUBSCHEMAS.items()}
PATTERNS = {where: part for where, part in SUBSCHEMAS.items() if "pattern" in part}


def rules() -> Iterator[str]:
    """Yield the address of every rule.

    A condition (``if``) only selects, and an alternative of ``anyOf`` or ``oneOf`` is
    violated by violating the whole choice.
    """
    for where, part in SUBSCHEMAS.items():
        if re.search("/if(/|$)|/(any|one)Of/[0-9]+$", where):
            continue
        for keyword in part.keys() & RULES:
            rule = f"{where}/{keyword}"
            if keyword == "required":
                yield from (f"{rule}/{name}" for name in part["required"])
            else:
                yield rule


def unique_item_properties(
    _validator: Validator, names: Sequence[str], instance: object, _schema: Schema
) -> Iterator[ValidationError]:
    """Yield an error for each array item that repeats a named property's value."""
    items = instance if isinstance(instance, list) else []
    for name in names:
        seen: list[Json] = []
        for index, item in enumerate(items):
            if isinstance(item, dict) and name in item:
                if item[name] in seen:
                    yield ValidationError(f"{name} is a duplicate", path=(index, name))
                seen.append(item[name])


# `extend` would do the same, but has no type annotations.
ExtendedValidator = create(
    Draft202012Validator.META_SCHEMA,
    Draft202012Validator.VALIDATORS | {"uniqueItemProperties": unique_item_properties},
)


def validator(address: str) -> Validator:
    """Return a validator for an address such as ``error.schema.json#``."""
    return ExtendedValidator({"$ref": address}, registry=REGISTRY)


CASES = [*cases()]


@dataclass(frozen=True)
class Violation:
    """A violated rule: the place in the document, its name in a row, its address."""

    place: str
    name: str
    address: str


def violations(error: ValidationError) -> Iterator[Violation]:
    """Yield the violations in an error, one per missing or unknown member."""
    schema, keyword = cast("Schema", error.schema), str(error.validator)
    instance = cast("Schema", error.instance)
    place = "".join(f"/{step}" for step in error.absolute_path)
    rule = f"{ADDRESSES[id(schema)]}/{keyword}"
    if keyword == "required":
        for name in set(schema["required"]) - set(instance):
            yield Violation(f"{place}/{name}", keyword, f"{rule}/{name}")
    elif keyword == "additionalProperties":
        for name in set(instance) - set(schema["properties"]):
            yield Violation(f"{place}/{name}", keyword, rule)
    elif keyword == "pattern":
        yield Violation(place, schema["description"], rule)
    else:
        yield Violation(place, keyword, rule)


def all_violations(case: Case) -> Iterator[Violation]:
    """Yield all violations in the document of a case."""
    for error in validator(case.schema).iter_errors(case.document):
        yield from violations(error)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_valid_and_has_no_id(name: str) -> None:
    """Each file has a title; without an `$id`, references resolve to sibling files."""
    schema = SCHEMAS[name]
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$schema"]
    assert "$id" not in schema
    assert schema["title"]
    assert schema["description"]


@pytest.mark.parametrize("name", SCHEMAS)
def test_references_are_relative_and_resolve_in_the_folder(name: str) -> None:
    """Every reference resolves to a schema in the folder, without network access."""
    resolver = REGISTRY.resolver(base_uri=name)
    for where, part in SUBSCHEMAS.items():
        if where.startswith(f"{name}#") and "$ref" in part:
            assert "://" not in part["$ref"]
            assert id(resolver.lookup(part["$ref"]).contents) in ADDRESSES


def test_schemas_use_only_known_keywords() -> None:
    """Every keyword is a rule, a subschema or an annotation in these tests."""
    known = (
        RULES | NAMED_SUBSCHEMAS | LISTED_SUBSCHEMAS | SINGLE_SUBSCHEMAS | ANNOTATIONS
    )
    assert {keyword for part in SUBSCHEMAS.values() for keyword in part} <= known


@pytest.mark.parametrize(
    "where",
    [*(f"{name}#" for name in SCHEMAS), *(w for w in SUBSCHEMAS if "/$defs/" in w)],
)
def test_examples_are_valid(where: str) -> None:
    """Each schema and shared definition has examples, all of them valid."""
    part = SUBSCHEMAS[where]
    is_definition = where.split("/")[-2:-1] == ["$defs"]
    is_document = where.endswith("#") and where != "common.schema.json#"
    assert "examples" in part or not (is_definition or is_document)
    for example in part.get("examples", []):
        validator(where).validate(example)


@pytest.mark.parametrize("where", PATTERNS)
def test_a_pattern_has_a_description_of_what_it_requires(where: str) -> None:
    """The description completes an error message.

    The pattern has no ``$``, which accepts a trailing newline in Python.
    """
    assert re.match("(must|may) ", PATTERNS[where]["description"])
    assert "$" not in PATTERNS[where]["pattern"]


def test_patterns_are_not_duplicated() -> None:
    """Schemas share a pattern by reference, so that they cannot diverge."""
    patterns = [part["pattern"] for part in PATTERNS.values()]
    assert sorted(patterns) == sorted(set(patterns))


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_document_has_exactly_the_expected_violations(
    case: Case,
) -> None:
    """Each document violates the expected rules at the expected places."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for violation in all_violations(case):
        found[violation.place].add(violation.name)
    assert found == case.refused


def test_every_schema_has_cases() -> None:
    """Every schema except the shared definitions has a file of cases."""
    tested = {case.schema.split("#")[0] for case in CASES}
    assert tested == SCHEMAS.keys() - {"common.schema.json"}


def test_every_rule_is_violated_by_some_case() -> None:
    """A rule without a counter-example in any schema fails this test."""
    violated = {
        violation.address for case in CASES for violation in all_violations(case)
    }
    assert set(rules()) - violated == set()
