"""A value that must not be seen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import quote

MASK = "***"
LEAST_LENGTH = 8


class Secret:
    """A secret text; it shows itself only to who calls `reveal`.

    It is no `str`, so that it cannot be joined, formatted or serialised by accident.
    """

    __slots__ = ("_forms", "_text")

    def __init__(self, text: str) -> None:
        """Keep a text from being seen."""
        self._text = text
        self._forms: frozenset[str] | None = None

    def reveal(self) -> str:
        """Return the text, for the one place that needs it."""
        return self._text

    def forms(self) -> frozenset[str]:
        """Return what the text may be written as: in a URL, and in JSON's two ways too.

        They are made once; any of fewer than LEAST_LENGTH characters is left out.
        """
        if self._forms is None:
            text = self._text
            in_json = (json.dumps(text, ensure_ascii=by) for by in (True, False))
            forms = {text, quote(text, safe=""), *(each[1:-1] for each in in_json)}
            self._forms = frozenset(f for f in forms if len(f) >= LEAST_LENGTH)
        return self._forms

    def __repr__(self) -> str:
        """Return a mask."""
        return MASK

    def __eq__(self, other: object) -> bool:
        """Whether another secret has the same text."""
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        """Return the text's hash."""
        return hash(self._text)


def mask(text: str, secrets: Sequence[Secret]) -> str:
    """Return a text from outside with every secret in it masked.

    A very short one is left: masking it would garble what has nothing to do with it.
    """
    return _masked(text, _written(secrets))


def scrub(found: object, secrets: Sequence[Secret]) -> object:
    """Return JSON from outside with every secret in its texts masked."""
    return _scrubbed(found, _written(secrets))


def _written(secrets: Sequence[Secret]) -> list[str]:
    """Return what secrets may be written as, longest first: one may hold another."""
    forms = {form for secret in secrets for form in secret.forms()}
    return sorted(forms, key=len, reverse=True)


def _masked(text: str, written: Sequence[str]) -> str:
    for each in written:
        text = text.replace(each, MASK)
    return text


def _scrubbed(found: object, written: Sequence[str]) -> object:
    if isinstance(found, str):
        return _masked(found, written)
    if isinstance(found, list):
        return [_scrubbed(each, written) for each in found]
    if isinstance(found, dict):
        return {
            _masked(name, written): _scrubbed(each, written)
            for name, each in found.items()
        }
    return found
