"""Webhook signatures are verified as the reference library verifies them.

Example-based tests come first, then property-based tests with Hypothesis.
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
from tests.unit.signed_webhooks import NOW, OTHER, SECRET, secret, signature, signed

BODY = '{"resource_id": "é"}'
GOOD = signed(BODY)
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
ODD = "\u0664\ud800\xe9\0"
"""An Arabic digit, a lone surrogate, an accented letter and a NUL character."""


def is_accepted(
    headers: Mapping[str, str],
    secrets: Sequence[Secret] = (SECRET,),
    now: float = NOW,
    body: str = BODY,
) -> bool:
    """Return whether a message is accepted."""
    try:
        webhook_signatures.require(headers, body.encode(), secrets, now)
    except Unauthenticated:
        return False
    return True


def refusal_detail(headers: Mapping[str, str]) -> str:
    """Return the error detail for headers that are rejected."""
    with pytest.raises(Unauthenticated) as raised:
        webhook_signatures.require(headers, BODY.encode(), [SECRET], NOW)
    return raised.value.detail


@pytest.mark.parametrize("body", [BODY, "", "a.b.c\n"])
@pytest.mark.parametrize("identifier", ["msg-1", "é."])
def test_messages_signed_by_the_library_are_accepted(
    body: str, identifier: str
) -> None:
    """Any body and any ID are accepted with a valid signature."""
    assert is_accepted(signed(body, identifier=identifier), body=body)


def test_the_librarys_published_vector_is_accepted() -> None:
    """The signature and the secret come from the library's own test suite."""
    headers = {
        ID: "msg_p5jXN8AQM9LWM0D4loKWxJek",
        TIMESTAMP: "1614265330",
        SIGNATURE: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    secrets = [Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]

    assert is_accepted(headers, secrets, 1614265330, '{"test": 2432232314}')


@pytest.mark.parametrize(
    ("secrets", "expected"),
    [([SECRET], True), ([OTHER, SECRET], True), ([OTHER], False), ([], False)],
)
def test_any_of_the_secrets_is_sufficient(
    secrets: list[Secret], *, expected: bool
) -> None:
    """A new secret can be added before the old one is removed."""
    assert is_accepted(GOOD, secrets) is expected


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
def test_one_signature_in_the_header_must_be_valid(
    given_signatures: str, *, expected: bool
) -> None:
    """Signatures of unknown versions are ignored."""
    assert is_accepted({**GOOD, SIGNATURE: given_signatures}) is expected


@pytest.mark.parametrize("body", ["", BODY + " ", "." + BODY])
def test_a_modified_body_is_rejected(body: str) -> None:
    """A signature covers every byte of the body."""
    assert not is_accepted(GOOD, body=body)


@pytest.mark.parametrize(
    ("name", "value"),
    [(ID, "msg-2"), (ID, ODD), (TIMESTAMP, str(NOW + 1)), (TIMESTAMP, f"0{NOW}")],
)
def test_id_and_timestamp_are_signed(name: str, value: str) -> None:
    """A signature cannot be reused for another message or another time."""
    assert refusal_detail({**GOOD, name: value}) == (
        "webhook-signature does not match any secret in WEBHOOK_SECRETS"
    )


def test_timestamps_up_to_five_minutes_off_are_accepted() -> None:
    """The limit holds in both directions; the error names it, but not the deviation."""
    message = "webhook-timestamp is more than 300 seconds from now"

    assert all(is_accepted(GOOD, now=NOW + seconds) for seconds in (0, 300, -300))
    assert not any(
        is_accepted(GOOD, now=NOW + seconds) for seconds in (300.001, -300.001)
    )
    assert refusal_detail(signed(BODY, moment=NOW - 301)) == message
    assert refusal_detail(signed(BODY, moment=NOW + 301)) == message


@pytest.mark.parametrize("name", [ID, TIMESTAMP, SIGNATURE])
def test_a_missing_header_is_named(name: str) -> None:
    """An empty header counts as missing."""
    without = {key: value for key, value in GOOD.items() if key != name}

    assert refusal_detail(without) == f"The header {name} is missing"
    assert refusal_detail({**GOOD, name: ""}) == f"The header {name} is missing"


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
def test_a_malformed_timestamp_is_rejected(timestamp: str) -> None:
    """A timestamp consists of 1 to 12 ASCII digits."""
    message = "webhook-timestamp must be a number of seconds since 1970"

    assert refusal_detail({**GOOD, TIMESTAMP: timestamp}) == message


@settings(deadline=None, derandomize=True)
@given(st.dictionaries(st.sampled_from(list(GOOD)), st.text(st.characters())))
def test_headers_of_any_content_raise_only_unauthenticated(
    changes: dict[str, str],
) -> None:
    """Headers may contain any characters, including lone surrogates."""
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
def test_a_refusal_reveals_no_secret_and_no_signature(
    headers: dict[str, str],
) -> None:
    """It does not repeat what was sent, either."""
    with pytest.raises(Unauthenticated) as raised:
        webhook_signatures.require(headers, BODY.encode(), [SECRET], NOW)

    text = f"{raised.value} {raised.value.as_document()}"
    key = SECRET.reveal().removeprefix("whsec_")
    hidden = (key, base64.b64decode(key).decode(), V1[3:], BY_OTHER[3:], "hush-hush!")
    assert not [part for part in hidden if part in text]


KEYS = st.sampled_from("ab")


class SentMessage(NamedTuple):
    """What was signed, and what was received.

    `seconds` is the offset of the timestamp from now, well away from the limit, as the
    library reads its own clock. Each entry of `signed` is a version and the letter of
    the secret that was used.
    """

    body: str
    identifier: str
    seconds: int
    signed: list[tuple[str, str]]
    received: dict[str, str]

    def headers(self, now: int) -> dict[str, str]:
        """Return the headers that are received."""
        moment = now + self.seconds
        signatures = [
            f"{version},{_digest(self.body, key, moment, self.identifier)}"
            for version, key in self.signed
        ]
        return {
            "webhook-id": self.received.get("id", self.identifier),
            "webhook-timestamp": str(moment),
            "webhook-signature": " ".join(signatures),
        }


def _digest(body: str, key: str, moment: int, identifier: str) -> str:
    full = signature(body, secret(key), moment, identifier)
    return full.removeprefix("v1,")


MESSAGES = st.builds(
    SentMessage,
    body=st.text(),
    identifier=st.text(min_size=1),
    seconds=st.sampled_from([0, 1, -1, 290, -290, 310, -310, 10**6, -(10**6)]),
    signed=st.lists(
        st.tuples(st.sampled_from(["v1", "v1", "v1a", "v2", ""]), KEYS), max_size=3
    ),
    received=st.just({}) | st.fixed_dictionaries({}, optional={"id": st.text()}),
)


def library_accepts(
    headers: Mapping[str, str], secrets: Sequence[Secret], body: str
) -> bool:
    """Return whether the library accepts a message with one of the secrets."""
    for each in secrets:
        with suppress(WebhookVerificationError):
            Webhook(each.reveal()).verify(body, dict(headers), json_parse=False)
            return True
    return False


@settings(deadline=None, derandomize=True)
@given(MESSAGES, st.lists(KEYS, min_size=1, max_size=2), st.none() | st.text())
def test_the_verdict_is_that_of_the_reference_library(
    message: SentMessage, held: list[str], other_body: str | None
) -> None:
    """Both agree for any signatures, secrets, timestamps and modifications."""
    now = time.time()
    headers = message.headers(int(now))
    secrets = [secret(key) for key in held]
    body = message.body if other_body is None else other_body

    assert is_accepted(headers, secrets, now, body) is library_accepts(
        headers, secrets, body
    )


@settings(deadline=None, derandomize=True)
@given(MESSAGES)
def test_an_unmodified_message_is_accepted(message: SentMessage) -> None:
    """It must be recent, and have a signature made with a known secret."""
    now = time.time()
    unmodified = message._replace(received={}, signed=[*message.signed, ("v1", "a")])
    headers = unmodified.headers(int(now))

    fresh = abs(message.seconds) < webhook_signatures.TOLERANCE_SECONDS
    assert is_accepted(headers, [secret("a")], now, message.body) is fresh
    assert library_accepts(headers, [secret("a")], message.body) is fresh
