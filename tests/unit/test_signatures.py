"""A webhook's signature is checked as the reference library checks it."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.errors import Unauthenticated
from functions.secret import Secret
from functions.triggers import signatures
from tests.unit.hooks import NOW, OTHER, SECRET, secret, signature, signed

BODY = '{"resource_id": "é"}'
GOOD = signed(BODY)
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
ODD = "\u0664\ud800\xe9\0"
"""An Arabic digit, half of a surrogate pair, a letter with an accent, and nothing."""


def passes(
    headers: Mapping[str, str],
    secrets: Sequence[Secret] = (SECRET,),
    now: float = NOW,
    body: str = BODY,
) -> bool:
    """Return whether a message may come in."""
    try:
        signatures.require(headers, body.encode(), secrets, now)
    except Unauthenticated:
        return False
    return True


def refusal(headers: Mapping[str, str]) -> str:
    """Return what is said of headers that do not do."""
    with pytest.raises(Unauthenticated) as raised:
        signatures.require(headers, BODY.encode(), [SECRET], NOW)
    return raised.value.detail


@pytest.mark.parametrize("body", [BODY, "", "[]", " {}\n", "\U0001f600", "a.b.c"])
@pytest.mark.parametrize("identifier", ["msg-1", "msg_2KWPBgLlAfxdpx2AI54pPJ85", "é."])
def test_what_the_library_signs_is_admitted(body: str, identifier: str) -> None:
    """Whatever the body and the id."""
    assert passes(signed(body, identifier=identifier), body=body)


def test_the_librarys_own_vector_is_admitted() -> None:
    """A signature that was not made here, of a secret that was published."""
    headers = {
        ID: "msg_p5jXN8AQM9LWM0D4loKWxJek",
        TIMESTAMP: "1614265330",
        SIGNATURE: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    secrets = [Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]

    assert passes(headers, secrets, 1614265330, '{"test": 2432232314}')


@pytest.mark.parametrize(
    ("secrets", "expected"),
    [
        ([SECRET], True),
        ([OTHER, SECRET], True),
        ([SECRET, OTHER], True),
        ([OTHER], False),
        ([OTHER, secret("c")], False),
        ([], False),
    ],
)
def test_any_of_the_secrets_will_do(secrets: list[Secret], *, expected: bool) -> None:
    """So that a new one can come into use before the old one goes."""
    assert passes(GOOD, secrets) is expected


V1 = GOOD[SIGNATURE]
BY_OTHER = signature(BODY, OTHER)


@pytest.mark.parametrize(
    ("given_signatures", "expected"),
    [
        (V1, True),
        (f"{V1} {BY_OTHER}", True),
        (f"{BY_OTHER} {V1}", True),
        (f"v1a,AAAA {V1}", True),
        (f"{V1} v1a,AAAA", True),
        (f"v2,{V1[3:]} {V1}", True),
        (f"nonsense {V1}", True),
        (f" {V1} ", True),
        (BY_OTHER, False),
        (V1[3:], False),
        (f",{V1[3:]}", False),
        (f"v1a,{V1[3:]}", False),
        (f"v2,{V1[3:]}", False),
        (f"V1,{V1[3:]}", False),
        (f"v1 ,{V1[3:]}", False),
        (f"v1,{V1}", False),
        (f"{V1},{V1}", False),
        ("v1,", False),
        ("v1", False),
        (",", False),
        (" ", False),
        (V1[:-1], False),
        (V1[:20], False),
        (f"{V1}A", False),
        (f"{V1}\n", False),
        (V1.swapcase(), False),
        (V1 + ODD, False),
        (ODD, False),
    ],
)
def test_one_signature_of_the_header_must_be_right(
    given_signatures: str, *, expected: bool
) -> None:
    """Those of versions that are not known are passed over."""
    assert passes({**GOOD, SIGNATURE: given_signatures}) is expected


@pytest.mark.parametrize("body", ["", BODY + " ", BODY[:-1], "." + BODY, "é"])
def test_another_body_is_refused(body: str) -> None:
    """To the last byte."""
    assert not passes(GOOD, body=body)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (ID, "msg-2"),
        (ID, "msg-1 "),
        (ID, "msg-1."),
        (ID, ODD),
        (TIMESTAMP, str(NOW + 1)),
        (TIMESTAMP, str(NOW - 299)),
        (TIMESTAMP, f"0{NOW}"),
    ],
)
def test_id_and_timestamp_are_signed_too(name: str, value: str) -> None:
    """A signature cannot be used for another message, nor at another time."""
    assert refusal({**GOOD, name: value}) == (
        "webhook-signature is of no secret in WEBHOOK_SECRETS"
    )


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, True),
        (299, True),
        (300, True),
        (300.001, False),
        (301, False),
        (-299, True),
        (-300, True),
        (-300.001, False),
        (-301, False),
        (10**9, False),
        (-(10**9), False),
    ],
)
def test_a_message_may_be_five_minutes_from_now(
    seconds: float, *, expected: bool
) -> None:
    """Either way, and to the second."""
    assert passes(GOOD, now=NOW + seconds) is expected


def test_a_stale_message_is_told_so() -> None:
    """The bound is named, and how late it is is not."""
    words = "webhook-timestamp is more than 300 seconds from now"

    assert refusal(signed(BODY, moment=NOW - 301)) == words
    assert refusal(signed(BODY, moment=NOW + 301)) == words


@pytest.mark.parametrize("name", [ID, TIMESTAMP, SIGNATURE])
def test_a_header_that_is_missing_is_named(name: str) -> None:
    """An empty one is as good as none."""
    without = {key: value for key, value in GOOD.items() if key != name}

    assert refusal(without) == f"The header {name} is missing"
    assert refusal({**GOOD, name: ""}) == f"The header {name} is missing"


@pytest.mark.parametrize(
    "timestamp",
    [
        "1e9",
        f"+{NOW}",
        f"-{NOW}",
        f" {NOW}",
        f"{NOW} ",
        f"{NOW}\n",
        f"{NOW}.0",
        "1_800_000_000",
        "0x6B49D200",
        "".join(chr(0x660 + int(digit)) for digit in str(NOW)),
        "".join(chr(0xFF10 + int(digit)) for digit in str(NOW)),
        "\u00b2",
        "now",
        "nan",
        "inf",
        "2027-01-15T08:00:00Z",
        "9" * 13,
        "9" * 5000,
        ODD,
    ],
)
def test_an_odd_timestamp_is_refused(timestamp: str) -> None:
    """Only digits of ASCII are a number of seconds, and not too many of them."""
    words = "webhook-timestamp is no number of seconds since 1970"

    assert refusal({**GOOD, TIMESTAMP: timestamp}) == words


@settings(deadline=None, derandomize=True)
@given(st.dictionaries(st.sampled_from(list(GOOD)), st.text(st.characters())))
def test_no_header_raises_anything_else(changes: dict[str, str]) -> None:
    """Whatever characters it has, halves of surrogate pairs among them."""
    with suppress(Unauthenticated):
        signatures.require({**GOOD, **changes}, BODY.encode(), [SECRET, OTHER], NOW)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {**GOOD, SIGNATURE: BY_OTHER},
        {**GOOD, ID: "hush-hush!"},
        {**GOOD, TIMESTAMP: "hush-hush!"},
        {**GOOD, SIGNATURE: "v1,hush-hush!"},
        signed(BODY, moment=NOW - 400),
    ],
)
def test_a_refusal_tells_nothing_of_secrets_and_signatures(
    headers: dict[str, str],
) -> None:
    """Nor what was sent."""
    with pytest.raises(Unauthenticated) as raised:
        signatures.require(headers, BODY.encode(), [SECRET], NOW)

    shown = f"{raised.value} {raised.value.as_document()}"
    key = SECRET.reveal().removeprefix("whsec_")
    told = (key, base64.b64decode(key).decode(), V1[3:], BY_OTHER[3:], "hush-hush!")
    assert not [part for part in told if part in shown]
