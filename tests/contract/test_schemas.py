"""The schemas are sound, and each of their rules has a case that breaks it.

The cases are those of ``schema_cases/``: see ``cases.py``.
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

BASE = "https://ga-access-log.invalid/schemas/"
SCHEMAS: dict[str, Schema] = {
    path.name: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parents[2] / "schemas").iterdir())
}
# Where a reference leads to a schema with "$schema", jsonschema goes on with the
# dialect's own validator and forgets our keyword; so here they are held without it.
HELD = {
    name: {keyword: value for keyword, value in schema.items() if keyword != "$schema"}
    for name, schema in SCHEMAS.items()
}
# A registry without `retrieve` knows what it was given and fetches nothing.
REGISTRY: SchemaRegistry = Registry().with_resources(
    (schema["$id"], DRAFT202012.create_resource(schema)) for schema in HELD.values()
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
    "oneOf",
    "pattern",
    "required",
    "type",
    "uniqueItemProperties",
    "uniqueItems",
}
NAMED_PARTS = {"$defs", "properties"}
LISTED_PARTS = {"allOf", "anyOf", "oneOf"}
SINGLE_PARTS = {"else", "if", "items", "then"}
NOTES = {
    "$comment",
    "$id",
    "$ref",
    "default",
    "description",
    "examples",
    "format",
    "title",
}


def parts(schema: Schema, where: str) -> Iterator[tuple[str, Schema]]:
    """Yield the schema and every schema inside it, each with its address."""
    yield where, schema
    for keyword, value in schema.items():
        named: Iterable[tuple[object, Schema]] = ()
        if keyword in NAMED_PARTS:
            named = value.items()
        elif keyword in LISTED_PARTS:
            named = enumerate(value)
        elif keyword in SINGLE_PARTS:
            yield from parts(value, f"{where}/{keyword}")
        for name, part in named:
            yield from parts(part, f"{where}/{keyword}/{name}")


PARTS = {
    where: part
    for name, schema in HELD.items()
    for where, part in parts(schema, f"{name}#")
}
ADDRESSES = {id(part): where for where, part in PARTS.items()}
PATTERNS = {where: part for where, part in PARTS.items() if "pattern" in part}


def rules() -> Iterator[str]:
    """Yield the address of every rule.

    A condition (``if``) decides, it rules not; an alternative (of ``oneOf``) is broken
    by breaking the choice.
    """
    for where, part in PARTS.items():
        for keyword in part.keys() & RULES:
            address = f"{where}/{keyword}"
            if keyword == "required" and not re.search("/(if|oneOf/[0-9]+)$", where):
                yield from (f"{address}/{name}" for name in part["required"])
            elif keyword != "required":
                yield address


def unique_item_properties(
    _validator: Validator, names: Sequence[str], instance: object, _schema: Schema
) -> Iterator[ValidationError]:
    """Refuse each item of an array that repeats an earlier one's named property."""
    items = instance if isinstance(instance, list) else []
    for name in names:
        seen: list[Json] = []
        for index, item in enumerate(items):
            if isinstance(item, dict) and name in item:
                if item[name] in seen:
                    yield ValidationError(f"{name} is repeated", path=(index, name))
                seen.append(item[name])


# The same as `extend`, which carries no types.
OurValidator = create(
    Draft202012Validator.META_SCHEMA,
    Draft202012Validator.VALIDATORS | {"uniqueItemProperties": unique_item_properties},
)


def validator(address: str) -> Validator:
    """Make a validator of the schema at an address such as ``error.schema.json#``."""
    return OurValidator({"$ref": BASE + address}, registry=REGISTRY)


CASES = [*cases()]


@dataclass(frozen=True)
class Refusal:
    """A broken rule: the place in the document, its name in a row, its address."""

    at: str
    broken: str
    rule: str


