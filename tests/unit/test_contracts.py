"""Documents are validated against schemas; error messages never quote values."""

from __future__ import annotations

import json
import traceback
from pathlib import Path
from typing import Any

import pytest

from functions import contracts
from functions.contracts import schema_files
from functions.errors import InvalidEvent, Problem

NAMES = [
    path.name.removesuffix(".schema.json")
    for path in sorted(Path(schema_files.SCHEMAS).glob("*.schema.json"))
]
STREAM: dict[str, Any] = {"log_group_id": "g", "log_stream_name": "n"}
EVENT: dict[str, Any] = {**STREAM, "resource_id": "l"}
TAGS = [{"key": f"k{number}"} for number in range(20)]
NAME = "/log_stream_name"
LETTERS = (
    "may contain only English letters, Chinese characters, digits, hyphens, "
    "underscores and periods"
)
FIRST = "must not begin with a period or an underscore"
REPEATED = "must differ from that of every other item"


def problems(name: str, document: object) -> dict[str, str]:
    """Return the problems found in a document, by pointer."""
    with pytest.raises(InvalidEvent) as raised:
        contracts.check(name, document)
    return {problem.pointer: problem.detail for problem in raised.value.problems}


@pytest.mark.parametrize("name", NAMES)
def test_a_schemas_own_examples_pass(name: str) -> None:
    """Each schema can be loaded and compiled, and its examples are valid."""
    schema = json.loads(
        (schema_files.SCHEMAS / f"{name}.schema.json").read_text("utf-8")
    )

    for example in schema.get("examples", []):
        contracts.check(name, example)


def test_a_schema_is_compiled_once() -> None:
    """The second call returns the cached validator."""
    first = contracts.validator("bootstrap.event")

    assert contracts.validator("bootstrap.event") is first


@pytest.mark.parametrize(
    ("changes", "pointer", "message"),
    [
        ({"ttl_in_days": "7"}, "/ttl_in_days", "must be an integer"),
        ({"ttl_in_days": 7.5}, "/ttl_in_days", "must be an integer"),
        ({"ttl_in_days": True}, "/ttl_in_days", "must be an integer"),
        ({"ttl_in_days": 0}, "/ttl_in_days", "must be at least 1"),
        ({"ttl_in_days": 366}, "/ttl_in_days", "must be at most 365"),
        ({"log_stream_name": 7}, NAME, "must be a string"),
        ({"log_stream_name": ""}, NAME, "must not be empty"),
        ({"log_stream_name": "n" * 65}, NAME, "must have at most 64 characters"),
        ({"log_stream_name": ".n"}, NAME, FIRST),
        ({"log_stream_name": "n\n"}, NAME, LETTERS),
        ({"resource_type": "SECRET"}, "/resource_type", "must be LISTENER"),
        ({"tags": {}}, "/tags", "must be an array"),
        ({"tags": ["a"]}, "/tags/0", "must be an object"),
        ({"tags": [{"value": "v"}]}, "/tags/0/key", "is required"),
        ({"tags": [*TAGS, {"key": "k"}]}, "/tags", "must have at most 20 items"),
        ({"tags": [7] * 21}, "/tags", "must have at most 20 items"),
        ({"tags": [*TAGS[1:], 7]}, "/tags/19", "must be an object"),
        ({"tags": [*TAGS[:2], TAGS[0]]}, "/tags/2/key", REPEATED),
        ({"nonsense": 1}, "/nonsense", "is not a known field"),
        ({"a/b~c": 1}, "/a~1b~0c", "is not a known field"),
        ({"tags": [{"key": "a", "x/y": 1}]}, "/tags/0/x~1y", "is not a known field"),
        ({"": 1}, "/", "is not a known field"),
        ({"{rule}": 1}, "/{rule}", "is not a known field"),
    ],
)
def test_a_violation_is_reported_with_pointer_and_message(
    changes: dict[str, Any], pointer: str, message: str
) -> None:
    """The pointer (RFC 6901) says where, and the message says what is required."""
    assert problems("bootstrap.event", {**EVENT, **changes}) == {pointer: message}


@pytest.mark.parametrize("document", [None, [], "text"])
def test_an_event_that_is_not_an_object_is_rejected(document: object) -> None:
    """The empty pointer refers to the whole document."""
    assert problems("bootstrap.event", document) == {"": "must be an object"}


def test_every_missing_field_is_reported() -> None:
    """Each missing field is reported exactly once."""
    assert problems("bootstrap.event", {}) == {
        "/log_group_id": "is required",
        "/log_stream_name": "is required",
        "/resource_id": "is required",
    }
    assert problems("create_logtank.event", {"logtank": {"log_group_id": "g"}}) == {
        "/logtank/log_stream_id": "is required",
        "/logtank/resource_id": "is required",
        "/logtank/resource_type": "is required",
    }


def test_all_problems_are_reported_together() -> None:
    """The sender can correct everything in one pass."""
    event = {**EVENT, "ttl_in_days": "7", "nonsense": 1, "tags": [{"key": "sys"}]}
    del event["resource_id"]

    assert set(problems("bootstrap.event", event)) == {
        "/resource_id",
        "/ttl_in_days",
        "/nonsense",
        "/tags/0/key",
    }


@pytest.mark.parametrize(
    "items", [[], TAGS, [{"key": "a", "value": "v"}, {"key": "b", "value": "v"}]]
)
def test_tags_with_distinct_keys_are_valid(items: list[object]) -> None:
    """Two tags may have the same value."""
    contracts.check("create_log_stream.event", {**STREAM, "tags": items})


