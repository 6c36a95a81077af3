"""JSON as a sender wrote it, read strictly: what is doubtful is refused.

RFC 8259 leaves it to the reader what a repeated key means (section 4) and how large a
number and how deep a nesting may be (section 9); here none of it is guessed at.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from functions.errors import InvalidEvent, Problem, pointer

MOST_NESTED = 64
"""Arrays and objects inside one another."""
_MOST_DIGITS = 300
_MOST_PROBLEMS = 100


class _Flaw(NamedTuple):
    """Stands where the text has no value that can be used."""

    words: str


def read(text: str | bytes, place: str = "") -> object:
    """Return the document in a text that lies at this place of an event.

    Raises: InvalidEvent, which names every place where it is flawed, and no value.
    """
    document = _decoded(text, place)
    if found := list(islice(_problems(document, place), _MOST_PROBLEMS)):
        raise InvalidEvent(*found)
    return document


def _decoded(text: str | bytes, place: str) -> object:
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8")
        return _DECODER.decode(text)
    except UnicodeDecodeError:
        words = "is no UTF-8"
    except json.JSONDecodeError as error:
        words = f"is no JSON from line {error.lineno}, column {error.colno} on"
    except RecursionError:
        words = _TOO_DEEP
    raise InvalidEvent(Problem(place, words))


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object; what its text has twice is a flaw there."""
    made: dict[str, object] = {}
    for name, value in pairs:
        made[name] = _Flaw("is there twice") if name in made else value
    return made


def _integer(digits: str) -> object:
    if len(digits) > _MOST_DIGITS:
        return _Flaw(f"has more than {_MOST_DIGITS} digits")
    return int(digits)


def _real(digits: str) -> object:
    number = float(digits)
    return number if math.isfinite(number) else _Flaw("is too large for a number")


def _constant(name: str) -> _Flaw:
    return _Flaw(f"is {name.removeprefix('-')}, which JSON does not know")


_TOO_DEEP = f"is nested deeper than {MOST_NESTED} levels"
_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_constant=_constant,
    parse_float=_real,
    parse_int=_integer,
)


def _problems(document: object, place: str) -> Iterator[Problem]:
    """Yield every flaw of a document with its place."""
    rest: list[tuple[object, tuple[object, ...]]] = [(document, ())]
    while rest:
        value, steps = rest.pop()
        if isinstance(value, _Flaw):
            yield Problem(place + pointer(steps), value.words)
        elif isinstance(value, dict | list) and len(steps) == MOST_NESTED:
            yield Problem(place + pointer(steps), _TOO_DEEP)
        elif isinstance(value, dict):
            rest += [(inner, (*steps, name)) for name, inner in value.items()]
        elif isinstance(value, list):
            rest += [(inner, (*steps, index)) for index, inner in enumerate(value)]
