"""Reads JSON text from a sender strictly: ambiguous text is rejected.

RFC 8259 does not define the meaning of a duplicate key (section 4), nor limits for
numbers and nesting (section 9). Here, duplicate keys are rejected and limits are set.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from functions.errors import InvalidEvent, Problem, pointer

MAX_DEPTH = 64
"""How deeply arrays and objects may be nested."""
_MAX_DIGITS = 300
_BYTE_ORDER_MARK = "\ufeff"
_MAX_PROBLEMS = 100


class _Flaw(NamedTuple):
    """Stands in for a value that cannot be used."""

    detail: str


def read(text: str | bytes, place: str = "") -> object:
    """Return the document in a text; `place` is the JSON pointer to it in the event.

    Raises: InvalidEvent, which has the pointer to every flaw and quotes no value.
    """
    document = _decoded(text, place)
    if found := list(islice(_problems(document, place), _MAX_PROBLEMS)):
        raise InvalidEvent(*found)
    return document


def _decoded(text: str | bytes, place: str) -> object:
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8")
        return _DECODER.decode(text.removeprefix(_BYTE_ORDER_MARK))
    except UnicodeDecodeError:
        detail = "is not valid UTF-8"
    except json.JSONDecodeError as error:
        detail = f"is not valid JSON (line {error.lineno}, column {error.colno})"
    except RecursionError:
        detail = _TOO_DEEP
    raise InvalidEvent(Problem(place, detail))


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object; the value of a duplicate key is a flaw."""
    made: dict[str, object] = {}
    for name, value in pairs:
        made[name] = _Flaw("is a duplicate key") if name in made else value
    return made


def _integer(digits: str) -> object:
    if len(digits) > _MAX_DIGITS:
        return _Flaw(f"must have at most {_MAX_DIGITS} digits")
    return int(digits)


def _real(digits: str) -> object:
    number = float(digits)
    return number if math.isfinite(number) else _Flaw("is too large a number")


def _constant(name: str) -> _Flaw:
    return _Flaw(f"is {name.removeprefix('-')}, which is not valid JSON")


_TOO_DEEP = f"is nested more than {MAX_DEPTH} levels deep"
_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_constant=_constant,
    parse_float=_real,
    parse_int=_integer,
)


def _problems(document: object, place: str) -> Iterator[Problem]:
    """Yield every flaw of a document, with the pointer to it."""
    rest: list[tuple[object, tuple[object, ...]]] = [(document, ())]
    while rest:
        value, steps = rest.pop()
        if isinstance(value, _Flaw):
            yield Problem(place + pointer(steps), value.detail)
        elif isinstance(value, dict | list) and len(steps) == MAX_DEPTH:
            yield Problem(place + pointer(steps), _TOO_DEEP)
        elif isinstance(value, dict):
            rest += [(inner, (*steps, name)) for name, inner in value.items()]
        elif isinstance(value, list):
            rest += [(inner, (*steps, index)) for index, inner in enumerate(value)]
