"""Environment variables other than settings: only proxies are used."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from functions.errors import Unreachable
from tests.byte_server import ByteServer, cut, in_turn
from tests.e2e.driving import EVENT, assert_one_of_each, send
from tests.e2e.faults import STREAM, expect_step_failure
from tests.e2e.output import Output
from tests.emulator import Emulator

_refuse = in_turn(cut(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"))
_hosts = (f"lts-{number}.invalid" for number in count())


@pytest.fixture
def https(monkeypatch: pytest.MonkeyPatch, cloud: Emulator) -> str:
    """Return a nonexistent LTS host that no earlier test has called."""
    host = next(_hosts)
    monkeypatch.setenv("HUAWEICLOUD_LTS_ENDPOINT", f"https://{host}")
    assert cloud.calls == []
    return host


@pytest.mark.parametrize("name", ["https_proxy", "all_proxy"])
def test_a_proxy_from_the_environment_is_used(
    monkeypatch: pytest.MonkeyPatch, https: str, name: str
) -> None:
    """If the proxy rejects the tunnel, the error is Unreachable: nothing was sent."""
    with ByteServer(_refuse) as proxy:
        monkeypatch.setenv(name, proxy.endpoint)
        with pytest.raises(Unreachable, match="the proxy refused the connection"):
            send("bootstrap", EVENT)
    tunnels = {request.split(b" HTTP/")[0] for request in proxy.requests}
    assert tunnels == {f"CONNECT {https}:443".encode()}


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
    with pytest.raises(Unreachable, match=rf"at https://{https}: DNS lookup failed"):
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
        address = proxy.endpoint.removeprefix("http://")
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:pass-of-the-proxy@{address}")
    monkeypatch.setenv("HUAWEICLOUD_LTS_ENDPOINT", f"https://{next(_hosts)}")
    error = expect_step_failure(cloud, STREAM, output)
    assert type(error) is Unreachable
    assert "pass-of-the-proxy" not in str(error) + output.text()
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
