"""Whatever one call is answered with, the function ends well, or says what is wrong.

HOSTILE_TIMES=20 python -m pytest tests/e2e/hostile tries so many times as much.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.e2e.credentials.wholes import AK, PROJECT, SK, at, put, user_of
from tests.e2e.driving import HANDLERS
from tests.e2e.hostile.anything import answers
from tests.e2e.hostile.judging import (
    CALLED,
    CONTEXTS,
    SECONDS,
    TIMES,
    ended,
    event_for,
)
from tests.e2e.hostile.misbehaving import MisbehavingCloud
from tests.emulator import Emulator

EXAMPLES = 24 * TIMES
"""Of each test."""
RUNS = settings(
    deadline=None,
    derandomize=TIMES == 1,
    database=None,
    max_examples=EXAMPLES,
    suppress_health_check=list(HealthCheck),
)


@RUNS
@given(data=st.data())
def test_any_answer_to_a_call_is_survived(
    victim: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    data: st.DataObject,
) -> None:
    """In time and in bounds; nothing secret is told, and nothing is made twice."""
    context = data.draw(st.sampled_from(CONTEXTS))
    entry = data.draw(st.sampled_from([*CALLED]))
    put(monkeypatch, at(victim.url))
    victim.reset(second_logtank="allow")
    if data.draw(st.booleans()) or entry == "create_logtank":
        event = event_for("create_log_stream", victim)
        HANDLERS["create_log_stream"](event, None)
    operation = data.draw(st.sampled_from(CALLED[entry]))
    drawn = data.draw(answers(operation))
    capsys.readouterr()
    with MisbehavingCloud(victim, operation, drawn.answer, works=drawn.works) as server:
        put(monkeypatch, at(server.endpoint))
        event = event_for(entry, victim)
        ended(entry, event, context(SECONDS), capsys, server.secrets)
    assert len(victim.streams) <= 1
    is_look = operation == "ListLogtanks"  # which may say credibly that there is none
    assert len(victim.logtanks) <= 1 or is_look or drawn.disowns


@settings(RUNS, max_examples=EXAMPLES // 2)
@given(data=st.data())
def test_any_answer_of_iam_is_survived(
    victim: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    data: st.DataObject,
) -> None:
    """The password is told to nobody, nor is what was a token."""
    for name in (AK, SK, PROJECT):
        monkeypatch.delenv(name, raising=False)
    victim.reset()
    region = {"HUAWEICLOUD_REGION": victim.identity.region}
    operation = data.draw(st.sampled_from(["CreateToken", "ListProjects"]))
    drawn = data.draw(answers(operation))
    capsys.readouterr()
    with MisbehavingCloud(victim, operation, drawn.answer, works=drawn.works) as server:
        put(monkeypatch, user_of(victim) | region | at(server.endpoint))
        event = event_for("bootstrap", victim)
        ended("bootstrap", event, CONTEXTS[0](SECONDS), capsys, server.secrets)
    assert len(victim.logtanks) <= len(victim.streams) <= 1
