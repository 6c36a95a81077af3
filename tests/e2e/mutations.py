"""Hypothesis strategies that draw sample events with mutations at arbitrary paths.

JSON inside a string, plain or base64, is mutated as well as the surrounding document.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st

from functions.invocation.tasks import TASKS
from tests.e2e.samples import HTTP_REQUESTS, SAMPLES, sample, sign

Path = tuple[str | int, ...]
MAX_CHANGES = 4


class EncodedJson(NamedTuple):
    """A string that contains JSON; paths lead into its `document` field."""

    document: Any
    in_base64: bool


def nested(levels: int, inside: object = None) -> object:
    """Return arrays nested to this number of levels."""
    for _ in range(levels):
        inside = [inside]
    return inside


ODD_VALUES: tuple[object, ...] = (
    *(None, True, False, 0, -1, 7, 1.5, 1e308, 10**30, "", "7", "null", "[]", "{}"),
    *([], {}, [None], [{}], {"a": None}, {"": ""}, ["a", 1], nested(70), nested(300)),
    *("é\u0000\n", "\ud800", "x" * 70, "x" * 300_000, "[" * 100_000, '{"a":' * 70),
    *("POST", "GET", "aws:sqs", "TIMER", "application/json", "LISTENER", "~/.."),
)
"""Values that are invalid everywhere, or valid only elsewhere."""


def decoded(value: Any) -> Any:  # noqa: ANN401 # JSON
    """Return a value in which every string that contains JSON is an `EncodedJson`."""
    if isinstance(value, dict):
        return {name: decoded(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [decoded(inner) for inner in value]
    return _decoded_text(value) if isinstance(value, str) else value


def _decoded_text(text: str) -> object:
    for in_base64 in (False, True):
        try:
            plain = base64.b64decode(text, validate=True) if in_base64 else text
            document = json.loads(plain)
        except ValueError:
            continue
        if isinstance(document, dict | list):
            return EncodedJson(decoded(document), in_base64)
    return text


def encoded(value: Any) -> Any:  # noqa: ANN401 # JSON
    """Return a decoded value in the form in which it is sent."""
    if isinstance(value, EncodedJson):
        text = json.dumps(encoded(value.document))
        return base64.b64encode(text.encode()).decode() if value.in_base64 else text
    if isinstance(value, dict):
        return {name: encoded(inner) for name, inner in value.items()}
    return [encoded(inner) for inner in value] if isinstance(value, list) else value


def paths(value: Any, path: Path = ()) -> Iterator[Path]:  # noqa: ANN401 # JSON
    """Yield the path of every node in a decoded value, the root first."""
    yield path
    if isinstance(value, EncodedJson):
        yield from paths(value.document, (*path, "document"))
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from paths(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from paths(inner, (*path, index))


def value_at(value: Any, path: Path) -> Any:  # noqa: ANN401 # JSON
    """Return the value at a path."""
    for step in path:
        value = value.document if isinstance(value, EncodedJson) else value[step]
    return value


def replaced_at(value: Any, path: Path, change: Callable[[Any], Any]) -> Any:  # noqa: ANN401 # JSON
    """Return a copy of a value with the node at a path changed."""
    if not path:
        return change(value)
    step, rest = path[0], path[1:]
    if isinstance(value, EncodedJson):
        return value._replace(document=replaced_at(value.document, rest, change))
    copy = dict(enumerate(value)) if isinstance(value, list) else dict(value)
    copy[step] = replaced_at(copy[step], rest, change)
    return list(copy.values()) if isinstance(value, list) else copy


def removed_at(value: Any, path: Path) -> Any:  # noqa: ANN401 # JSON
    """Return a copy of a value without the node at a path, which is not the root.

    An encoded string becomes empty.
    """

    def dropped(found: Any) -> Any:  # noqa: ANN401 # JSON
        if isinstance(found, EncodedJson):
            return ""
        if isinstance(found, list):
            return [each for index, each in enumerate(found) if index != path[-1]]
        return {name: each for name, each in found.items() if name != path[-1]}

    return replaced_at(value, path[:-1], dropped)


def renamed_at(value: Any, path: Path, rename: Callable[[str], str]) -> Any:  # noqa: ANN401 # JSON
    """Return a copy of a value with the field at a path renamed, if it is a field."""

    def done(found: Any) -> Any:  # noqa: ANN401 # JSON
        if not isinstance(found, dict):
            return found
        last = path[-1]
        return {rename(n) if n == last else n: each for n, each in found.items()}

    return replaced_at(value, path[:-1], done)


FORMS: Sequence[Callable[[Any], Any]] = (
    lambda value: [value],
    lambda value: [value, value],
    lambda value: [value, {}, value],
    lambda value: {"detail-type": "t", "detail": value},
    lambda value: {"specversion": "1.0", "data": value},
    lambda value: {"cts": value},
    lambda value: EncodedJson(value, in_base64=False),
    lambda value: EncodedJson(value, in_base64=True),
    lambda value: str(value)[:100],
)
NAMES: Sequence[Callable[[str], str]] = (
    str.swapcase,
    str.upper,
    str.title,
    lambda name: f"{name} ",
    lambda name: name.replace("_", "-"),
    lambda _name: "",
    lambda name: name * 300,
)
DECODED = {name: decoded(sample(name)) for name in SAMPLES}
REQUEST: dict[str, dict[str, object]] = {
    **{name: DECODED[f"{name}.json"] for name in TASKS},
    # the request that the samples of the triggers contain
    "bootstrap": DECODED["scheduler.json"],
}
"""One request for each function."""
DONORS = [(name, path) for name, event in DECODED.items() for path in paths(event)]


def adapted(value: Any, entry: str) -> Any:  # noqa: ANN401 # JSON
    """Return a decoded value in which every request is a request to this entry."""
    if isinstance(value, EncodedJson):
        return value._replace(document=adapted(value.document, entry))
    if isinstance(value, list):
        return [adapted(inner, entry) for inner in value]
    if not isinstance(value, dict):
        return value
    if value == REQUEST["bootstrap"]:
        return REQUEST[entry]
    return {name: adapted(inner, entry) for name, inner in value.items()}


@st.composite
def events(draw: st.DrawFn, entry: str) -> Any:  # noqa: ANN401 # JSON
    """Draw a sample for an entry, sign it if it is an HTTP request, and mutate it."""
    name = draw(st.sampled_from(SAMPLES))
    event = encoded(adapted(DECODED[name], entry))
    event = decoded(sign(event) if name in HTTP_REQUESTS else event)
    for _ in range(draw(st.integers(1, MAX_CHANGES))):
        event = _mutated_once(draw, event)
    return encoded(event)


def _mutated_once(draw: st.DrawFn, event: Any) -> Any:  # noqa: ANN401 # JSON
    path = draw(st.sampled_from(list(paths(event))))
    how = draw(st.sampled_from(["odd", "form", "swap", "drop", "rename"]))
    if how == "odd":
        odd = draw(st.sampled_from(ODD_VALUES))
        return replaced_at(event, path, lambda _: odd)
    if how == "form":
        return replaced_at(event, path, draw(st.sampled_from(FORMS)))
    if how == "swap" or not path:
        name, donated = draw(st.sampled_from(DONORS))
        return replaced_at(event, path, lambda _: value_at(DECODED[name], donated))
    if how == "drop":
        return removed_at(event, path)
    return renamed_at(event, path, draw(st.sampled_from(NAMES)))
