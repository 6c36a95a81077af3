"""A value that must not be seen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

MASK = "***"
LEAST_LENGTH = 8


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A secret text; it shows itself only to who calls `reveal`.

    It is no `str`, so that it cannot be joined, formatted or serialised by accident.
    """

    _text: str

    def reveal(self) -> str:
        """Return the text, for the one place that needs it."""
        return self._text

    def __repr__(self) -> str:
        """Return a mask."""
        return MASK


def mask(text: str, secrets: Sequence[Secret]) -> str:
    """Return a text from outside with every secret in it masked.

    A very short one is left: masking it would garble what has nothing to do with it.
    """
    revealed = {secret.reveal() for secret in secrets}
    for secret in tuple(revealed):  # as a URL has it, and as JSON does, either way
        written = (json.dumps(secret, ensure_ascii=ascii_) for ascii_ in (True, False))
        revealed |= {quote(secret, safe=""), *(text[1:-1] for text in written)}
    for secret in sorted(revealed, key=len, reverse=True):  # one may hold another
        if len(secret) >= LEAST_LENGTH:
            text = text.replace(secret, MASK)
    return text


def scrub(found: object, secrets: Sequence[Secret]) -> object:
    """Return JSON from outside with every secret in its texts masked."""
    if isinstance(found, str):
        return mask(found, secrets)
    if isinstance(found, list):
        return [scrub(each, secrets) for each in found]
    if isinstance(found, dict):
        return {mask(key, secrets): scrub(each, secrets) for key, each in found.items()}
    return found
