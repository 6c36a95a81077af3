"""An extension that says something else than a secret, or nothing in time."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from functions.errors import Misconfigured, ProvisioningError
from tests.e2e.contexts import LambdaContext
from tests.e2e.credentials.conftest import Quiet
from tests.e2e.credentials.desk import Desk, Dripped, Said, said, waited
from tests.e2e.credentials.extension import SESSION, holding, in_turn, install
from tests.e2e.credentials.wholes import AK, SK, fresh
from tests.e2e.driving import EVENT, refused

VALUE = fresh("value")
STRING = json.dumps({"SecretString": json.dumps({AK: VALUE})}).encode()
BODIES: dict[str, Said] = {
    "nothing": said(200, b""),
    "no JSON": said(200, VALUE.encode()),
    "no text": said(200, b"\xff\xfe" + VALUE.encode()),
    "a list": said(200, [VALUE]),
    "a text": said(200, VALUE),
    "nothing of JSON": said(200, None),
    "no SecretString": said(200, {"Name": VALUE}),
    "a binary secret": said(200, {"SecretBinary": VALUE}),
    "a SecretString of null": said(200, {"SecretString": None, "Name": VALUE}),
    "a SecretString of no text": said(200, {"SecretString": {AK: VALUE}}),
    "a plain password": said(200, {"SecretString": VALUE}),
    "a list in it": holding([VALUE]),
    "a text in it": holding(VALUE),
    "a number in it": said(200, {"SecretString": "7", "Name": VALUE}),
    "JSON that is very deep": said(200, b'["' + VALUE.encode() + b'",' + b"[" * 10**5),
    "deep JSON in it": said(200, {"SecretString": "[" * 10**5, "Name": VALUE}),
    "a redirection": said(302, STRING, {"Location": f"http://127.0.0.1/{VALUE}"}),
    "half an answer": said(200, STRING)[:-9],
    "no HTTP": f"{VALUE}\r\n\r\n".encode(),
    "a status of words": f"HTTP/1.1 {VALUE} OK\r\n\r\n".encode(),
    "a length of words": f"HTTP/1.1 200 OK\r\nContent-Length: {VALUE}\r\n\r\n".encode(),
    "an unknown coding": (
        f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{VALUE}\r\n".encode()
    ),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_what_is_no_secret_of_settings_is_misconfigured(
    alone: pytest.MonkeyPatch, quiet: Quiet, body: Said
) -> None:
    """Whatever it is, it is not quoted, and nothing is sent."""
    with Desk(in_turn(body)) as desk:
        told = install(alone, desk)
        error = refused("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert "HUAWEICLOUD_SECRET_ARN" in error.detail
    assert 1 <= len(desk.asked) <= 2
    quiet(error, [VALUE, told[SESSION]])


@pytest.mark.parametrize("session", ["line\nbreak", "trailing\n", "日志"])
def test_an_odd_session_token_is_no_reason_to_break(
    alone: pytest.MonkeyPatch, quiet: Quiet, session: str
) -> None:
    """It ends in a result, or in our error that does not quote it."""
    whole = f"{fresh('session')}{session}"
    with Desk(in_turn(said(403, {}))) as desk:
        install(alone, desk, **{SESSION: whole})
        error = refused("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    quiet(error, [whole, whole.split("\n", maxsplit=1)[0]])


@pytest.mark.parametrize(
    "answer",
    [None, Dripped(said(200, b" " * 4000), 0.05)],
    ids=["silent", "a byte at a time"],
)
def test_an_extension_that_hangs_does_not_take_the_functions_time(
    alone: pytest.MonkeyPatch, answer: Said
) -> None:
    """The error comes while there is time for a reply."""
    with ThreadPoolExecutor(1) as pool, Desk(lambda _asked: answer) as desk:
        install(alone, desk)
        began = time.monotonic()
        running = pool.submit(refused, "bootstrap", EVENT, LambdaContext(1.2))
        in_time = waited(running.done, 1.2)
        seconds = time.monotonic() - began
    assert in_time, f"nothing came back within {seconds:.1f} seconds"
    assert isinstance(running.result(), ProvisioningError)


@pytest.mark.parametrize("name", [AK, SK, "HUAWEICLOUD_IAM_PASSWORD"])
def test_a_wrong_setting_in_a_secret_is_named_and_not_quoted(
    alone: pytest.MonkeyPatch, quiet: Quiet, name: str
) -> None:
    """A line break was pasted with it, or its other half was forgotten."""
    value = fresh("value")
    broken = value if "PASSWORD" in name else f"{value}\n"
    with Desk(in_turn(holding({AK: fresh(), SK: fresh(), name: broken}))) as desk:
        install(alone, desk)
        error = refused("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert name in error.detail
    quiet(error, [value])
