"""No reply to a call of a function for the whole account does any harm.

HOSTILE_SCALE=20 python -m pytest tests/e2e/hostile runs 20 times as many cases.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.byte_server import Answer, answer
from tests.e2e.account.accounts import LONG_AGO, stream_name
from tests.e2e.credentials.wholes import at, put
from tests.e2e.driving import listener_id
from tests.e2e.hostile.anything import replies
from tests.e2e.hostile.judging import CONTEXTS, checked_outcome
from tests.e2e.hostile.malformed import QUICK
from tests.e2e.hostile.misbehaving import SECRETS, MisbehavingCloud
from tests.e2e.hostile.test_any_answer import SETTINGS
from tests.emulator import Emulator

OFF, ELSEWHERE, DIFFERENT, GONE = map(listener_id, range(4))
SURVEY = ("ListListeners", "ListLogtanks", "ShowListener", "ListLogStream")
GROUP = ("ListLogGroups", "CreateLogGroup")
SECONDS = 6.0
"""Time per invocation: a call that is one of several needs a second to begin."""
NAMED: dict[str, object] = {"log_group_name": "edge"}


class Case(NamedTuple):
    """An event, and the operations that it causes in the account."""

    entry: str
    event: dict[str, object]
    operations: tuple[str, ...]


CASES = (
    Case("status", {}, SURVEY),
    Case(
        "reconcile",
        {
            "apply": True,
            "repoint": True,
            "update_stream": True,
            "prune": True,
            "ttl_in_days": 9,
            "tags": [{"key": "team", "value": "edge"}],
        },
        (
            *SURVEY,
            *("CreateLogStream", "CreateLogtank", "UpdateLogtank"),
            *("UpdateLogStream", "CreateTags", "DeleteLogtank"),
        ),
    ),
    Case("reconcile", NAMED | {"apply": True}, GROUP),
    Case("bootstrap", NAMED | {"resource_id": OFF}, GROUP),
    Case("bootstrap", {"resource_id": ELSEWHERE, "repoint": True}, ("UpdateLogtank",)),
    Case(
        "delete_logtank",
        {
            "resource_id": GONE,
            "delete_log_stream": True,
            "only_if_listener_is_gone": True,
        },
        ("ShowListener", "ListLogtanks", "DeleteLogtank", "DeleteLogStream"),
    ),
)
TARGETS = [(case, operation) for case in CASES for operation in case.operations]
MALICIOUS = [
    pytest.param(reply, TARGETS[5 * number % len(TARGETS)], id=name)
    for number, (name, reply) in enumerate(QUICK.items())
]


def plant(cloud: Emulator) -> None:
    """Put an account into the emulator in which each of the operations is needed."""
    cloud.reset(second_logtank="allow")
    own = {"log_stream_id": "own", "log_stream_name": stream_name(DIFFERENT)}
    shipped = {ELSEWHERE: "elsewhere", DIFFERENT: "own", GONE: "left"}
    cloud.seed(
        listeners=[{"id": each} for each in (OFF, ELSEWHERE, DIFFERENT)],
        log_streams=[
            {"creation_time": LONG_AGO, "ttl_in_days": 7, **each}
            for each in (own, {"log_stream_id": "elsewhere"}, {"log_stream_id": "left"})
        ],
        logtanks=[
            {"id": f"to-{stream}", "resource_id": listener, "log_stream_id": stream}
            for listener, stream in shipped.items()
        ],
    )


def assert_no_harm(cloud: Emulator, operation: str) -> None:
    """Check that what is in use was not deleted, and nothing was created twice."""
    tanks = [each["resource_id"] for each in cloud.logtanks]
    if operation != "ListLogtanks":  # GA may credibly list none
        assert max(map(tanks.count, tanks), default=0) <= 1
    streams = {each["log_stream_id"] for each in cloud.streams}
    assert {"own", "elsewhere"} <= streams
    if operation != "ShowListener":  # GA may credibly say that a listener is gone
        assert {ELSEWHERE, DIFFERENT} <= {*tanks}


def run(
    case: Case,
    server: MisbehavingCloud,
    context: Any,  # noqa: ANN401 # of either platform
    capture: pytest.CaptureFixture[str],
) -> None:
    """Run a case against a server, and check its outcome."""
    capture.readouterr()
    checked_outcome(
        case.entry,
        case.event,
        context(SECONDS),
        capture,
        server.secrets,
        deadline_seconds=SECONDS,
    )


@pytest.mark.parametrize(("reply", "target"), MALICIOUS)
def test_a_malicious_reply_does_no_harm(
    upstream: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    reply: Answer,
    target: tuple[Case, str],
) -> None:
    """The function ends within its limits, and reveals no secret."""
    case, operation = target
    plant(upstream)
    with MisbehavingCloud(upstream, operation, reply) as server:
        put(monkeypatch, at(server.endpoint))
        run(case, server, CONTEXTS[0], capsys)
        assert server.reply_count
    assert_no_harm(upstream, operation)


@pytest.mark.parametrize("status", ["403 Forbidden", "500 No"])
@pytest.mark.parametrize(
    "target", TARGETS, ids=[f"{case.entry}, {name}" for case, name in TARGETS]
)
def test_an_error_that_repeats_the_secrets_reveals_none(
    upstream: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    target: tuple[Case, str],
    status: str,
) -> None:
    """They are masked in the error's code and message, and in every log line."""
    case, operation = target
    body = b'{"error_code": "%s", "error_msg": "%s"}' % (SECRETS, SECRETS)
    plant(upstream)
    with MisbehavingCloud(upstream, operation, answer(body, status=status)) as server:
        put(monkeypatch, at(server.endpoint))
        run(case, server, CONTEXTS[0], capsys)
        assert server.reply_count


@settings(SETTINGS, max_examples=2 * SETTINGS.max_examples)
@given(data=st.data())
def test_arbitrary_replies_do_no_harm(
    upstream: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    data: st.DataObject,
) -> None:
    """This holds whether or not the call was processed."""
    case, operation = data.draw(st.sampled_from(TARGETS))
    reply = data.draw(replies(operation))
    put(monkeypatch, at(upstream.url))
    plant(upstream)
    with MisbehavingCloud(
        upstream, operation, reply.content, is_processed=reply.is_processed
    ) as server:
        put(monkeypatch, at(server.endpoint))
        context = data.draw(st.sampled_from(CONTEXTS))
        run(case, server, context, capsys)
    if not reply.denies_processing:
        assert_no_harm(upstream, operation)
