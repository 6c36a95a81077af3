"""Whatever a peer sends back, no secret comes out of the function."""

from __future__ import annotations

import pytest

from tests.e2e.driving import EVENT, refused
from tests.e2e.output import Output, assert_nothing_secret
from tests.e2e.peers import Peer
from tests.e2e.weather import STREAM, Step, for_both_steps, suffer
from tests.emulator import Emulator


@for_both_steps
@pytest.mark.parametrize("status", [200, 400, 401, 403, 500])
def test_a_cloud_that_echoes_the_credential_is_not_quoted(
    cloud: Emulator, output: Output, step: Step, status: int
) -> None:
    """Neither from its body nor from its headers."""
    secrets = f"{cloud.access_key} {cloud.secret_key}"
    echo = {
        "error_code": cloud.access_key,
        "error_msg": secrets,
        "request_id": cloud.secret_key,
        cloud.secret_key: secrets,
    }
    headers = {"X-Request-Id": cloud.secret_key, "Retry-After": cloud.access_key}
    fault = {"operation": step.create, "status": status, "times": None}
    cloud.fail(fault | {"body": echo, "headers": headers})
    error = refused("bootstrap", EVENT)
    assert error.step == step.name
    assert_nothing_secret(cloud, error, output)
    assert "***" in str(error.as_document())


REPLIES = {
    "a status line of headers": b"%s\r\n\r\n",
    "a status that is no number": b"HTTP/1.1 %s\r\n\r\n",
    "a status of many words": b"HTTP/1.1 500 %s\r\nContent-Length: 0\r\n\r\n",
    "a length that is no number": b"HTTP/1.1 500 No\r\nContent-Length: %s\r\n\r\n",
    "a header without a colon": b"HTTP/1.1 500 No\r\n%s\r\nContent-Length: 0\r\n\r\n",
    "an unknown coding": (
        b"HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n%s\r\n"
    ),
    "a redirection": b"HTTP/1.1 302 No\r\nLocation: http://%s/\r\n\r\n",
    "a cookie": b"HTTP/1.1 500 No\r\nSet-Cookie: a=%s\r\nContent-Length: 0\r\n\r\n",
    "a body": b"HTTP/1.1 500 No\r\nContent-Length: 99\r\n\r\n%s",
}


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES.keys())
def test_a_peer_that_is_no_cloud_is_not_quoted(
    cloud: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    output: Output,
    caplog: pytest.LogCaptureFixture,
    reply: bytes,
) -> None:
    """Not even by the libraries, in their own errors and log lines."""
    token = "MIIOneLineThatHasNoSpaceInIt"
    for name in ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HUAWEICLOUD_AUTH_TOKEN", token)
    with Peer(lambda _request: reply % token.encode()) as peer:
        monkeypatch.setenv("HUAWEICLOUD_LTS_ENDPOINT", peer.url)
        error = suffer(cloud, STREAM, output)
        assert peer.requests
    assert_nothing_secret(cloud, error, output, token)
    assert token not in caplog.text
