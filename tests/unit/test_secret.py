"""A `Secret` is masked in every text form, and secrets are masked in external data."""

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
    """A value that contains a secret."""

    secret: Secret


@pytest.mark.parametrize(
    "shown",
    [
        repr(SECRET),
        str(SECRET),
        "{}".format(SECRET),  # noqa: UP032 # tests str.format
        "%s" % SECRET,  # noqa: UP031 # tests the % operator
        repr(Holder(SECRET)),
        repr(ValueError(SECRET)),
    ],
)
def test_text_forms_of_a_secret_are_masked(shown: str) -> None:
    """Every conversion to text shows the mask; only `reveal` returns the value."""
    assert TEXT not in shown
    assert MASK in shown
    assert SECRET.reveal() == TEXT


def test_a_secret_is_not_a_string() -> None:
    """A secret cannot be serialized, concatenated or formatted with a string format."""
    with pytest.raises(TypeError):
        json.dumps({"secret": SECRET})
    with pytest.raises(TypeError):
        TEXT + SECRET  # type: ignore[operator]
    with pytest.raises(TypeError):
        f"{SECRET:>20}"


def test_secrets_with_the_same_value_are_equal() -> None:
    """Equal secrets have equal hashes, so they work as dictionary keys."""
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
def test_secrets_in_text_are_masked(text: str, masked: str) -> None:
    """Every secret is masked wherever it occurs, except one that is too short."""
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
    """Keys and strings are masked at any depth; other values are unchanged."""
    assert scrub(found, (SECRET,)) == scrubbed
    assert scrub(found, ()) == found
