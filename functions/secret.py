"""Secrets, and masking them in untrusted text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from urllib.parse import quote

MASK = "***"
MIN_LENGTH = 8
"""A shorter secret is not masked, because it would match unrelated text."""
SEED_LENGTH = 12
"""This many leading characters of a secret are masked even if the rest is missing."""
_CUT_OFF = " .…\"'`)]}>,;"
"""Characters that may follow the end of truncated text."""


class Secret:
    """A secret text, which only `reveal` returns.

    It is not a `str`, so it cannot be joined, formatted or serialized by accident.
    """

    __slots__ = ("_forms", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._forms: frozenset[str] | None = None

    def reveal(self) -> str:
        """Return the secret text."""
        return self._text

    def forms(self) -> frozenset[str]:
        """Return the encodings of the text that are masked, computed once.

        These are the text itself, in JSON, in a URL, in Python's quoting, and as UTF-8
        decoded as Latin-1. Those with fewer than MIN_LENGTH characters are left out.
        """
        if self._forms is None:
            forms = frozenset(_forms(self._text))
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


def _forms(text: str) -> Iterator[str]:
    yield text
    for ascii_only in (True, False):
        in_json = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        yield in_json
        yield in_json.replace("/", "\\/")
    utf_8 = text.encode("utf-8", "surrogatepass")
    in_url = quote(utf_8, safe="")
    yield in_url
    yield re.sub("%[0-9A-F]{2}", lambda each: each[0].lower(), in_url)
    yield quote(utf_8, safe="/")
    yield repr(text)[1:-1]
    yield utf_8.decode("latin-1")


class Masks:
    """Masks known secrets in untrusted text; more secrets can be added."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        self._forms: set[str] = set()
        self._beginnings: set[str] = set()
        self._starts = self._seeds = re.compile("(?!)")  # matches nothing
        self.add(*secrets)

    def add(self, *secrets: Secret) -> None:
        """Mask these secrets too."""
        forms = {form for secret in secrets for form in secret.forms()}
        if forms <= self._forms:
            return
        self._forms = self._forms | forms  # another thread may iterate over the old set
        lengths = range(MIN_LENGTH, SEED_LENGTH)
        self._beginnings = {form[:length] for form in self._forms for length in lengths}
        self._seeds = _any_start(self._forms, SEED_LENGTH)
        self._starts = _any_start(self._forms, MIN_LENGTH)

    def text(self, text: str) -> str:
        """Return text with every secret masked, including one truncated at its end."""
        if not self._starts.search(text):
            return text
        parts: list[str] = []
        done = 0
        while found := self._seeds.search(text, done):
            start = found.start()
            end = start + max(_common(text, start, form) for form in self._forms)
            parts += text[done:start], MASK
            done = end
        return "".join(parts) + self._without_cut_off(text[done:])

    def document(self, document: object) -> object:
        """Return JSON with every secret masked in strings, keys and numbers."""
        if isinstance(document, str):
            return self.text(document)
        if isinstance(document, list):
            return [self.document(each) for each in document]
        if isinstance(document, dict):
            return {self.text(k): self.document(v) for k, v in document.items()}
        if isinstance(document, int | float) and not isinstance(document, bool):
            return MASK if self._seeds.search(str(document)) else document
        return document

    def _without_cut_off(self, text: str) -> str:
        """Return text with its end masked, if a secret was cut off there."""
        kept = text.rstrip(_CUT_OFF)
        for length in range(SEED_LENGTH - 1, MIN_LENGTH - 1, -1):
            if kept[-length:] in self._beginnings:
                return kept[:-length] + MASK + text[len(kept) :]
        return text


def _any_start(forms: Iterable[str], length: int) -> re.Pattern[str]:
    """Return an expression that matches the first `length` characters of any form."""
    starts = {re.escape(form[:length]) for form in forms}
    return re.compile("|".join(sorted(starts, key=len, reverse=True)))


def _common(text: str, start: int, form: str) -> int:
    """Return how many leading characters of a form the text has at `start`."""
    if not text.startswith(form[:SEED_LENGTH], start):
        return 0
    pairs = zip(form, text[start : start + len(form)], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
