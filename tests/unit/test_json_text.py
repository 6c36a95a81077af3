"""JSON is read strictly: what is doubtful is refused, by its place and in our words."""

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

TWICE = "is there twice"
NAN = "is NaN, which JSON does not know"
INFINITY = "is Infinity, which JSON does not know"
LARGE = "is too large for a number"
DIGITS = "has more than 300 digits"
DEEP = "is nested deeper than 64 levels"

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
    """Return what is said of a text, by pointer."""
    with pytest.raises(InvalidEvent) as raised:
        json_text.read(text, *place)
    return {problem.pointer: problem.detail for problem in raised.value.problems}


def arrays(depth: int) -> str:
    """Return as many arrays inside one another."""
    return "[" * depth + "]" * depth


def objects(depth: int) -> str:
    """Return as many objects inside one another."""
    return '{"a":' * (depth - 1) + "{}" + "}" * (depth - 1)


@settings(deadline=None, derandomize=True)
@given(DOCUMENTS)
def test_what_was_written_as_json_is_read_as_it_was(document: object) -> None:
    """As text and as bytes, with characters escaped or not."""
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
        ('"\\u00e9\\n"', "é\n"),
        (b'"\xc3\xa9"', "é"),
        ('{"a": {"b": 1}, "c": {"b": 1}}', {"a": {"b": 1}, "c": {"b": 1}}),
        ('{"a": 1, "A": 2, "": 3}', {"a": 1, "A": 2, "": 3}),
        ("9" * 300, 10**300 - 1),
    ],
)
def test_a_sound_text_is_its_document(text: str | bytes, document: object) -> None:
    """Whatever its kind: texts, numbers, and one name in several objects."""
    assert json_text.read(text) == document


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1, "a": 2}', {"/a": TWICE}),
        ('{"a": 1, "a": 2, "a": 3}', {"/a": TWICE}),
        ('{"a": 1, "\\u0061": 2}', {"/a": TWICE}),
        ('{"b": [0, {"a/b": 1, "a/b": 2}]}', {"/b/1/a~1b": TWICE}),
        ("NaN", {"": NAN}),
        ("Infinity", {"": INFINITY}),
        ('{"a": -Infinity}', {"/a": INFINITY}),
        ("[1, NaN]", {"/1": NAN}),
        ("1e999", {"": LARGE}),
        ('{"a": [-1e999]}', {"/a/0": LARGE}),
        ("9" * 301, {"": DIGITS}),
        ("-" + "9" * 301, {"": DIGITS}),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_flaw_is_told_by_its_place(text: str, found: dict[str, str]) -> None:
    """Each kind has words of its own, and the pointer is that of RFC 6901."""
    assert problems(text) == found


@pytest.mark.parametrize("nested", [arrays, objects])
def test_sixty_four_levels_are_the_limit(nested: Callable[[int], str]) -> None:
    """One more is refused where it begins; very many as a whole."""
    json_text.read(nested(64))

    ((pointer, words),) = problems(nested(65)).items()
    assert (pointer.count("/"), words) == (64, DEEP)
    assert problems(nested(100_000)) == {"": DEEP}


@pytest.mark.parametrize("inmost", ["1", '"a"', "null"])
def test_what_is_no_array_or_object_is_no_level(inmost: str) -> None:
    """A value inside the last level is as good as one outside."""
    json_text.read("[" * 64 + inmost + "]" * 64)


def test_a_text_that_breaks_off_in_the_depth_is_refused() -> None:
    """It is too deep before it is too short."""
    assert problems("[" * 100_000, "/detail") == {"/detail": DEEP}
    assert problems('{"a":' * 100_000) == {"": DEEP}


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "line 1, column 1"),
        (b"", "line 1, column 1"),
        ("\ufeff{}", "line 1, column 1"),
        (b"\xef\xbb\xbf{}", "line 1, column 1"),
        ("{} {}", "line 1, column 4"),
        ("{}\n\n x", "line 3, column 2"),
        ("01", "line 1, column 2"),
        (".5", "line 1, column 1"),
        ("{'a': 1}", "line 1, column 2"),
        ('"a\nb"', "line 1, column 3"),
        ('"\\x41"', "line 1, column 2"),
        ("\u00a0{}", "line 1, column 1"),
    ],
)
def test_what_is_no_json_is_told_by_line_and_column(
    text: str | bytes, where: str
) -> None:
    """An empty text, a mark before it and a text behind it are no JSON either."""
    assert problems(text) == {"": f"is no JSON from {where} on"}


@pytest.mark.parametrize("text", ["[1,]", '{"a": 1,}', '["a', "[1 2]", '{"a"}', "{"])
def test_what_is_almost_json_is_refused(text: str) -> None:
    """No comma too many, none too few, and no end that is missing."""
    assert problems(text)[""].startswith("is no JSON from line 1, column ")


@pytest.mark.parametrize(
    "text", [b"\xff", b'"\xc3"', b'"\xed\xa0\x80"', '"é"'.encode("utf-16")]
)
def test_bytes_that_are_no_utf_8_are_refused(text: bytes) -> None:
    """Not guessed at, and not replaced."""
    assert problems(text, "/body") == {"/body": "is no UTF-8"}


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ("{", "/Records/0/body"),
        ('{"a": 1, "a": 2}', "/Records/0/body/a"),
        ('[{"~": 1e999}]', "/Records/0/body/0/~0"),
        (arrays(65), "/Records/0/body" + "/0" * 64),
        (b"\xff", "/Records/0/body"),
    ],
)
def test_the_place_of_the_text_stands_before_that_in_it(
    text: str | bytes, pointer: str
) -> None:
    """So a sender finds it in the event as it was sent."""
    assert list(problems(text, "/Records/0/body")) == [pointer]


def test_every_flaw_is_told_at_once() -> None:
    """In the order of their places."""
    text = '{"d": NaN, "c": [1, 1e999], "b": 1, "a": {"x": 1, "x": 2}, "b": 2}'

    assert list(problems(text).items()) == [
        ("/a/x", TWICE),
        ("/b", TWICE),
        ("/c/1", LARGE),
        ("/d", NAN),
    ]


def test_of_very_many_flaws_a_hundred_are_told() -> None:
    """A refusal stays of a size that can be read."""
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
    """Nor is what a library says of it handed on."""
    with pytest.raises(InvalidEvent) as raised:
        json_text.read(text)

    assert "hush-hush!" not in str(raised.value)
    assert "hush-hush!" not in json.dumps(raised.value.as_document())
    assert "hush-hush!" not in "".join(traceback.format_exception(raised.value))


@settings(deadline=None, derandomize=True)
@given(st.text() | st.binary() | st.text('[]{}",:0123456789.eE+-NaInfity \\'))
def test_any_text_is_read_or_refused(text: str | bytes) -> None:
    """There is no third way out."""
    with suppress(InvalidEvent):
        json_text.read(text)
