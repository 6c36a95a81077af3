"""A secret does not show itself, and is masked in what comes from outside."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from functions.secret import MASK, Secret, mask, scrub

TEXT = "hush-hush-hush"
SECRET = Secret(TEXT)
OTHER = Secret("psst-psst")
SHORT = Secret("1234567")


@dataclass(frozen=True)
class Holder:
    """Something that has a secret in it."""

    secret: Secret


@pytest.mark.parametrize(
    "shown",
    [
        repr(SECRET),
        str(SECRET),
        "{}".format(SECRET),  # noqa: UP032 # the other way to format
        "%s" % SECRET,  # noqa: UP031 # and the third
        repr(Holder(SECRET)),
        repr(ValueError(SECRET)),
    ],
)
def test_a_secret_shows_a_mask(shown: str) -> None:
    """However it is turned into text, but where it is revealed on demand."""
    assert TEXT not in shown
    assert MASK in shown
    assert SECRET.reveal() == TEXT


def test_a_secret_is_no_text() -> None:
    """It can be neither serialised nor joined nor put through a format of text."""
    with pytest.raises(TypeError):
        json.dumps({"secret": SECRET})
    with pytest.raises(TypeError):
        TEXT + SECRET  # type: ignore[operator]
    with pytest.raises(TypeError):
        f"{SECRET:>20}"


def test_secrets_of_one_text_are_equal() -> None:
    """So that what is known of a credential is found again."""
    assert Secret("a") == Secret("a")
    assert hash(Secret("a")) == hash(Secret("a"))
    assert Secret("a") != Secret("b")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("", ""),
        ("nothing to hide", "nothing to hide"),
        (f"ak {TEXT} not exist", "ak *** not exist"),
        (f"{TEXT}{TEXT} psst-psst", "****** ***"),
        ("1234567", "1234567"),
    ],
)
def test_secrets_in_a_text_are_masked(text: str, masked: str) -> None:
    """All of them, everywhere, but for one too short to be told from other text."""
    assert mask(text, (SECRET, OTHER, SHORT)) == masked


@pytest.mark.parametrize(
    ("found", "scrubbed"),
    [
        (TEXT, MASK),
        ([TEXT, [f"a {TEXT}"]], [MASK, ["a ***"]]),
        ({"a": {"b": TEXT}}, {"a": {"b": MASK}}),
        ({TEXT: 1}, {MASK: 1}),
        ([1, 1.5, True, None], [1, 1.5, True, None]),
    ],
)
def test_secrets_in_json_are_masked(found: object, scrubbed: object) -> None:
    """Keys and values at any depth are looked through; other values stay."""
    assert scrub(found, (SECRET,)) == scrubbed
    assert scrub(found, ()) == found
