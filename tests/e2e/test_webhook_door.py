"""Nobody gets through an HTTP trigger to the cloud who has not signed the request."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.commands import ENTRIES
from tests.e2e.answering import answered
from tests.e2e.driving import HANDLERS, LISTENER
from tests.e2e.samples import REQUESTS, sample, sent, signed, with_body
from tests.emulator import Emulator
from tests.unit.hooks import OTHER, SECRET, secret

Forge = Callable[[str], dict[str, Any]]
REMOVED = secret("r")
STALE_SECONDS = 305
FORGERIES: dict[str, Forge] = {
    "unsigned": sample,
    "too old": lambda name: signed(name, late=STALE_SECONDS),
    "too new": lambda name: signed(name, late=-STALE_SECONDS),
    "replayed with another body": lambda name: with_body(
        signed(name), json.dumps({"resource_id": LISTENER})
    ),
    "replayed with the same body spelt otherwise": lambda name: with_body(
        signed(name), sent(sample(name)) + " "
    ),
    "signed with a secret that was removed": lambda name: signed(name, REMOVED),
}

for_every_request = pytest.mark.parametrize("name", REQUESTS)


@pytest.fixture(autouse=True)
def locked(bare: pytest.MonkeyPatch) -> None:
    """Have two secrets, as while one is being replaced."""
    bare.setenv("WEBHOOK_SECRETS", f"{OTHER.reveal()} {SECRET.reveal()}")


def assert_says_nothing(told: dict[str, Any], kind: str, status: int) -> None:
    """Hold that a stranger learns what kind of failure it is, and no more."""
    assert told.keys() == {"type", "title", "status"}
    assert told["type"].endswith(f"/{kind}")
    assert told["status"] == status


@for_every_request
@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_a_stranger_is_refused_and_nothing_is_called(
    cloud: Emulator, name: str, entry: str, forge: Forge
) -> None:
    """Whichever gateway the request came through."""
    answer = answered(entry, forge(name))

    assert answer.status == 401
    assert_says_nothing(answer.told, "Unauthenticated", 401)
    assert cloud.calls == []


@for_every_request
def test_a_stranger_is_told_how_to_prove_who_they_are(
    cloud: Emulator, name: str
) -> None:
    """By a challenge, in the form of headers that the gateway wants."""
    reply: Any = HANDLERS["bootstrap"](sample(name), None)
    headers = reply.get("headers") or reply["multiValueHeaders"]

    assert headers["www-authenticate"] in ("StandardWebhooks", ["StandardWebhooks"])
    assert cloud.calls == []


@for_every_request
def test_both_secrets_let_in_while_one_is_being_replaced(
    mature: Emulator, bare: pytest.MonkeyPatch, name: str
) -> None:
    """Until the old one is removed: then only the new one does."""
    old, new = signed(name, SECRET), signed(name, OTHER)
    assert answered("bootstrap", old).status == 201
    assert answered("bootstrap", new).status == 200

    bare.setenv("WEBHOOK_SECRETS", OTHER.reveal())
    before = len(mature.calls)
    assert answered("bootstrap", old).status == 401
    assert len(mature.calls) == before
    assert answered("bootstrap", new).status == 200


@for_every_request
@pytest.mark.parametrize("secrets", ["", " "])
def test_without_a_secret_nobody_is_let_in(
    cloud: Emulator, bare: pytest.MonkeyPatch, name: str, secrets: str
) -> None:
    """The function is at fault, and says no more than that."""
    bare.setenv("WEBHOOK_SECRETS", secrets)
    for event in (sample(name), signed(name)):
        assert_says_nothing(answered("bootstrap", event).told, "Misconfigured", 500)

    assert cloud.calls == []


@for_every_request
@pytest.mark.parametrize("secrets", ["", SECRET.reveal()])
def test_the_gateways_own_authoriser_lets_in_where_it_is_trusted(
    cloud: Emulator, bare: pytest.MonkeyPatch, name: str, secrets: str
) -> None:
    """Nobody is asked for a signature then, whether a secret is set or not."""
    bare.setenv("WEBHOOK_AUTH", "platform")
    bare.setenv("WEBHOOK_SECRETS", secrets)

    assert answered("bootstrap", sample(name)).status == 201
    assert len(cloud.logtanks) == 1


def test_a_setting_that_is_misspelt_lets_nobody_in(
    cloud: Emulator, bare: pytest.MonkeyPatch
) -> None:
    """It is no word for trust, and is not taken for one."""
    bare.setenv("WEBHOOK_AUTH", "Platform!")
    for name in REQUESTS:
        assert_says_nothing(
            answered("bootstrap", signed(name)).told, "Misconfigured", 500
        )

    assert cloud.calls == []
