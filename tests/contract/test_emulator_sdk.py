"""The vendor's own SDK works with the emulator: signing, parsing and paging."""

import pytest
from huaweicloudsdkcore.exceptions.exceptions import (
    ClientRequestException,
    ServerResponseException,
)
from huaweicloudsdkga import v1 as ga
from huaweicloudsdklts import v2 as lts

from tests.contract.emulator_client import UNKNOWN_ID
from tests.contract.emulator_sdk import Sdk, connect


def test_a_created_stream_is_listed_with_its_fields(sdk: Sdk) -> None:
    """The list has all fields; retention defaults to the group's (Table 3)."""
    tags = [lts.TagsBody(key="环境", value="prod"), lts.TagsBody(key="empty")]
    created = sdk.create_stream(
        "ga-one", ttl_in_days=7, tags=tags, log_stream_name_alias="one"
    )
    sdk.create_stream("ga-two")
    stream, other = sdk.list_streams()
    assert created.status_code == 201
    assert stream.log_stream_id == created.log_stream_id
    assert (stream.log_stream_name, stream.ttl_in_days) == ("ga-one", 7)
    assert stream.log_stream_name_alias == "one"
    assert stream.tag == {
        "_sys_enterprise_project_id": "0",
        "环境": "prod",
        "empty": "",
    }
    assert isinstance(stream.creation_time, int)
    assert other.ttl_in_days == 30


def test_the_stream_filter_matches_substrings(sdk: Sdk) -> None:
    """ListLogStreams also returns the log_group_id."""
    for name in ("ga-one", "ga-one-more", "other"):
        sdk.create_stream(name)
    request = lts.ListLogStreamsRequest(log_stream_name="ga-one")
    found = sdk.lts.list_log_streams(request).log_streams
    assert [stream.log_stream_name for stream in found] == ["ga-one", "ga-one-more"]
    assert {stream.log_group_id for stream in found} == {sdk.cloud.log_group_id}


def test_a_streams_retention_can_be_changed(sdk: Sdk) -> None:
    """UpdateLogStream is accepted although its Content-Type is spelled differently."""
    created = sdk.create_stream("ga-one")
    request = lts.UpdateLogStreamRequest(
        log_group_id=sdk.cloud.log_group_id,
        log_stream_id=created.log_stream_id,
        body=lts.UpdateLogStreamParams(ttl_in_days=90),
    )
    assert sdk.lts.update_log_stream(request).log_topic_id == created.log_stream_id
    assert sdk.list_streams()[0].ttl_in_days == 90


def test_a_logtank_is_created_shown_changed_and_deleted(sdk: Sdk) -> None:
    """The SDK parses each reply, and the deleted logtank no longer exists."""
    first = sdk.create_stream("ga-one").log_stream_id
    second = sdk.create_stream("ga-two").log_stream_id
    created = sdk.create_logtank(first)
    logtank_id = created.logtank.id
    shown = sdk.ga.show_logtank(ga.ShowLogtankRequest(logtank_id=logtank_id)).logtank
    assert (shown.status, shown.log_stream_id) == ("ACTIVE", first)
    assert shown.project_id == sdk.cloud.project_id
    target = ga.UpdateLogtankOption(
        log_group_id=sdk.cloud.log_group_id, log_stream_id=second
    )
    body = ga.UpdateLogtankRequestBody(logtank=target)
    request = ga.UpdateLogtankRequest(logtank_id=logtank_id, body=body)
    assert sdk.ga.update_logtank(request).logtank.log_stream_id == second
    sdk.delete_logtank(logtank_id)
    assert sdk.cloud.logtanks == []


