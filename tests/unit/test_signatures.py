"""A webhook's signature is checked as the reference library checks it.

First case by case, then with whatever hypothesis thinks of.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from functions.errors import Unauthenticated
from functions.secret import Secret
from functions.triggers import webhook_signatures
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
        webhook_signatures.require(headers, body.encode(), secrets, now)
    except Unauthenticated:
        return False
    return True


def refusal(headers: Mapping[str, str]) -> str:
    """Return what is said of headers that do not do."""
    with pytest.raises(Unauthenticated) as raised:
        webhook_signatures.require(headers, BODY.encode(), [SECRET], NOW)
    return raised.value.detail


@pytest.mark.parametrize("body", [BODY, "", "a.b.c\n"])
@pytest.mark.parametrize("identifier", ["msg-1", "é."])
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
    [([SECRET], True), ([OTHER, SECRET], True), ([OTHER], False), ([], False)],
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
        (f"v1a,AAAA {V1}", True),
        (f"nonsense {V1}", True),
        (f" {V1} ", True),
        (BY_OTHER, False),
        (V1[3:], False),
        (f"v2,{V1[3:]}", False),
        (f"V1,{V1[3:]}", False),
        (f"v1,{V1}", False),
        ("v1,", False),
        (" ", False),
        (V1[:-1], False),
        (f"{V1}A", False),
        (f"{V1}\n", False),
        (V1.swapcase(), False),
        (ODD, False),
    ],
)
def test_one_signature_of_the_header_must_be_right(
    given_signatures: str, *, expected: bool
) -> None:
    """Those of versions that are not known are passed over."""
    assert passes({**GOOD, SIGNATURE: given_signatures}) is expected


@pytest.mark.parametrize("body", ["", BODY + " ", "." + BODY])
def test_another_body_is_refused(body: str) -> None:
    """To the last byte."""
    assert not passes(GOOD, body=body)


@pytest.mark.parametrize(
    ("name", "value"),
    [(ID, "msg-2"), (ID, ODD), (TIMESTAMP, str(NOW + 1)), (TIMESTAMP, f"0{NOW}")],
)
def test_id_and_timestamp_are_signed_too(name: str, value: str) -> None:
    """A signature cannot be used for another message, nor at another time."""
    assert refusal({**GOOD, name: value}) == (
        "webhook-signature is of no secret in WEBHOOK_SECRETS"
    )


def test_a_message_may_be_five_minutes_from_now() -> None:
    """Either way, and to the second; a refusal names the bound, not how late it is."""
    words = "webhook-timestamp is more than 300 seconds from now"

    assert all(passes(GOOD, now=NOW + seconds) for seconds in (0, 300, -300))
    assert not any(passes(GOOD, now=NOW + seconds) for seconds in (300.001, -300.001))
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
        f" {NOW}",
        f"{NOW}\n",
        f"{NOW}.0",
        "1_800_000_000",
        "".join(chr(0x660 + int(digit)) for digit in str(NOW)),
        "2027-01-15T08:00:00Z",
        "9" * 13,
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
        webhook_signatures.require(
            {**GOOD, **changes}, BODY.encode(), [SECRET, OTHER], NOW
        )


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
        webhook_signatures.require(headers, BODY.encode(), [SECRET], NOW)

    shown = f"{raised.value} {raised.value.as_document()}"
    key = SECRET.reveal().removeprefix("whsec_")
    told = (key, base64.b64decode(key).decode(), V1[3:], BY_OTHER[3:], "hush-hush!")
    assert not [part for part in told if part in shown]


KEYS = st.sampled_from("ab")


class Sent(NamedTuple):
    """What is signed, and what of it arrives.

    `seconds` is how far its time lies from now, well away from the bound, since the
    library looks at a clock of its own. Each entry of `signed` is a version and whose
    secret it was signed with.
    """

    body: str
    identifier: str
    seconds: int
    signed: list[tuple[str, str]]
    arrived: dict[str, str]

    def headers(self, now: int) -> dict[str, str]:
        """Return the headers that arrive."""
        moment = now + self.seconds
        made = [
            f"{version},{_digest(self.body, key, moment, self.identifier)}"
            for version, key in self.signed
        ]
        return {
            "webhook-id": self.arrived.get("id", self.identifier),
            "webhook-timestamp": str(moment),
            "webhook-signature": " ".join(made),
        }


def _digest(body: str, key: str, moment: int, identifier: str) -> str:
    whole = signature(body, secret(key), moment, identifier)
    return whole.removeprefix("v1,")


MESSAGES = st.builds(
    Sent,
    body=st.text(),
    identifier=st.text(min_size=1),
    seconds=st.sampled_from([0, 1, -1, 290, -290, 310, -310, 10**6, -(10**6)]),
    signed=st.lists(
        st.tuples(st.sampled_from(["v1", "v1", "v1a", "v2", ""]), KEYS), max_size=3
    ),
    arrived=st.just({}) | st.fixed_dictionaries({}, optional={"id": st.text()}),
)


def the_librarys(
    headers: Mapping[str, str], secrets: Sequence[Secret], body: str
) -> bool:
    """Return whether the library lets a message pass with one of the secrets."""
    for each in secrets:
        with suppress(WebhookVerificationError):
            Webhook(each.reveal()).verify(body, dict(headers), json_parse=False)
            return True
    return False


@settings(deadline=None, derandomize=True)
@given(MESSAGES, st.lists(KEYS, min_size=1, max_size=2), st.none() | st.text())
def test_the_verdicts_are_one(
    message: Sent, held: list[str], other_body: str | None
) -> None:
    """Whatever was signed, by whom, for when, and whatever of it arrives."""
    now = time.time()
    headers = message.headers(int(now))
    secrets = [secret(key) for key in held]
    body = message.body if other_body is None else other_body

    assert passes(headers, secrets, now, body) is the_librarys(headers, secrets, body)


@settings(deadline=None, derandomize=True)
@given(MESSAGES)
def test_a_message_that_is_as_it_was_signed_passes(message: Sent) -> None:
    """If it is fresh, and one of its signatures is of a secret that is held."""
    now = time.time()
    whole = message._replace(arrived={}, signed=[*message.signed, ("v1", "a")])
    headers = whole.headers(int(now))

    fresh = abs(message.seconds) < webhook_signatures.TOLERANCE_SECONDS
    assert passes(headers, [secret("a")], now, message.body) is fresh
    assert the_librarys(headers, [secret("a")], message.body) is fresh
