"""A `Secret` is masked in every text form, and secrets are masked in external data."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

import pytest

from functions.secret import MASK, MIN_LENGTH, SEED_LENGTH, Masks, Secret

TEXT = "hush-hush-hush"
SECRET = Secret(TEXT)
OTHER = Secret("psst-psst")
SHORT = Secret("1234567")
LONG = "Q7-very-long-secret-key-9Z"


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
    assert Masks((SECRET, OTHER, SHORT)).text(text) == masked


ENCODINGS: dict[str, Callable[[str], str]] = {
    "unchanged": str,
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON in UTF-8": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON with escaped slashes": lambda text: json.dumps(text)[1:-1].replace(
        "/", "\\/"
    ),
    "URL": lambda text: quote(text, safe=""),
    "path of a URL": quote,
    "URL in lower case": lambda text: re.sub(
        "%[0-9A-F]{2}", lambda found: found[0].lower(), quote(text, safe="")
    ),
    "Python": lambda text: repr(text)[1:-1],
    "UTF-8 read as Latin-1": lambda text: text.encode().decode("latin-1"),
}
SECRETS = {
    "ASCII": "plain-secret",
    "base64": "a/b+c=d/e+f=",
    "Latin-1": "pässwörter-geheim",
    "quotes": "quo\"ted\\and'more",
    "white space": "white\tspace\u00a0inside",
    "Chinese": "\u5bc6\u7801\u5bc6\u7801\u5bc6\u7801\u5bc6\u7801",
    "emoji": "\U0001f511-key-\U0001f511-key",
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS)
def test_a_secret_is_masked_in_every_encoding(text: str, encoding: str) -> None:
    """Clouds and proxies echo secrets in JSON, in URLs, in quotes, or misread."""
    masks = Masks([OTHER, Secret(text)])
    echoed = ENCODINGS[encoding](text)

    assert masks.text(f"bad key <{echoed}>!") == "bad key <***>!"
    assert masks.document({echoed: [f"x{echoed}"]}) == {MASK: ["x***"]}


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"got {LONG[:SEED_LENGTH]}", "got ***"),
        (f"got {LONG[:20]}...", "got ***..."),
        (f"got {LONG[:20]}… and more", "got ***… and more"),
        (f"got {LONG[:20]}[cut], {LONG}", "got ***[cut], ***"),
        (f"got {LONG[:MIN_LENGTH]}", "got ***"),
        (f"got '{LONG[: MIN_LENGTH + 1]}...'", "got '***...'"),
        (f"got {LONG[: MIN_LENGTH - 1]}", f"got {LONG[: MIN_LENGTH - 1]}"),
        (f"got {LONG[:MIN_LENGTH]} there", f"got {LONG[:MIN_LENGTH]} there"),
    ],
)
def test_a_truncated_secret_is_masked(text: str, masked: str) -> None:
    """Twelve characters are masked anywhere, and eight at the end of a text."""
    assert Masks([Secret(LONG)]).text(text) == masked


@pytest.mark.parametrize(
    ("found", "masked"),
    [
        (TEXT, MASK),
        ([TEXT, [f"a {TEXT}"]], [MASK, ["a ***"]]),
        ({"a": {"b": TEXT}}, {"a": {"b": MASK}}),
        ({TEXT: 1}, {MASK: 1}),
        ([1, 1.5, True, None], [1, 1.5, True, None]),
        (123456789012, MASK),
        ({"password": [123456789012, 12345678]}, {"password": [MASK, 12345678]}),
        (99999999.5, MASK),
    ],
)
def test_secrets_in_json_are_masked(found: object, masked: object) -> None:
    """Keys, strings and numbers are masked at any depth; other values are unchanged."""
    secrets = (SECRET, Secret("123456789012"), Secret("99999999.5"))

    assert Masks(secrets).document(found) == masked
    assert Masks(()).document(found) == found


def test_a_secret_can_be_added_later() -> None:
    """A token is only known once IAM has issued it."""
    masks = Masks([SECRET])
    assert masks.text("psst-psst") == "psst-psst"

    masks.add(OTHER)
    assert masks.text(f"psst-psst {TEXT}") == "*** ***"