def test_keys_that_are_not_strings_are_not_compared() -> None:
    """Such keys violate only the type rule, not the uniqueness rule."""
    event = {**STREAM, "tags": [{"key": 1}, {"key": 1}, 7, {}, {"key": []}]}

    assert problems("create_log_stream.event", event) == {
        "/tags/0/key": "must be a string",
        "/tags/1/key": "must be a string",
        "/tags/2": "must be an object",
        "/tags/3/key": "is required",
        "/tags/4/key": "must be a string",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"log_stream_name": {"hush-hush!": "hush-hush!"}},
        {"ttl_in_days": "hush-hush!"},
        {"resource_type": "hush-hush!"},
        {"tags": [{"key": "hush-hush!"}, {"key": "hush-hush!"}]},
        {"nonsense": "hush-hush!"},
    ],
)
def test_a_value_is_never_quoted(changes: dict[str, Any]) -> None:
    """Neither the error text nor its document contains the value."""
    with pytest.raises(InvalidEvent) as raised:
        contracts.check("bootstrap.event", {**EVENT, **changes})

    assert "hush-hush!" not in str(raised.value)
    assert "hush-hush!" not in json.dumps(raised.value.as_document())


def test_a_number_with_too_many_digits_is_rejected() -> None:
    """Python cannot format such a number, and its own exception is not shown."""
    with pytest.raises(InvalidEvent) as raised:
        contracts.check("bootstrap.event", {**EVENT, "ttl_in_days": 10**5000})

    (problem,) = raised.value.problems
    message = "is nested too deeply, or has a number with too many digits"
    assert problem == Problem("", message)
    assert "ValueError" not in "".join(traceback.format_exception(raised.value))


@pytest.mark.parametrize(("wrong", "reported"), [(99, 99), (100, 100), (500, 100)])
def test_at_most_100_problems_are_reported(wrong: int, reported: int) -> None:
    """The size of an error message is limited."""
    event = {**EVENT, **{f"nonsense{number}": 1 for number in range(wrong)}}

    assert len(problems("bootstrap.event", event)) == reported


@pytest.mark.parametrize("name", ["log_stream_name", "tags", "nonsense"])
def test_a_document_nested_too_deeply_is_rejected(name: str) -> None:
    """Validation of a document of any depth ends with a rejection."""
    deep: object = []
    for _ in range(100_000):
        deep = [deep]

    with pytest.raises(InvalidEvent):
        contracts.check("bootstrap.event", {**EVENT, name: deep})


@pytest.mark.parametrize(
    ("document", "pointer", "message"),
    [
        ({"retryable": 1}, "/retryable", "must be true or false"),
        ({"errors": [{"pointer": "x", "detail": "d"}]}, "/errors/0/pointer", "JSON"),
        ({"service": "SMS"}, "/service", "must be LTS or GA or IAM"),
    ],
)
def test_other_schemas_produce_the_same_messages(
    document: dict[str, Any], pointer: str, message: str
) -> None:
    """A message for an enumeration lists every allowed value."""
    error = InvalidEvent().as_document() | {"errors": [], "detail": "d"}
    error.pop("errors")

    assert message in problems("error", {**error, **document})[pointer]


@pytest.mark.parametrize("depth", [0, 1, 3])
def test_a_keyword_next_to_a_reference_applies_at_any_depth(depth: int) -> None:
    """Errors nested in an error are validated in full, at every level."""
    full = InvalidEvent(Problem("/a", "is required")).as_document()
    error = {name: full[name] for name in ("type", "title", "status")}
    for _ in range(depth):
        error = {**full, "results": [error]}

    assert "/results/0" * depth + "/detail" in problems("error", error)


def fields_of(name: str) -> Any:  # noqa: ANN401 # JSON
    """Return the compiled rules for the fields of an event."""
    schema: Any = contracts.validator(name).schema
    return schema["properties"]


@pytest.mark.parametrize("name", [each for each in NAMES if each.endswith(".event")])
def test_event_schemas_contain_no_references(name: str) -> None:
    """References are resolved, and keywords such as `$id` are removed."""
    schema: Any = contracts.validator(name).schema

    assert '"$' not in json.dumps(schema)


def test_annotations_next_to_a_reference_are_removed() -> None:
    """A description, default or example next to a reference adds no rule."""
    event = fields_of("bootstrap.event")
    logtank = fields_of("create_logtank.event")["logtank"]["properties"]

    assert event["project_id"] == event["log_group_id"] == event["resource_id"]
    assert event["resource_type"] == logtank["resource_type"]


def test_an_unknown_schema_name_is_a_programming_error() -> None:
    """A missing schema raises FileNotFoundError and is not downloaded."""
    with pytest.raises(FileNotFoundError):
        contracts.check("nonsense", {})


@pytest.mark.parametrize(
    ("name", "document", "expected"),
    [
        ("bootstrap.event", {}, True),
        ("bootstrap.event", {"resource_id": None}, True),
        ("bootstrap.event", {"wait_seconds": 1, "nonsense": 2}, True),
        ("bootstrap.event", {"nonsense": 2}, False),
        ("bootstrap.event", {"logtank": {}}, False),
        ("create_log_stream.event", {"ttl_in_days": 7}, True),
        ("create_log_stream.event", {"resource_id": "l"}, False),
        ("create_logtank.event", {"logtank": 7}, True),
        ("bootstrap.event", None, False),
        ("bootstrap.event", [], False),
        ("bootstrap.event", "resource_id", False),
    ],
)
def test_has_field_of_recognizes_an_event_by_its_fields(
    name: str, document: object, *, expected: bool
) -> None:
    """One known field is enough; an empty document counts as an incomplete event."""
    assert contracts.has_field_of(name, document) is expected
