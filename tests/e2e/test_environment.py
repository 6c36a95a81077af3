"""What is taken from the environment besides the settings: proxies, and no more."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from functions.errors import Unreachable
from tests.byte_server import ByteServer, cut, in_turn
from tests.e2e.driving import EVENT, assert_one_of_each, send
from tests.e2e.faults import STREAM, suffer
from tests.e2e.output import Output
from tests.emulator import Emulator

_refuse = in_turn(cut(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"))
_hosts = (f"lts-{number}.invalid" for number in count())


@pytest.fixture
def https(monkeypatch: pytest.MonkeyPatch, cloud: Emulator) -> str:
    """Return the host of an LTS elsewhere, which no earlier test has called."""
    host = next(_hosts)
    monkeypatch.setenv("HUAWEICLOUD_LTS_ENDPOINT", f"https://{host}")
    assert cloud.calls == []
    return host


@pytest.mark.parametrize("name", ["https_proxy", "all_proxy"])
def test_a_proxy_of_the_environment_is_asked_for_a_tunnel(
    monkeypatch: pytest.MonkeyPatch, https: str, name: str
) -> None:
    """One that refuses leaves nothing unknown: the create was not even written."""
    with ByteServer(_refuse) as proxy:
        monkeypatch.setenv(name, proxy.endpoint)
        with pytest.raises(Unreachable, match="the proxy let nothing through"):
            send("bootstrap", EVENT)
    tunnels = {request.split(b" HTTP/")[0] for request in proxy.requests}
    assert tunnels == {f"CONNECT {https}:443".encode()}


def test_a_host_that_needs_no_proxy_is_called_directly(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is on this machine needs none, whatever the environment says."""
    with ByteServer(_refuse) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.endpoint)
        assert_one_of_each(cloud, send("bootstrap", EVENT))
    assert proxy.requests == []


def test_a_host_that_does_not_exist_is_named(
    monkeypatch: pytest.MonkeyPatch, https: str
) -> None:
    """A region or an endpoint with a slip in it is found at once."""
    monkeypatch.setenv("RETRY_ATTEMPTS", "1")
    with pytest.raises(
        Unreachable, match=rf"at https://{https}: its name is not known"
    ):
        send("bootstrap", EVENT)


def test_a_host_that_no_proxy_names_is_called_directly(
    monkeypatch: pytest.MonkeyPatch, https: str
) -> None:
    """NO_PROXY says which; this one does not exist."""
    with ByteServer(_refuse) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.endpoint)
        monkeypatch.setenv("NO_PROXY", https)
        with pytest.raises(Unreachable):
            send("bootstrap", EVENT)
    assert proxy.requests == []


def test_a_proxy_that_is_not_there_is_unreachable(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch, output: Output
) -> None:
    """Its password is not shown, and nothing was sent that could have worked."""
    with ByteServer(_refuse) as proxy:
        address = proxy.endpoint.removeprefix("http://")
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:pass-of-the-proxy@{address}")
    monkeypatch.setenv("HUAWEICLOUD_LTS_ENDPOINT", f"https://{next(_hosts)}")
    error = suffer(cloud, STREAM, output)
    assert type(error) is Unreachable
    assert "pass-of-the-proxy" not in str(error) + output.text()
    assert cloud.calls == []


def test_netrc_is_not_read(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A credential for the very host that is called stays at home."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password something\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.delenv("HUAWEICLOUD_SDK_AK")
    monkeypatch.delenv("HUAWEICLOUD_SDK_SK")
    monkeypatch.setenv("HUAWEICLOUD_AUTH_TOKEN", cloud.token)
    assert_one_of_each(cloud, send("bootstrap", EVENT))
    for call in cloud.calls:
        assert "authorization" not in call["request_headers"]
