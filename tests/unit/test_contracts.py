"""Documents are checked against schemas, and refusals point and never quote."""

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
LETTERS = "may hold only letters, digits, hyphens, underscores and periods"
FIRST = "must not begin with a period or an underscore"
REPEATED = "must differ from that of every other item"


def problems(name: str, document: object) -> dict[str, str]:
    """Return what is said of a document, by pointer."""
    with pytest.raises(InvalidEvent) as raised:
        contracts.check(name, document)
    return {problem.pointer: problem.detail for problem in raised.value.problems}


@pytest.mark.parametrize("name", NAMES)
def test_a_schemas_own_examples_pass(name: str) -> None:
    """Every schema is found, compiled and satisfied by its examples."""
    schema = json.loads(
        (schema_files.SCHEMAS / f"{name}.schema.json").read_text("utf-8")
    )

    for example in schema.get("examples", []):
        contracts.check(name, example)


def test_a_schema_is_compiled_once() -> None:
    """A second check has nothing to read."""
    first = contracts.validator("bootstrap.event")

    assert contracts.validator("bootstrap.event") is first


@pytest.mark.parametrize(
    ("changes", "pointer", "words"),
    [
        ({"ttl_in_days": "7"}, "/ttl_in_days", "must be an integer"),
        ({"ttl_in_days": 7.5}, "/ttl_in_days", "must be an integer"),
        ({"ttl_in_days": True}, "/ttl_in_days", "must be an integer"),
        ({"ttl_in_days": 0}, "/ttl_in_days", "must be 1 at least"),
        ({"ttl_in_days": 366}, "/ttl_in_days", "must be 365 at most"),
        ({"log_stream_name": 7}, NAME, "must be a string"),
        ({"log_stream_name": ""}, NAME, "must have 1 characters at least"),
        ({"log_stream_name": "n" * 65}, NAME, "must have 64 characters at most"),
        ({"log_stream_name": ".n"}, NAME, FIRST),
        ({"log_stream_name": "n\n"}, NAME, LETTERS),
        ({"resource_type": "SECRET"}, "/resource_type", "must be LISTENER"),
        ({"tags": {}}, "/tags", "must be an array"),
        ({"tags": ["a"]}, "/tags/0", "must be an object"),
        ({"tags": [{"value": "v"}]}, "/tags/0/key", "is required"),
        ({"tags": [*TAGS, {"key": "k"}]}, "/tags", "must have 20 items at most"),
        ({"tags": [7] * 21}, "/tags", "must have 20 items at most"),
        ({"tags": [*TAGS[1:], 7]}, "/tags/19", "must be an object"),
        ({"tags": [*TAGS[:2], TAGS[0]]}, "/tags/2/key", REPEATED),
        ({"nonsense": 1}, "/nonsense", "is no field known here"),
        ({"a/b~c": 1}, "/a~1b~0c", "is no field known here"),
        ({"tags": [{"key": "a", "x/y": 1}]}, "/tags/0/x~1y", "is no field known here"),
        ({"": 1}, "/", "is no field known here"),
        ({"{rule}": 1}, "/{rule}", "is no field known here"),
    ],
)
def test_a_rule_that_is_broken_is_told_in_our_words(
    changes: dict[str, Any], pointer: str, words: str
) -> None:
    """The pointer says where (RFC 6901), the words what must change there."""
    assert problems("bootstrap.event", {**EVENT, **changes}) == {pointer: words}


@pytest.mark.parametrize("document", [None, [], "text"])
def test_an_event_that_is_no_object_is_refused_as_a_whole(document: object) -> None:
    """The empty pointer is the whole document."""
    assert problems("bootstrap.event", document) == {"": "must be an object"}


def test_every_missing_field_is_named() -> None:
    """Once each."""
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


def test_everything_wrong_is_told_at_once() -> None:
    """The sender can correct all of it in one go."""
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
def test_tags_with_keys_of_their_own_pass(items: list[object]) -> None:
    """Equal values are no repetition."""
    contracts.check("create_log_stream.event", {**STREAM, "tags": items})


