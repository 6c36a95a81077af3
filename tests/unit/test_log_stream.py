"""A log stream is created or adopted, with a lease for the logtank if created."""

from __future__ import annotations

from typing import NoReturn

import pytest

from functions.errors import (
    AlreadyExists,
    Malfunction,
    ProvisioningError,
    QuotaExceeded,
    ServiceFailed,
)
from functions.huaweicloud.lts import NewStream
from functions.provisioning import log_stream
from functions.provisioning.lease import Lease
from functions.provisioning.log_stream import EnsuredStream
from functions.transport.calls import Reply
from tests.unit.script import Line, refusal
from tests.unit.scripted_cloud import (
    FAILED,
    LIST_STREAMS,
    NOW,
    OLD,
    POST_STREAM,
    STREAM_MADE,
    STREAM_TAKEN,
    THROTTLED,
    YOUNG,
    ScriptedCloud,
    group,
    groups,
    no_streams,
    streams,
)

NEW = NewStream("p", "g", {"log_stream_name": "n", "ttl_in_days": 7})


def adopted(
    *,
    created: bool = False,
    differs: list[str] | None = None,
    created_at: float | None = OLD,
) -> EnsuredStream:
    """Return the adopted stream, without a valid lease."""
    lease = Lease(adopted=True, stream_created_at=created_at, stream_seen_at=NOW)
    return EnsuredStream("s", created, lease, tuple(differs or ()))


def test_a_new_stream_takes_one_call_and_gets_a_lease() -> None:
    """A caller known to be the creator may create the logtank from then on."""
    stage = ScriptedCloud(STREAM_MADE, seconds=0.5)

    ensured = log_stream.ensure(NEW, stage.cloud)

    assert ensured == EnsuredStream("s", created=True, lease=Lease(1000.0))
    assert stage.operations == [POST_STREAM]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([STREAM_TAKEN, streams(OLD)], adopted()),
        ([STREAM_TAKEN, streams(None)], adopted(created_at=None)),
        (
            [STREAM_TAKEN, streams(OLD, ttl_in_days=30)],
            adopted(differs=["ttl_in_days"]),
        ),
        (
            [FAILED, streams(OLD, ttl_in_days=30)],
            adopted(created=True, differs=["ttl_in_days"]),
        ),
        (
            [FAILED, no_streams(), STREAM_TAKEN, streams(YOUNG)],
            adopted(created=True, created_at=YOUNG),
        ),
        ([STREAM_TAKEN, THROTTLED, streams(OLD)], adopted()),
        ([STREAM_TAKEN, no_streams(), streams(YOUNG)], adopted(created_at=YOUNG)),
        ([STREAM_TAKEN, no_streams(), FAILED, no_streams(), streams(OLD)], adopted()),
        (
            [FAILED, no_streams(), STREAM_TAKEN, *[no_streams()] * 2, streams(OLD)],
            adopted(),
        ),
    ],
)
def test_an_existing_stream_is_adopted_without_a_lease(
    lines: list[Line], expected: EnsuredStream
) -> None:
    """It counts as created if it was found after an unknown outcome."""
    stage = ScriptedCloud(*lines)

    assert log_stream.ensure(NEW, stage.cloud) == expected
    assert stage.script.spent


def test_after_a_safe_retry_the_lease_starts_with_the_last_attempt() -> None:
    """A throttled attempt was certainly not processed, so it does not count."""
    stage = ScriptedCloud(THROTTLED, STREAM_MADE)

    ensured = log_stream.ensure(NEW, stage.cloud)

    assert ensured.lease.leased_at == pytest.approx(1000.0 + stage.slept)
    assert stage.slept > 0
    assert stage.operations == [POST_STREAM, POST_STREAM]


@pytest.mark.parametrize(
    ("limit", "looks", "slept"), [(60.0, 3, 1.5), (1.2, 2, 0.5), (0.4, 1, 0)]
)
def test_a_list_that_lags_behind_a_create_is_repeated(
    limit: float, looks: int, slept: float
) -> None:
    """The list is requested up to three times; after that, AlreadyExists is raised."""
    stage = ScriptedCloud(STREAM_TAKEN, *[no_streams()] * looks, limit=limit)

    with pytest.raises(AlreadyExists):
        log_stream.ensure(NEW, stage.cloud)

    assert stage.operations == [POST_STREAM, *[LIST_STREAMS] * looks]
    assert stage.slept == slept


@pytest.mark.parametrize(
    ("lines", "kind", "operations"),
    [
        (
            [STREAM_TAKEN, *[no_streams()] * 3],
            AlreadyExists,
            [POST_STREAM, *[LIST_STREAMS] * 3],
        ),
        ([refusal(400, "LTS.0206")], QuotaExceeded, [POST_STREAM]),
        (
            [FAILED, refusal(404, "LTS.0201")],
            ServiceFailed,
            [POST_STREAM, LIST_STREAMS],
        ),
    ],
)
def test_a_failure_reports_the_step_and_the_stream_name(
    lines: list[Line], kind: type[ProvisioningError], operations: list[str]
) -> None:
    """A name that is already used outside the log group is an error."""
    stage = ScriptedCloud(*lines)

    with pytest.raises(kind) as raised:
        log_stream.ensure(NEW, stage.cloud)

    assert raised.value.step == "create_log_stream"
    assert raised.value.log_stream_name == "n"
    assert raised.value.log_stream_id is None
    assert stage.operations == operations


def test_an_unexpected_exception_becomes_a_malfunction_with_the_stream_name() -> None:
    """The original exception is its cause."""

    def broken(_call: object) -> NoReturn:
        raise ZeroDivisionError

    with pytest.raises(Malfunction, match="ZeroDivisionError in broken") as raised:
        log_stream.ensure(NEW, ScriptedCloud().cloud._replace(send=broken))

    assert raised.value.log_stream_name == "n"
    assert isinstance(raised.value.__cause__, ZeroDivisionError)


def test_a_stream_found_after_an_unknown_outcome_is_compared() -> None:
    """It inherits the retention of its group, and counts as created."""
    stage = ScriptedCloud(
        FAILED, streams(ttl_in_days=-1), groups(group("x", ttl_in_days=30))
    )

    found = log_stream.ensure(NEW, stage.cloud)

    assert (found.created, found.differs) == (True, ("ttl_in_days",))
    assert stage.script.spent


def test_a_stream_found_after_an_unknown_outcome_is_updated_on_request() -> None:
    """It counts as created all the same."""
    seven = streams(ttl_in_days=7)
    stage = ScriptedCloud(FAILED, streams(ttl_in_days=30), Reply(200, {}), seven)

    found = log_stream.ensure(NEW, stage.cloud, update=True)

    assert (found.created, found.updated) == (True, ("ttl_in_days",))


def test_an_error_names_the_group_and_the_stream() -> None:
    """The stream has no ID yet."""
    with pytest.raises(ProvisioningError) as raised:
        log_stream.ensure(NEW, ScriptedCloud(refusal(403, "LTS.0107")).cloud)

    error = raised.value
    assert (error.log_group_id, error.log_stream_name) == ("g", "n")
    assert error.log_stream_id is None
