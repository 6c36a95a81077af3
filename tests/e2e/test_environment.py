"""Environment variables other than settings: only proxies are used."""

from __future__ import annotations

from base64 import b64encode
from itertools import count
from pathlib import Path

import pytest

from functions.errors import BatchFailed, Misconfigured, ProxyRefused, Unreachable
from tests.byte_server import ByteServer, cut, in_turn
from tests.e2e.credentials.wholes import keys_of, put, user_of
from tests.e2e.driving import EVENT, assert_one_of_each, expect_error, listeners, send
from tests.e2e.faults import STREAM, expect_step_failure
from tests.e2e.output import Output, assert_nothing_secret
from tests.emulator import Emulator

_refuse = in_turn(cut(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"))
PASSWORD = "pass-of-the-proxy"
PASSWORDS = (PASSWORD, b64encode(f"user:{PASSWORD}".encode()).decode())
"""The password, and the form in which it is sent."""
_hosts = (f"lts-{number}.invalid" for number in count())


@pytest.fixture
def https(monkeypatch: pytest.MonkeyPatch, cloud: Emulator) -> str:
    """Return a nonexistent LTS host that no earlier test has called."""
    host = next(_hosts)
    monkeypatch.setenv("HUAWEICLOUD_LTS_ENDPOINT", f"https://{host}")
    assert cloud.calls == []
    return host


@pytest.mark.parametrize(
    "rejection", [("https_proxy", 407), ("all_proxy", 407), ("HTTPS_PROXY", 403)]
)
def test_an_error_reply_of_a_proxy_stops_all_calls_of_the_event(
    monkeypatch: pytest.MonkeyPatch,
    cloud: Emulator,
    output: Output,
    https: str,
    rejection: tuple[str, int],
) -> None:
    """The proxy is called once; the errors contain its status but not its password."""
    name, status = rejection
    with ByteServer(in_turn(cut(f"HTTP/1.1 {status} No\r\n\r\n".encode()))) as proxy:
        monkeypatch.setenv(name, _with_password(proxy.endpoint))
        error = expect_error("bootstrap", listeners(12))
    (request,) = proxy.requests
    assert request.split(b" HTTP/")[0] == f"CONNECT {https}:443".encode()
    assert "proxy-authorization" in request.headers
    assert isinstance(error, BatchFailed)
    failures = {(type(e), e.upstream_status, e.status) for e in error.failures.values()}
    assert failures == {(ProxyRefused, status, 502)}
    assert "HTTPS_PROXY" in str(error)
    assert_nothing_secret(cloud, error, output, *PASSWORDS)
    for each in error.failures.values():
        assert_nothing_secret(cloud, each, output, *PASSWORDS)


def test_a_token_request_that_the_proxy_rejects_stops_all_calls(
    monkeypatch: pytest.MonkeyPatch, cloud: Emulator
) -> None:
    """Nothing is sent without a token, and the next event tries the proxy again."""
    for name in keys_of(cloud):
        monkeypatch.delenv(name)
    put(monkeypatch, user_of(cloud))
    monkeypatch.setenv("HUAWEICLOUD_IAM_ENDPOINT", f"https://{next(_hosts)}")
    with ByteServer(_refuse) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", _with_password(proxy.endpoint))
        for attempt in (1, 2):
            error = expect_error("bootstrap", listeners(6))
            assert isinstance(error, BatchFailed)
            kinds = {(type(each), each.service) for each in error.failures.values()}
            assert kinds == {(ProxyRefused, "IAM")}
            assert len(proxy.requests) == attempt
    assert cloud.calls == []


@pytest.mark.parametrize(
    "url",
    [
        "http://user:{}@127.0.0.1:notaport",
        "http://user:{}@127.0.0.1:99999",
        "http://user:{}@[::1",
        "ftp://user:{}@127.0.0.1:9",
        "http://user:{}/x@127.0.0.1:9",
    ],
)
@pytest.mark.usefixtures("https")
def test_an_invalid_proxy_url_is_not_quoted(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch, output: Output, url: str
) -> None:
    """The password is neither in the error nor in any exception that caused it."""
    monkeypatch.setenv("HTTPS_PROXY", url.format(PASSWORD))
    error = expect_error("bootstrap", EVENT)
    assert type(error) in {Misconfigured, Unreachable}
    assert_nothing_secret(cloud, error, output, *PASSWORDS)


def test_a_local_host_is_called_without_a_proxy(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy setting does not apply to this machine."""
    with ByteServer(_refuse) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.endpoint)
        assert_one_of_each(cloud, send("bootstrap", EVENT))
    assert proxy.requests == []


def test_a_nonexistent_host_is_named(
    monkeypatch: pytest.MonkeyPatch, https: str
) -> None:
    """The error names the endpoint, so that a typo is easy to find."""
    monkeypatch.setenv("RETRY_ATTEMPTS", "1")
    with pytest.raises(
        Unreachable, match=rf"at https://{https} failed: DNS lookup failed"
    ):
        send("bootstrap", EVENT)


def test_a_host_in_no_proxy_is_called_directly(
    monkeypatch: pytest.MonkeyPatch, https: str
) -> None:
    """The host does not exist, but the proxy gets no request."""
    with ByteServer(_refuse) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.endpoint)
        monkeypatch.setenv("NO_PROXY", https)
        with pytest.raises(Unreachable):
            send("bootstrap", EVENT)
    assert proxy.requests == []


def test_a_proxy_that_is_down_is_unreachable(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch, output: Output
) -> None:
    """The proxy password is not shown, and the error is Unreachable."""
    with ByteServer(_refuse) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", _with_password(proxy.endpoint))
    monkeypatch.setenv("HUAWEICLOUD_LTS_ENDPOINT", f"https://{next(_hosts)}")
    error = expect_step_failure(cloud, STREAM, output)
    assert type(error) is Unreachable
    assert_nothing_secret(cloud, error, output, *PASSWORDS)
    assert cloud.calls == []


def test_netrc_is_not_read(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A .netrc entry for the called host is not sent."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login user password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.delenv("HUAWEICLOUD_SDK_AK")
    monkeypatch.delenv("HUAWEICLOUD_SDK_SK")
    monkeypatch.setenv("HUAWEICLOUD_AUTH_TOKEN", cloud.token)
    assert_one_of_each(cloud, send("bootstrap", EVENT))
    for call in cloud.calls:
        assert "authorization" not in call["request_headers"]


def _with_password(endpoint: str) -> str:
    return endpoint.replace("http://", f"http://user:{PASSWORD}@")