def test_keys_that_are_no_text_are_not_compared() -> None:
    """They break another rule, and only that one."""
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
    """Not in the text, nor in the document."""
    with pytest.raises(InvalidEvent) as raised:
        contracts.check("bootstrap.event", {**EVENT, **changes})

    assert "hush-hush!" not in str(raised.value)
    assert "hush-hush!" not in json.dumps(raised.value.as_document())


def test_a_number_of_too_many_digits_is_refused() -> None:
    """Python would not even write it into a message; nor is its complaint shown."""
    with pytest.raises(InvalidEvent) as raised:
        contracts.check("bootstrap.event", {**EVENT, "ttl_in_days": 10**5000})

    (problem,) = raised.value.problems
    words = "is nested too deeply, or has a number of too many digits"
    assert problem == Problem("", words)
    assert "ValueError" not in "".join(traceback.format_exception(raised.value))


@pytest.mark.parametrize(("wrong", "told"), [(99, 99), (100, 100), (500, 100)])
def test_of_very_many_mistakes_a_hundred_are_told(wrong: int, told: int) -> None:
    """A refusal stays of a size that can be read."""
    event = {**EVENT, **{f"nonsense{number}": 1 for number in range(wrong)}}

    assert len(problems("bootstrap.event", event)) == told


@pytest.mark.parametrize("name", ["log_stream_name", "tags", "nonsense"])
def test_a_document_nested_too_deeply_is_refused(name: str) -> None:
    """However deep it is, checking it ends with a refusal."""
    deep: object = []
    for _ in range(100_000):
        deep = [deep]

    with pytest.raises(InvalidEvent):
        contracts.check("bootstrap.event", {**EVENT, name: deep})


@pytest.mark.parametrize(
    ("document", "pointer", "words"),
    [
        ({"retryable": 1}, "/retryable", "must be true or false"),
        ({"errors": [{"pointer": "x", "detail": "d"}]}, "/errors/0/pointer", "JSON"),
        ({"service": "SMS"}, "/service", "must be LTS or GA or IAM"),
    ],
)
def test_other_schemas_are_checked_alike(
    document: dict[str, Any], pointer: str, words: str
) -> None:
    """A choice of several is told with all of them."""
    error = InvalidEvent().as_document() | {"errors": [], "detail": "d"}
    error.pop("errors")

    assert words in problems("error", {**error, **document})[pointer]


@pytest.mark.parametrize("depth", [0, 1, 3])
def test_a_rule_beside_a_reference_counts_however_deep_it_leads(depth: int) -> None:
    """The errors in an error must be whole, and those in them as well."""
    whole = InvalidEvent(Problem("/a", "is required")).as_document()
    error = {name: whole[name] for name in ("type", "title", "status")}
    for _ in range(depth):
        error = {**whole, "results": [error]}

    assert "/results/0" * depth + "/detail" in problems("error", error)


def fields(name: str) -> Any:  # noqa: ANN401 # JSON
    """Return the rules for the fields of an event, as they are compiled."""
    schema: Any = contracts.validator(name).schema
    return schema["properties"]


@pytest.mark.parametrize("name", [each for each in NAMES if each.endswith(".event")])
def test_an_event_is_checked_without_following_a_reference(name: str) -> None:
    """What it leads to is in place, without what only a file of its own needs."""
    schema: Any = contracts.validator(name).schema

    assert '"$' not in json.dumps(schema)


def test_notes_beside_a_reference_are_no_rules() -> None:
    """A field with a description, a default or examples of its own has no more."""
    event = fields("bootstrap.event")
    logtank = fields("create_logtank.event")["logtank"]["properties"]

    assert event["project_id"] == event["log_group_id"] == event["resource_id"]
    assert event["resource_type"] == logtank["resource_type"]


def test_an_unknown_contract_is_a_mistake_of_ours() -> None:
    """There is no schema to be had, and nothing is fetched."""
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
def test_a_document_resembles_an_event_by_its_fields(
    name: str, document: object, *, expected: bool
) -> None:
    """One that is known is enough; an empty one may lack just all of them."""
    assert contracts.has_field_of(name, document) is expected
