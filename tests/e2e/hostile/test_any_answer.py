"""For any reply to a call, the function succeeds or reports an error.

HOSTILE_SCALE=20 python -m pytest tests/e2e/hostile runs 20 times as many cases.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.e2e.credentials.wholes import AK, PROJECT, SK, at, put, user_of
from tests.e2e.driving import HANDLERS
from tests.e2e.hostile.anything import replies
from tests.e2e.hostile.judging import (
    CONTEXTS,
    DEADLINE_SECONDS,
    OPERATIONS,
    SCALE,
    checked_outcome,
    event_for,
)
from tests.e2e.hostile.misbehaving import MisbehavingCloud
from tests.emulator import Emulator

EXAMPLES = 24 * SCALE
"""Number of examples per test."""
SETTINGS = settings(
    deadline=None,
    derandomize=SCALE == 1,
    database=None,
    max_examples=EXAMPLES,
    suppress_health_check=list(HealthCheck),
)


@SETTINGS
@given(data=st.data())
def test_arbitrary_replies_are_handled_within_limits(
    upstream: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    data: st.DataObject,
) -> None:
    """Deadline and memory limit hold, no secret leaks, and nothing is duplicated."""
    context = data.draw(st.sampled_from(CONTEXTS))
    entry = data.draw(st.sampled_from([*OPERATIONS]))
    put(monkeypatch, at(upstream.url))
    upstream.reset(second_logtank="allow")
    if data.draw(st.booleans()) or entry == "create_logtank":
        event = event_for("create_log_stream", upstream)
        HANDLERS["create_log_stream"](event, None)
    operation = data.draw(st.sampled_from(OPERATIONS[entry]))
    reply = data.draw(replies(operation))
    capsys.readouterr()
    with MisbehavingCloud(
        upstream, operation, reply.content, is_processed=reply.is_processed
    ) as server:
        put(monkeypatch, at(server.endpoint))
        event = event_for(entry, upstream)
        checked_outcome(entry, event, context(DEADLINE_SECONDS), capsys, server.secrets)
    assert len(upstream.streams) <= 1
    is_lookup = operation == "ListLogtanks"  # may credibly report an empty list
    assert len(upstream.logtanks) <= 1 or is_lookup or reply.denies_processing


@settings(SETTINGS, max_examples=EXAMPLES // 2)
@given(data=st.data())
def test_arbitrary_iam_replies_are_handled_within_limits(
    upstream: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    data: st.DataObject,
) -> None:
    """Neither the password nor a token leaks."""
    for name in (AK, SK, PROJECT):
        monkeypatch.delenv(name, raising=False)
    upstream.reset()
    region = {"HUAWEICLOUD_REGION": upstream.identity.region}
    operation = data.draw(st.sampled_from(["CreateToken", "ListProjects"]))
    reply = data.draw(replies(operation))
    capsys.readouterr()
    with MisbehavingCloud(
        upstream, operation, reply.content, is_processed=reply.is_processed
    ) as server:
        put(monkeypatch, user_of(upstream) | region | at(server.endpoint))
        event = event_for("bootstrap", upstream)
        checked_outcome(
            "bootstrap", event, CONTEXTS[0](DEADLINE_SECONDS), capsys, server.secrets
        )
    assert len(upstream.logtanks) <= len(upstream.streams) <= 1
