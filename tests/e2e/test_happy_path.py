"""The happy path: two calls return the IDs, and a redelivery returns the same IDs."""

from __future__ import annotations

import pytest

from tests.e2e.contexts import LambdaContext
from tests.e2e.driving import (
    EVENT,
    LISTENER,
    STREAM_NAME,
    assert_one_of_each,
    logtank_event,
    operations,
    send,
)
from tests.e2e.faults import BRIEF_SECONDS
from tests.emulator import Emulator


def test_a_listener_gets_its_access_log_in_two_calls(cloud: Emulator) -> None:
    """Creating the log stream and creating the logtank are the only calls."""
    result = send("bootstrap", EVENT)
    assert operations(cloud) == ["CreateLogStream", "CreateLogtank"]
    assert_one_of_each(cloud, result)
    assert result == {
        "log_group_id": cloud.log_group_id,
        "log_stream_id": cloud.streams[0]["log_stream_id"],
        "logtank_id": cloud.logtanks[0]["id"],
        "resource_type": "LISTENER",
        "resource_id": LISTENER,
        "status": "ACTIVE",
        "created": ["log_stream", "logtank"],
    }


def test_a_redelivery_returns_the_same_ids_and_creates_nothing(
    cloud: Emulator,
) -> None:
    """Sending an event twice is safe."""
    first = send("bootstrap", EVENT)
    assert send("bootstrap", EVENT) == first | {"created": []}
    assert_one_of_each(cloud, first)


def test_all_fields_of_an_event_are_sent_to_lts(cloud: Emulator) -> None:
    """The fields form the body of *Creating a Log Stream*, without the listener."""
    body = {
        "log_stream_name": "edge-1",
        "ttl_in_days": 7,
        "tags": [{"key": "Straße", "value": "7"}, {"key": "bare"}],
        "log_stream_name_alias": "edge-one",
        "enterprise_project_name": "edge",
    }
    place = {"project_id": cloud.project_id, "log_group_id": cloud.log_group_id}
    send("bootstrap", {**EVENT, **place, **body, "resource_type": "LISTENER"})
    stream_call, logtank_call = cloud.calls
    assert stream_call["request_body"] == body
    assert stream_call["path"] == (
        f"/v2/{cloud.project_id}/groups/{cloud.log_group_id}/streams"
    )
    assert logtank_call["request_body"] == logtank_event(
        cloud, cloud.streams[0]["log_stream_id"]
    )


def test_create_log_stream_creates_the_stream(cloud: Emulator) -> None:
    """It takes one call, and a redelivery returns the same ID."""
    event = {"log_stream_name": STREAM_NAME}
    first = send("create_log_stream", event)
    assert operations(cloud) == ["CreateLogStream"]
    assert first == {
        "log_group_id": cloud.log_group_id,
        "log_stream_id": cloud.streams[0]["log_stream_id"],
        "created": True,
    }
    assert send("create_log_stream", event) == first | {"created": False}
    assert len(cloud.streams) == 1


def test_create_logtank_looks_up_and_creates_the_logtank(cloud: Emulator) -> None:
    """The result is as documented, and a redelivery returns the same logtank."""
    stream = send("create_log_stream", {"log_stream_name": STREAM_NAME})
    event = logtank_event(cloud, stream["log_stream_id"])
    first = send("create_logtank", event, LambdaContext(BRIEF_SECONDS))
    made = cloud.logtanks[0]
    assert operations(cloud)[1:3] == ["ListLogtanks", "CreateLogtank"]
    assert first["logtank"] == made
    assert first["request_id"] == cloud.calls[2]["request_id"]
    assert first["created"] is True
    again = send("create_logtank", event, LambdaContext(BRIEF_SECONDS))
    assert (again["logtank"], again["created"]) == (made, False)
    assert len(cloud.logtanks) == 1


def test_the_single_steps_find_what_bootstrap_created(cloud: Emulator) -> None:
    """They return the same log stream and the same logtank."""
    whole = send("bootstrap", EVENT)
    stream = send("create_log_stream", {"log_stream_name": STREAM_NAME})
    event = logtank_event(cloud, whole["log_stream_id"])
    logtank = send("create_logtank", event, LambdaContext(BRIEF_SECONDS))
    assert stream == {
        "log_group_id": cloud.log_group_id,
        "log_stream_id": whole["log_stream_id"],
        "created": False,
    }
    assert logtank["logtank"]["id"] == whole["logtank_id"]
    assert logtank["created"] is False


def test_every_call_has_the_documented_headers(cloud: Emulator) -> None:
    """LTS has its own content type, and both services get the project ID."""
    send("bootstrap", EVENT)
    stream_headers, logtank_headers = (call["request_headers"] for call in cloud.calls)
    assert stream_headers["content-type"] == "application/json;charset=utf8"
    assert stream_headers["x-project-id"] == cloud.project_id
    assert logtank_headers["content-type"] == "application/json"
    assert logtank_headers["x-project-id"] == cloud.project_id
    assert "x-domain-id" not in stream_headers.keys() | logtank_headers.keys()


def test_a_domain_id_is_sent_to_global_accelerator_instead_of_the_project_id(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GA has no projects; LTS still gets the project ID."""
    monkeypatch.setenv("HUAWEICLOUD_SDK_DOMAIN_ID", cloud.domain_id)
    send("bootstrap", EVENT)
    stream_headers, logtank_headers = (call["request_headers"] for call in cloud.calls)
    assert stream_headers["x-project-id"] == cloud.project_id
    assert "x-domain-id" not in stream_headers
    assert logtank_headers["x-domain-id"] == cloud.domain_id
    assert "x-project-id" not in logtank_headers


def test_a_connection_closed_by_the_cloud_is_replaced(
    cloud: Emulator,
) -> None:
    """Connections are kept between invocations, and a closed one costs no attempt."""
    send("bootstrap", EVENT)
    port = int(cloud.url.rpartition(":")[2])
    cloud.stop()
    with Emulator(port) as successor:
        result = send("bootstrap", EVENT)
        assert operations(successor) == ["CreateLogStream", "CreateLogtank"]
        assert_one_of_each(successor, result)
