"""What is taken from the environment besides the settings: proxies, and no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from functions.errors import Unreachable
from tests.e2e.driving import EVENT, assert_one_of_each, send
from tests.e2e.output import Output
from tests.e2e.peers import Peer, relay
from tests.e2e.weather import STREAM, suffer
from tests.emulator import Emulator


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy"])
def test_a_proxy_of_the_environment_is_used(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Every request goes through it, and its signature holds behind it."""
    with Peer(relay) as proxy:
        monkeypatch.setenv(name, proxy.url)
        result = send("bootstrap", EVENT)
    assert_one_of_each(cloud, result)
    addresses = [request.split(b" ")[1].decode() for request in proxy.requests]
    assert addresses == [
        f"{cloud.url}/v2/{cloud.project_id}/groups/{cloud.log_group_id}/streams",
        f"{cloud.url}/v1/logtanks",
    ]


def test_a_host_that_needs_no_proxy_is_called_directly(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NO_PROXY says which."""
    with Peer(relay) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert_one_of_each(cloud, send("bootstrap", EVENT))
    assert proxy.requests == []


def test_a_proxy_that_is_not_there_is_unreachable(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch, output: Output
) -> None:
    """Its password is not shown, and nothing was sent that could have worked."""
    with Peer(relay) as proxy:
        address = proxy.url.removeprefix("http://")
    monkeypatch.setenv("HTTP_PROXY", f"http://user:pass-of-the-proxy@{address}")
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
