"""Sample events with something wrong in them, at any place, for Hypothesis to draw.

What lies in a text as JSON, or in base64, is changed as well as what lies around it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.e2e.samples import REQUESTS, SAMPLES, sample, sign

Path = tuple[str | int, ...]
MOST_CHANGES = 4


class Text(NamedTuple):
    """A text that holds JSON; its one field makes it a place like any other."""

    document: Any
    in_base64: bool


def nested(levels: int, inside: object = None) -> object:
    """Return so many arrays in one another."""
    for _ in range(levels):
        inside = [inside]
    return inside


ODD: tuple[object, ...] = (
    *(None, True, False, 0, -1, 7, 1.5, 1e308, 10**30, "", "7", "null", "[]", "{}"),
    *([], {}, [None], [{}], {"a": None}, {"": ""}, ["a", 1], nested(70), nested(300)),
    *("é\u0000\n", "\ud800", "x" * 70, "x" * 300_000, "[" * 100_000, '{"a":' * 70),
    *("POST", "GET", "aws:sqs", "TIMER", "application/json", "LISTENER", "~/.."),
)
"""Values that belong nowhere, or that belong somewhere else."""


def opened(value: Any) -> Any:  # noqa: ANN401 # JSON
    """Return a value in which every text that holds JSON is a Text."""
    if isinstance(value, dict):
        return {name: opened(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [opened(inner) for inner in value]
    return _opened_text(value) if isinstance(value, str) else value


def _opened_text(text: str) -> object:
    for in_base64 in (False, True):
        try:
            plain = base64.b64decode(text, validate=True) if in_base64 else text
            document = json.loads(plain)
        except ValueError:
            continue
        if isinstance(document, dict | list):
            return Text(opened(document), in_base64)
    return text


def closed(value: Any) -> Any:  # noqa: ANN401 # JSON
    """Return an opened value as it is sent."""
    if isinstance(value, Text):
        text = json.dumps(closed(value.document))
        return base64.b64encode(text.encode()).decode() if value.in_base64 else text
    if isinstance(value, dict):
        return {name: closed(inner) for name, inner in value.items()}
    return [closed(inner) for inner in value] if isinstance(value, list) else value


def places(value: Any, path: Path = ()) -> Iterator[Path]:  # noqa: ANN401 # JSON
    """Yield the path of every place in an opened value, the whole first."""
    yield path
    if isinstance(value, Text):
        yield from places(value.document, (*path, "document"))
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*path, index))


def at(value: Any, path: Path) -> Any:  # noqa: ANN401 # JSON
    """Return what lies at a path."""
    for step in path:
        value = value.document if isinstance(value, Text) else value[step]
    return value


def changed(value: Any, path: Path, change: Callable[[Any], Any]) -> Any:  # noqa: ANN401 # JSON
    """Return a value with something else at a path."""
    if not path:
        return change(value)
    step, rest = path[0], path[1:]
    if isinstance(value, Text):
        return value._replace(document=changed(value.document, rest, change))
    made = dict(enumerate(value)) if isinstance(value, list) else dict(value)
    made[step] = changed(made[step], rest, change)
    return list(made.values()) if isinstance(value, list) else made


def without(value: Any, path: Path) -> Any:  # noqa: ANN401 # JSON
    """Return a value without a place, which is not the whole; a text is emptied."""

    def dropped(found: Any) -> Any:  # noqa: ANN401 # JSON
        if isinstance(found, Text):
            return ""
        if isinstance(found, list):
            return [each for index, each in enumerate(found) if index != path[-1]]
        return {name: each for name, each in found.items() if name != path[-1]}

    return changed(value, path[:-1], dropped)


def renamed(value: Any, path: Path, rename: Callable[[str], str]) -> Any:  # noqa: ANN401 # JSON
    """Return a value with another name at a place, if it has one."""

    def done(found: Any) -> Any:  # noqa: ANN401 # JSON
        if not isinstance(found, dict):
            return found
        last = path[-1]
        return {rename(n) if n == last else n: each for n, each in found.items()}

    return changed(value, path[:-1], done)


FORMS: Sequence[Callable[[Any], Any]] = (
    lambda value: [value],
    lambda value: [value, value],
    lambda value: [value, {}, value],
    lambda value: {"detail-type": "t", "detail": value},
    lambda value: {"specversion": "1.0", "data": value},
    lambda value: {"cts": value},
    lambda value: Text(value, in_base64=False),
    lambda value: Text(value, in_base64=True),
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
OPENED = {name: opened(sample(name)) for name in SAMPLES}
REQUEST: dict[str, dict[str, object]] = {
    "bootstrap": OPENED["scheduler.json"],
    "create_log_stream": OPENED["create_log_stream.json"],
    "create_logtank": OPENED["create_logtank.json"],
}
"""Of each entry, one."""
DONORS = [(name, path) for name, event in OPENED.items() for path in places(event)]


def fitted(value: Any, entry: str) -> Any:  # noqa: ANN401 # JSON
    """Return an opened value in which every request is one to this entry."""
    if isinstance(value, Text):
        return value._replace(document=fitted(value.document, entry))
    if isinstance(value, list):
        return [fitted(inner, entry) for inner in value]
    if not isinstance(value, dict):
        return value
    if value == REQUEST["bootstrap"]:
        return REQUEST[entry]
    return {name: fitted(inner, entry) for name, inner in value.items()}


@st.composite
def events(draw: st.DrawFn, entry: str) -> Any:  # noqa: ANN401 # JSON
    """Draw a sample for an entry, signed if it is of HTTP, and then changed."""
    name = draw(st.sampled_from(SAMPLES))
    event = closed(fitted(OPENED[name], entry))
    event = opened(sign(event) if name in REQUESTS else event)
    for _ in range(draw(st.integers(1, MOST_CHANGES))):
        event = _once_changed(draw, event)
    return closed(event)


def _once_changed(draw: st.DrawFn, event: Any) -> Any:  # noqa: ANN401 # JSON
    path = draw(st.sampled_from(list(places(event))))
    how = draw(st.sampled_from(["odd", "form", "swap", "drop", "rename"]))
    if how == "odd":
        odd = draw(st.sampled_from(ODD))
        return changed(event, path, lambda _: odd)
    if how == "form":
        return changed(event, path, draw(st.sampled_from(FORMS)))
    if how == "swap" or not path:
        name, donated = draw(st.sampled_from(DONORS))
        return changed(event, path, lambda _: at(OPENED[name], donated))
    if how == "drop":
        return without(event, path)
    return renamed(event, path, draw(st.sampled_from(NAMES)))
