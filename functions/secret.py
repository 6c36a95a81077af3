"""Text that must not leak."""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import quote

MASK = "***"
MIN_LENGTH = 8


class Secret:
    """A secret text, which only `reveal` returns.

    It is not a `str`, so it cannot be joined, formatted or serialized by accident.
    """

    __slots__ = ("_forms", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._forms: frozenset[str] | None = None

    def reveal(self) -> str:
        """Return the text, for the one place that needs it."""
        return self._text

    def forms(self) -> frozenset[str]:
        """Return the ways to write the text: as it is, in a URL, and in JSON.

        They are computed once; those shorter than MIN_LENGTH are left out.
        """
        if self._forms is None:
            text = self._text
            in_json = (json.dumps(text, ensure_ascii=by) for by in (True, False))
            forms = {text, quote(text, safe=""), *(each[1:-1] for each in in_json)}
            self._forms = frozenset(f for f in forms if len(f) >= MIN_LENGTH)
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
    """Return foreign text with every secret in it masked.

    A very short secret is not masked, as it would match unrelated text.
    """
    return _masked(text, _all_forms(secrets))


def scrub(document: object, secrets: Sequence[Secret]) -> object:
    """Return foreign JSON with every secret in its texts masked."""
    return _scrubbed(document, _all_forms(secrets))


def _all_forms(secrets: Sequence[Secret]) -> list[str]:
    """Return the forms of all secrets, longest first, as one may contain another."""
    forms = {form for secret in secrets for form in secret.forms()}
    return sorted(forms, key=len, reverse=True)


def _masked(text: str, forms: Sequence[str]) -> str:
    for each in forms:
        text = text.replace(each, MASK)
    return text


def _scrubbed(document: object, forms: Sequence[str]) -> object:
    if isinstance(document, str):
        return _masked(document, forms)
    if isinstance(document, list):
        return [_scrubbed(each, forms) for each in document]
    if isinstance(document, dict):
        return {
            _masked(name, forms): _scrubbed(each, forms)
            for name, each in document.items()
        }
    return document
