"""A listener ID that does not have GA's form is looked up before any creation."""

from __future__ import annotations

from uuid import uuid4

import pytest

from functions.errors import NotFound
from tests.e2e.driving import expect_error, send
from tests.emulator import Emulator

FIRST_CALLS = ["CreateLogStream", "CreateLogtank"]


@pytest.mark.parametrize("listener", ["shop", "78d425da", "g" * 32, "0" * 31, "0" * 33])
def test_an_unusual_id_of_no_listener_creates_nothing(
    cloud: Emulator, listener: str
) -> None:
    """The error is GA's, and no log stream is left behind."""
    cloud.reset(listeners=[str(uuid4())])
    error = expect_error("bootstrap", {"resource_id": listener})
    assert isinstance(error, NotFound)
    assert [call["operation"] for call in cloud.calls] == ["ShowListener"]
    assert cloud.state()["log_streams"] == []


def test_an_unusual_id_of_a_listener_is_accepted(cloud: Emulator) -> None:
    """The documents do not exclude other forms of IDs."""
    cloud.reset(listeners=["listener-7"])
    send("bootstrap", {"resource_id": "listener-7"})
    made = [call["operation"] for call in cloud.calls]
    assert made == ["ShowListener", *FIRST_CALLS]


def test_the_lookup_is_made_for_the_project_of_the_event(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The project in the settings may be another one."""
    monkeypatch.setenv("HUAWEICLOUD_SDK_PROJECT_ID", "c" * 32)
    project = cloud.state()["project_id"]
    send("bootstrap", {"resource_id": "listener-7", "project_id": project})
    assert len(cloud.logtanks) == 1


@pytest.mark.parametrize("form", ["hex", "HEX", "hyphens"])
def test_a_usual_id_is_not_looked_up(cloud: Emulator, form: str) -> None:
    """A first bootstrap of such a listener takes two calls."""
    new = uuid4()
    listener = {"hex": new.hex, "HEX": new.hex.upper(), "hyphens": str(new)}[form]
    send("bootstrap", {"resource_id": listener})
    assert [call["operation"] for call in cloud.calls] == FIRST_CALLS
