"""Ours and the reference library let the same webhooks pass."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from functions.errors import Unauthenticated
from functions.secret import Secret
from functions.triggers import signatures
from tests.unit.hooks import secret, signature

KEYS = st.sampled_from("ab")


class Message(NamedTuple):
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
    Message,
    body=st.text(),
    identifier=st.text(min_size=1),
    seconds=st.sampled_from([0, 1, -1, 290, -290, 310, -310, 10**6, -(10**6)]),
    signed=st.lists(
        st.tuples(st.sampled_from(["v1", "v1", "v1a", "v2", ""]), KEYS), max_size=3
    ),
    arrived=st.just({}) | st.fixed_dictionaries({}, optional={"id": st.text()}),
)


def ours(
    headers: Mapping[str, str], secrets: Sequence[Secret], body: str, now: float
) -> bool:
    """Return whether we let a message pass."""
    try:
        signatures.require(headers, body.encode(), secrets, now)
    except Unauthenticated:
        return False
    return True


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
    message: Message, held: list[str], other_body: str | None
) -> None:
    """Whatever was signed, by whom, for when, and whatever of it arrives."""
    now = time.time()
    headers = message.headers(int(now))
    secrets = [secret(key) for key in held]
    body = message.body if other_body is None else other_body

    verdict = ours(headers, secrets, body, now)

    assert verdict is the_librarys(headers, secrets, body)


@settings(deadline=None, derandomize=True)
@given(MESSAGES)
def test_a_message_that_is_as_it_was_signed_passes(message: Message) -> None:
    """If it is fresh, and one of its signatures is of a secret that is held."""
    now = time.time()
    whole = message._replace(arrived={}, signed=[*message.signed, ("v1", "a")])
    headers = whole.headers(int(now))

    fresh = abs(message.seconds) < signatures.TOLERANCE_SECONDS
    assert ours(headers, [secret("a")], message.body, now) is fresh
    assert the_librarys(headers, [secret("a")], message.body) is fresh
