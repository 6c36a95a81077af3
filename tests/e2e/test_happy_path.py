"""When nothing goes wrong: two requests, the IDs back, and the same IDs again."""

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


def test_a_listener_gets_its_access_log_in_two_requests(cloud: Emulator) -> None:
    """A create of the stream, a create of the logtank, and nothing else."""
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


def test_a_second_delivery_gives_the_same_ids_and_makes_nothing(
    cloud: Emulator,
) -> None:
    """An event is safe to send twice."""
    first = send("bootstrap", EVENT)
    assert send("bootstrap", EVENT) == first | {"created": []}
    assert_one_of_each(cloud, first)


def test_all_fields_of_an_event_reach_the_log_tank_service(cloud: Emulator) -> None:
    """They are the body of *Creating a Log Stream*; the listener is not among them."""
    body = {
        "log_stream_name": "edge-1",
        "ttl_in_days": 7,
        "tags": [{"key": "Straße", "value": "7"}, {"key": "bare"}],
        "log_stream_name_alias": "edge-one",
        "enterprise_project_name": "edge",
    }
    place = {"project_id": cloud.project_id, "log_group_id": cloud.log_group_id}
    send("bootstrap", {**EVENT, **place, **body, "resource_type": "LISTENER"})
    creating, shipping = cloud.calls
    assert creating["request_body"] == body
    assert creating["path"] == (
        f"/v2/{cloud.project_id}/groups/{cloud.log_group_id}/streams"
    )
    assert shipping["request_body"] == logtank_event(
        cloud, cloud.streams[0]["log_stream_id"]
    )


def test_the_first_half_alone_makes_the_stream(cloud: Emulator) -> None:
    """One request; sent again, the same id, and nothing made."""
    event = {"log_stream_name": STREAM_NAME}
    first = send("create_log_stream", event)
    assert operations(cloud) == ["CreateLogStream"]
    assert first == {
        "log_stream_id": cloud.streams[0]["log_stream_id"],
        "created": True,
    }
    assert send("create_log_stream", event) == first | {"created": False}
    assert len(cloud.streams) == 1


def test_the_second_half_alone_looks_and_makes_the_logtank(cloud: Emulator) -> None:
    """The answer is the documented one; sent again, the same logtank."""
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


def test_the_halves_and_the_whole_find_what_the_other_made(cloud: Emulator) -> None:
    """One name, one stream; one listener, one logtank."""
    whole = send("bootstrap", EVENT)
    stream = send("create_log_stream", {"log_stream_name": STREAM_NAME})
    event = logtank_event(cloud, whole["log_stream_id"])
    logtank = send("create_logtank", event, LambdaContext(BRIEF_SECONDS))
    assert stream == {"log_stream_id": whole["log_stream_id"], "created": False}
    assert logtank["logtank"]["id"] == whole["logtank_id"]
    assert logtank["created"] is False


def test_every_request_has_the_headers_its_page_demands(cloud: Emulator) -> None:
    """LTS's own Content-Type, and the project in both."""
    send("bootstrap", EVENT)
    creating, shipping = (call["request_headers"] for call in cloud.calls)
    assert creating["content-type"] == "application/json;charset=utf8"
    assert creating["x-project-id"] == cloud.project_id
    assert shipping["content-type"] == "application/json"
    assert shipping["x-project-id"] == cloud.project_id
    assert "x-domain-id" not in creating.keys() | shipping.keys()


def test_a_domain_id_goes_to_global_accelerator_in_place_of_the_project(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GA has no region and no projects; LTS is told the project as ever."""
    monkeypatch.setenv("HUAWEICLOUD_SDK_DOMAIN_ID", cloud.domain_id)
    send("bootstrap", EVENT)
    creating, shipping = (call["request_headers"] for call in cloud.calls)
    assert creating["x-project-id"] == cloud.project_id
    assert "x-domain-id" not in creating
    assert shipping["x-domain-id"] == cloud.domain_id
    assert "x-project-id" not in shipping


def test_a_connection_that_the_cloud_closed_meanwhile_is_replaced(
    cloud: Emulator,
) -> None:
    """Connections are kept between invocations, and a dead one costs no attempt."""
    send("bootstrap", EVENT)
    port = int(cloud.url.rpartition(":")[2])
    cloud.stop()
    with Emulator(port) as successor:
        result = send("bootstrap", EVENT)
        assert operations(successor) == ["CreateLogStream", "CreateLogtank"]
        assert_one_of_each(successor, result)
