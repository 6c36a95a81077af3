"""A proxy's refusal is reported with its status, not retried, and never quoted."""

from __future__ import annotations

import json
import traceback

import pytest

from functions.errors import (
    Misconfigured,
    ProvisioningError,
    ProxyRefused,
    Unreachable,
)
from functions.transport.session import Session
from tests.byte_server import HANG_UP, TLS, Answer, ByteServer, answer, in_turn, serving
from tests.unit.sending import DONE, GET, POST, transport

PASSWORD = "pr0xy-pass-word"
CLOUD = "https://lts.cloud.example"
TUNNEL = Answer((b"HTTP/1.1 200 Connection established\r\n\r\n",))


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove this machine's proxy settings."""
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def failure(send: Session) -> ProvisioningError:
    """Return the error of a call."""
    with pytest.raises(ProvisioningError) as raised:
        send(POST)
    return raised.value


def printable(error: BaseException) -> str:
    """Return all text of an error, including its causes and contexts."""
    texts = traceback.format_exception(error)
    seen: BaseException | None = error
    while seen is not None:
        texts += [str(seen), repr(seen), repr(seen.__dict__), repr(seen.__context__)]
        seen = seen.__cause__ or seen.__context__
    if isinstance(error, ProvisioningError):
        texts.append(json.dumps(error.as_document()))
    return "".join(texts)


@pytest.mark.parametrize(
    ("status", "calls"),
    [("407 Proxy Authentication Required", 3), ("403 Forbidden", 9)],
)
@pytest.mark.parametrize("hang_up", [False, True])
def test_a_refusal_is_reported_with_its_status_and_not_retried(
    status: str, calls: int, monkeypatch: pytest.MonkeyPatch, *, hang_up: bool
) -> None:
    """The invocation's other calls are not sent to this proxy either."""
    reply = answer(b"{}", status, Proxy_Authenticate='Basic realm="x"')
    refusal = Answer(reply.pieces, hang_up=hang_up)
    with ByteServer(in_turn(refusal)) as proxy:
        address = f"user:{PASSWORD}@127.0.0.1:{proxy.port}"
        monkeypatch.setenv("HTTPS_PROXY", f"http://{address}")
        send = transport(CLOUD)
        errors = [failure(send) for _ in range(calls)]

    assert [type(error) for error in errors] == [ProxyRefused] * calls
    assert {error.upstream_status for error in errors} == {int(status[:3])}
    assert all(f"{CLOUD}, with {status[:3]}" in error.detail for error in errors)
    assert not any(error.retryable for error in errors)
    assert [request.target for request in proxy.requests] == ["lts.cloud.example:443"]
    assert PASSWORD not in "".join(map(printable, errors))


def test_a_later_invocation_uses_the_proxy_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The password may have been corrected."""
    with ByteServer(in_turn(answer(b"", 407))) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.endpoint)
        for _ in "12":
            assert isinstance(failure(transport(CLOUD)), ProxyRefused)

    assert len(proxy.requests) == 2


@pytest.mark.parametrize(
    "reply",
    [answer(b"", "502 Bad Gateway"), answer(b"", "503 Busy"), HANG_UP, TUNNEL],
    ids=["502", "503", "hang up", "no TLS"],
)
def test_a_failure_of_the_proxy_is_retried(
    reply: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call was not sent, so even a create can be retried."""
    with ByteServer(lambda call: DONE if call.startswith(TLS) else reply) as proxy:
        address = f"user:{PASSWORD}@127.0.0.1:{proxy.port}"
        monkeypatch.setenv("HTTPS_PROXY", f"http://{address}")
        send = transport(CLOUD)
        errors = [failure(send), failure(send)]

    assert [type(error) for error in errors] == [Unreachable] * 2
    assert len([each for each in proxy.requests if each.startswith(b"CONNECT")]) == 2
    assert PASSWORD not in "".join(map(printable, errors))


@pytest.mark.parametrize(
    "url",
    [
        f"http://user:{PASSWORD}@127.0.0.1:99999",
        f"http://user:{PASSWORD}@127.0.0.1:port",
        f"http://user:{PASSWORD}@[::1",
        f"http://user:{PASSWORD}@",
        f"http://user:{PASSWORD}#x@127.0.0.1:8080",
        f"http://user:{PASSWORD}@{'a' * 64}.example",
        f"ftp://user:{PASSWORD}@127.0.0.1:8080",
        f"socks5://user:{PASSWORD}@127.0.0.1:1080",
        f"user:{PASSWORD}@127.0.0.1:x",
    ],
)
def test_an_invalid_proxy_url_is_misconfigured(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No part of the error contains the password."""
    monkeypatch.setenv("HTTPS_PROXY", url)

    error = failure(transport(CLOUD))

    assert isinstance(error, Misconfigured)
    assert PASSWORD not in printable(error)


def test_local_endpoints_are_called_without_a_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The proxy gets no request in any format."""
    with serving(DONE) as server, serving(DONE) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.endpoint)

        assert transport(server.endpoint)(GET).status == 200
        assert proxy.requests == []


def test_an_endpoint_in_no_proxy_is_called_directly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The direct connection fails because the server does not use TLS."""
    with ByteServer(in_turn(answer(b"", 407))) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.endpoint)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        error = failure(transport(f"https://127.0.0.1:{proxy.port}", timeout=1.0))

    assert isinstance(error, Unreachable)
    assert not any(each.startswith(b"CONNECT") for each in proxy.requests)