def refusals(error: ValidationError) -> Iterator[Refusal]:
    """Yield what an error says, naming missing and unknown members themselves."""
    schema, keyword = cast("Schema", error.schema), str(error.validator)
    instance = cast("Schema", error.instance)
    at = "".join(f"/{step}" for step in error.absolute_path)
    rule = f"{ADDRESSES[id(schema)]}/{keyword}"
    if keyword == "required":
        for name in set(schema["required"]) - set(instance):
            yield Refusal(f"{at}/{name}", keyword, f"{rule}/{name}")
    elif keyword == "additionalProperties":
        for name in set(instance) - set(schema["properties"]):
            yield Refusal(f"{at}/{name}", keyword, rule)
    elif keyword == "pattern":
        yield Refusal(at, schema["description"], rule)
    else:
        yield Refusal(at, keyword, rule)


def all_refusals(case: Case) -> Iterator[Refusal]:
    """Yield all that a case's schema refuses in its document."""
    for error in validator(case.schema).iter_errors(case.document):
        yield from refusals(error)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_obeys_its_metaschema_and_is_named_after_its_file(name: str) -> None:
    """Each file obeys draft 2020-12, says what it is, and ends its id in its name."""
    schema = SCHEMAS[name]
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$schema"]
    assert schema["$id"] == BASE + name
    assert schema["title"]
    assert schema["description"]


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_reference_is_relative_and_leads_into_the_folder(name: str) -> None:
    """A reference resolves among the schemas that lie there, without any fetching."""
    resolver = REGISTRY.resolver(base_uri=BASE + name)
    for where, part in PARTS.items():
        if where.startswith(f"{name}#") and "$ref" in part:
            assert "://" not in part["$ref"]
            assert id(resolver.lookup(part["$ref"]).contents) in ADDRESSES


def test_no_keyword_is_unknown_to_these_tests() -> None:
    """A schema uses only keywords that are rules, parts or notes here, none else."""
    known = RULES | NAMED_PARTS | LISTED_PARTS | SINGLE_PARTS | NOTES
    assert {keyword for part in PARTS.values() for keyword in part} <= known


@pytest.mark.parametrize(
    "where", [*(f"{name}#" for name in SCHEMAS), *(w for w in PARTS if "/$defs/" in w)]
)
def test_every_example_is_valid(where: str) -> None:
    """Each schema and shared definition has examples, and each obeys what it shows."""
    part = PARTS[where]
    is_definition = where.split("/")[-2:-1] == ["$defs"]
    is_document = where.endswith("#") and where != "common.schema.json#"
    assert "examples" in part or not (is_definition or is_document)
    for example in part.get("examples", []):
        validator(where).validate(example)


@pytest.mark.parametrize("where", PATTERNS)
def test_a_pattern_says_in_words_what_it_requires(where: str) -> None:
    """Its description completes the message of a refusal.

    And it has no ``$``, which lets a trailing newline through in Python.
    """
    assert re.match("(must|may) ", PATTERNS[where]["description"])
    assert "$" not in PATTERNS[where]["pattern"]


def test_no_pattern_is_written_twice() -> None:
    """Schemas share a rule by reference, so it cannot change in one of them alone."""
    patterns = [part["pattern"] for part in PATTERNS.values()]
    assert sorted(patterns) == sorted(set(patterns))


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_document_is_refused_for_the_rules_it_breaks_and_no_others(
    case: Case,
) -> None:
    """Each document is refused at the expected places, by the expected rules."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for refusal in all_refusals(case):
        found[refusal.at].add(refusal.broken)
    assert found == case.refused


def test_every_schema_has_cases() -> None:
    """No document's schema is without a file of cases."""
    held = {case.schema.split("#")[0] for case in CASES}
    assert held == SCHEMAS.keys() - {"common.schema.json"}


def test_every_rule_is_broken_by_some_case() -> None:
    """A rule without a counter-example fails here, whichever schema it stands in."""
    hit = {refusal.rule for case in CASES for refusal in all_refusals(case)}
    assert set(rules()) - hit == set()
