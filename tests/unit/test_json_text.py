"""JSON is parsed strictly; ambiguous text is rejected with pointer and message."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.errors import InvalidEvent
from functions.triggers import json_text

DUPLICATE = "is a duplicate key"
NAN = "is NaN, which is not valid JSON"
INFINITY = "is Infinity, which is not valid JSON"
TOO_LARGE = "is too large a number"
TOO_MANY_DIGITS = "must have at most 300 digits"
TOO_DEEP = "is nested more than 64 levels deep"

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def problems(text: str | bytes, *place: str) -> dict[str, str]:
    """Return the problems found in a text, by pointer."""
    with pytest.raises(InvalidEvent) as raised:
        json_text.read(text, *place)
    return {problem.pointer: problem.detail for problem in raised.value.problems}


def nested_arrays(depth: int) -> str:
    """Return this number of arrays inside one another."""
    return "[" * depth + "]" * depth


def nested_objects(depth: int) -> str:
    """Return this number of objects inside one another."""
    return '{"a":' * (depth - 1) + "{}" + "}" * (depth - 1)


@settings(deadline=None, derandomize=True)
@given(DOCUMENTS)
def test_valid_json_is_parsed_without_loss(document: object) -> None:
    """Text and bytes are accepted, with and without escaped characters."""
    escaped = json.dumps(document)
    plain = json.dumps(document, ensure_ascii=False)

    assert json_text.read(escaped) == document
    assert json_text.read(plain) == document
    assert json_text.read(plain.encode()) == document


@pytest.mark.parametrize(
    ("text", "document"),
    [
        (' \t\r\n{"a": [1, 2.5, "b", null, true]}\n', {"a": [1, 2.5, "b", None, True]}),
        ("-0", 0),
        ("1e-999", 0.0),
        pytest.param('"\\u00e9\\n"', "é\n", id="escapes"),
        (b'"\xc3\xa9"', "é"),
        ('{"a": {"b": 1}, "c": {"b": 1}}', {"a": {"b": 1}, "c": {"b": 1}}),
        ('{"a": 1, "A": 2, "": 3}', {"a": 1, "A": 2, "": 3}),
        ("9" * 300, 10**300 - 1),
        ("\ufeff{}", {}),
        (b"\xef\xbb\xbf[1]", [1]),
        ('\ufeff \r\n"\ufeff"', "\ufeff"),
    ],
)
def test_valid_text_gives_its_document(text: str | bytes, document: object) -> None:
    """All JSON types are accepted; a byte order mark is skipped."""
    assert json_text.read(text) == document


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1, "a": 2}', {"/a": DUPLICATE}),
        ('{"a": 1, "a": 2, "a": 3}', {"/a": DUPLICATE}),
        pytest.param('{"a": 1, "\\u0061": 2}', {"/a": DUPLICATE}, id="an escaped key"),
        ('{"b": [0, {"a/b": 1, "a/b": 2}]}', {"/b/1/a~1b": DUPLICATE}),
        ("NaN", {"": NAN}),
        ("Infinity", {"": INFINITY}),
        ('{"a": -Infinity}', {"/a": INFINITY}),
        ("[1, NaN]", {"/1": NAN}),
        ("1e999", {"": TOO_LARGE}),
        ('{"a": [-1e999]}', {"/a/0": TOO_LARGE}),
        ("9" * 301, {"": TOO_MANY_DIGITS}),
        ("-" + "9" * 301, {"": TOO_MANY_DIGITS}),
    ],
    ids=lambda value: str(value)[:40],
)
def test_an_invalid_value_is_reported_with_its_pointer(
    text: str, expected: dict[str, str]
) -> None:
    """Each kind of problem has its own message, and the pointer follows RFC 6901."""
    assert problems(text) == expected


@pytest.mark.parametrize("nested", [nested_arrays, nested_objects])
def test_at_most_64_levels_are_accepted(nested: Callable[[int], str]) -> None:
    """Level 65 is reported with its pointer; extreme depth rejects the whole text."""
    json_text.read(nested(64))

    ((pointer, message),) = problems(nested(65)).items()
    assert (pointer.count("/"), message) == (64, TOO_DEEP)
    assert problems(nested(100_000)) == {"": TOO_DEEP}


@pytest.mark.parametrize("scalar", ["1", '"a"', "null"])
def test_scalars_do_not_count_as_levels(scalar: str) -> None:
    """A scalar is accepted inside the innermost level."""
    json_text.read("[" * 64 + scalar + "]" * 64)


def test_deep_and_truncated_text_is_rejected() -> None:
    """Such a text is reported as nested too deeply, not as incomplete."""
    assert problems("[" * 100_000, "/detail") == {"/detail": TOO_DEEP}
    assert problems('{"a":' * 100_000) == {"": TOO_DEEP}


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", "line 1, column 1"),
        (b"", "line 1, column 1"),
        ("\ufeff\ufeff{}", "line 1, column 1"),
        ("{}\ufeff", "line 1, column 3"),
        (b"\xef\xbb\xbf", "line 1, column 1"),
        ("{} {}", "line 1, column 4"),
        ("{}\n\n x", "line 3, column 2"),
        ("01", "line 1, column 2"),
        (".5", "line 1, column 1"),
        ("{'a': 1}", "line 1, column 2"),
        ('"a\nb"', "line 1, column 3"),
        pytest.param('"\\x41"', "line 1, column 2", id="an unknown escape"),
        ("\u00a0{}", "line 1, column 1"),
    ],
)
def test_invalid_json_is_reported_with_line_and_column(
    text: str | bytes, position: str
) -> None:
    """Empty text, a second byte order mark and trailing text are also invalid."""
    assert problems(text) == {"": f"is not valid JSON ({position})"}


@pytest.mark.parametrize("text", ["[1,]", '{"a": 1,}', '["a', "[1 2]", '{"a"}', "{"])
def test_almost_valid_json_is_rejected(text: str) -> None:
    """Extra, missing and trailing commas and unclosed values are errors."""
    assert problems(text)[""].startswith("is not valid JSON (line 1, column ")


@pytest.mark.parametrize(
    "text", [b"\xff", b'"\xc3"', b'"\xed\xa0\x80"', '"é"'.encode("utf-16")]
)
def test_bytes_that_are_not_valid_utf_8_are_rejected(text: bytes) -> None:
    """The encoding is not guessed, and no byte is replaced."""
    assert problems(text, "/body") == {"/body": "is not valid UTF-8"}


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ("{", "/Records/0/body"),
        ('{"a": 1, "a": 2}', "/Records/0/body/a"),
        ('[{"~": 1e999}]', "/Records/0/body/0/~0"),
        (nested_arrays(65), "/Records/0/body" + "/0" * 64),
        (b"\xff", "/Records/0/body"),
    ],
)
def test_pointers_start_with_the_pointer_of_the_text(
    text: str | bytes, pointer: str
) -> None:
    """The sender can locate the problem in the event as it was sent."""
    assert list(problems(text, "/Records/0/body")) == [pointer]


def test_all_problems_are_reported_together() -> None:
    """The problems are sorted by pointer."""
    text = '{"d": NaN, "c": [1, 1e999], "b": 1, "a": {"x": 1, "x": 2}, "b": 2}'

    assert list(problems(text).items()) == [
        ("/a/x", DUPLICATE),
        ("/b", DUPLICATE),
        ("/c/1", TOO_LARGE),
        ("/d", NAN),
    ]


def test_at_most_100_problems_are_reported() -> None:
    """The size of an error message is limited."""
    assert len(problems("[" + "NaN," * 99 + "NaN]")) == 100
    assert len(problems("[" + "NaN," * 5000 + "NaN]")) == 100


@pytest.mark.parametrize(
    "text",
    [
        "hush-hush!",
        '{"a": "hush-hush!", "a": "hush-hush!"}',
        '["hush-hush!", NaN]',
        '"hush-hush!" "hush-hush!"',
        b'"hush-hush!\xff"',
    ],
)
def test_a_value_is_never_quoted(text: str | bytes) -> None:
    """Messages of the JSON library are not passed on, as they may quote the text."""
    with pytest.raises(InvalidEvent) as raised:
        json_text.read(text)

    assert "hush-hush!" not in str(raised.value)
    assert "hush-hush!" not in json.dumps(raised.value.as_document())
    assert "hush-hush!" not in "".join(traceback.format_exception(raised.value))


@settings(deadline=None, derandomize=True)
@given(st.text() | st.binary() | st.text('[]{}",:0123456789.eE+-NaInfity \\'))
def test_any_text_is_parsed_or_rejected(text: str | bytes) -> None:
    """Parsing raises no exception other than InvalidEvent."""
    with suppress(InvalidEvent):
        json_text.read(text)
