"""Text that must not leak, and its masking in untrusted text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from urllib.parse import quote

MASK = "***"
MIN_LENGTH = 8
"""A shorter text is not masked, as it would match unrelated ones."""
SEED_LENGTH = 12
"""This many leading characters of a secret are masked even without the rest."""
_CUT_OFF = " .…\"'`)]}>,;"
"""What may follow where untrusted text was truncated."""


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
        """Return the ways to write the text that are masked, computed once.

        Unchanged, in JSON, in a URL, in Python's quoting, and as UTF-8 that was
        read as Latin-1; each only if it has MIN_LENGTH characters.
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
        """Make more secrets known."""
        forms = {form for secret in secrets for form in secret.forms()}
        if forms <= self._forms:
            return  # in particular if there are none
        self._forms = self._forms | forms  # a new set: others may iterate over the old
        lengths = range(MIN_LENGTH, SEED_LENGTH)
        self._beginnings = {form[:length] for form in self._forms for length in lengths}
        self._seeds = _any_start(self._forms, SEED_LENGTH)
        self._starts = _any_start(self._forms, MIN_LENGTH)

    def text(self, text: str) -> str:
        """Return text with every secret in it masked, and what is cut off from one."""
        if not self._starts.search(text):
            return text  # nearly always
        parts: list[str] = []
        done = 0
        while found := self._seeds.search(text, done):
            start = found.start()
            end = start + max(_common(text, start, form) for form in self._forms)
            parts += text[done:start], MASK
            done = end
        return "".join(parts) + self._without_cut_off(text[done:])

    def document(self, document: object) -> object:
        """Return JSON with every secret masked, in texts, in keys, and as a number."""
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
    """Return the expression that finds the start of any of these, of that length."""
    starts = {re.escape(form[:length]) for form in forms}
    return re.compile("|".join(sorted(starts, key=len, reverse=True)))


def _common(text: str, start: int, form: str) -> int:
    """Return how many characters of a form stand in text from a place on."""
    if not text.startswith(form[:SEED_LENGTH], start):
        return 0
    pairs = zip(form, text[start : start + len(form)], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