def test_logtanks_are_paged_and_filtered(sdk: Sdk) -> None:
    """Each marker returns the next page; the last page has no marker."""
    stream_id = sdk.create_stream("ga-one").log_stream_id
    listeners = [f"listener-{number}" for number in range(5)]
    for listener in listeners:
        sdk.create_logtank(stream_id, listener)
    seen, marker = [], None
    for expected in (2, 2, 1):
        request = ga.ListLogtanksRequest(limit=2, marker=marker)
        page = sdk.ga.list_logtanks(request)
        assert page.page_info.current_count == expected
        seen += [logtank.resource_id for logtank in page.logtanks]
        marker = page.page_info.next_marker
    assert (seen, marker) == (listeners, None)
    two = ga.ListLogtanksRequest(resource_ids=["listener-1", "listener-3", "none"])
    found = sdk.ga.list_logtanks(two).logtanks
    assert [tank.resource_id for tank in found] == ["listener-1", "listener-3"]


def test_a_stream_in_use_cannot_be_deleted(sdk: Sdk) -> None:
    """The reply is LTS.0207 while a logtank uses the stream, then 204."""
    stream_id = sdk.create_stream("ga-one").log_stream_id
    logtank_id = sdk.create_logtank(stream_id).logtank.id
    with pytest.raises(ClientRequestException) as rejected:
        sdk.delete_stream(stream_id)
    assert rejected.value.error_code == "LTS.0207"
    sdk.delete_logtank(logtank_id)
    assert sdk.delete_stream(stream_id).status_code == 204
    assert sdk.cloud.streams == []


def test_the_sdk_parses_errors(sdk: Sdk) -> None:
    """Errors of LTS and GA have their code, status and request ID."""
    stream_id = sdk.create_stream("ga-one").log_stream_id
    sdk.create_logtank(stream_id)
    with pytest.raises(ClientRequestException) as taken:
        sdk.create_stream("ga-one")
    with pytest.raises(ClientRequestException) as second:
        sdk.create_logtank(stream_id)
    with pytest.raises(ClientRequestException) as missing:
        sdk.create_logtank(UNKNOWN_ID, "another")
    errors = [taken.value, second.value, missing.value]
    assert [(r.status_code, r.error_code) for r in errors] == [
        (400, "LTS.0205"),
        (400, "GA.9104"),
        (404, "GA.9002"),
    ]
    assert taken.value.request_id == sdk.cloud.calls[2]["request_id"]


def test_a_fault_is_a_server_error_in_the_sdk(sdk: Sdk) -> None:
    """A status without a body gets the documented error of the operation."""
    sdk.cloud.fail({"operation": "CreateLogStream", "status": 500})
    with pytest.raises(ServerResponseException) as failed:
        sdk.create_stream("ga-one")
    assert (failed.value.status_code, failed.value.error_code) == (500, "LTS.0202")
    assert sdk.create_stream("ga-one").status_code == 201


def test_five_wrong_signatures_lock_the_access_key(sdk: Sdk) -> None:
    """Afterwards, both services also reject the correct secret key."""
    wrong = connect(sdk.cloud, "wrong")
    rejections = []
    for attempt in (wrong.list_streams,) * 5 + (sdk.list_streams,):
        with pytest.raises(ClientRequestException) as rejected:
            attempt()
        rejections.append(rejected.value)
    assert {(r.status_code, r.error_code) for r in rejections} == {(401, "APIGW.0301")}
    assert rejections[0].error_msg.endswith("verify aksk signature fail")
    assert "forbidden" in rejections[5].error_msg
    with pytest.raises(ClientRequestException) as other_service:
        sdk.ga.list_logtanks(ga.ListLogtanksRequest())
    assert other_service.value.status_code == 401


def test_groups_are_created_listed_and_deleted(sdk: Sdk) -> None:
    """A new log group can exist in addition to the initial one."""
    body = lts.CreateLogGroupParams(log_group_name="mine", ttl_in_days=5)
    created = sdk.lts.create_log_group(lts.CreateLogGroupRequest(body=body))
    groups = sdk.lts.list_log_groups(lts.ListLogGroupsRequest()).log_groups
    assert [group.log_group_name for group in groups] == ["ga-access-logs", "mine"]
    request = lts.DeleteLogGroupRequest(log_group_id=created.log_group_id)
    assert sdk.lts.delete_log_group(request).status_code == 204
    assert len(sdk.cloud.state()["log_groups"]) == 1
