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
from tests.e2e.hostile.impostor import Impostor
from tests.e2e.hostile.judging import (
    CALLED,
    PAIRS,
    SECONDS,
    TIMES,
    Pair,
    ended,
    event_for,
)
from tests.emulator import Emulator

EXAMPLES = 12 * TIMES
"""Of each entry in each context."""
RUNS = settings(
    deadline=None,
    derandomize=TIMES == 1,
    database=None,
    max_examples=EXAMPLES,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize(
    "pair", PAIRS, ids=lambda pair: f"{pair[0]}, {pair[1].__name__}"
)
@RUNS
@given(data=st.data())
def test_any_answer_to_a_call_is_survived(
    victim: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    pair: Pair,
    data: st.DataObject,
) -> None:
    """In time and in bounds; nothing secret is told, and nothing is made twice."""
    entry, context = pair
    put(monkeypatch, at(victim.url))
    victim.reset(second_logtank="allow")
    if data.draw(st.booleans()) or entry == "create_logtank":
        event = event_for("create_log_stream", victim)
        HANDLERS["create_log_stream"](event, None)
    operation = data.draw(st.sampled_from(CALLED[entry]))
    answer = data.draw(answers(operation))
    capsys.readouterr()
    with Impostor(victim, operation, answer.lie) as impostor:
        put(monkeypatch, at(impostor.url))
        event = event_for(entry, victim)
        ended(entry, event, context(SECONDS), capsys, impostor.secrets)
    assert len(victim.streams) <= 1
    is_look = operation == "ListLogtanks"  # which may say credibly that there is none
    assert len(victim.logtanks) <= 1 or is_look or answer.disowns


@pytest.mark.parametrize("operation", ["CreateToken", "ListProjects"])
@RUNS
@given(data=st.data())
def test_any_answer_of_iam_is_survived(
    victim: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    operation: str,
    data: st.DataObject,
) -> None:
    """The password is told to nobody, nor is what was a token."""
    for name in (AK, SK, PROJECT):
        monkeypatch.delenv(name, raising=False)
    victim.reset()
    region = {"HUAWEICLOUD_REGION": victim.identity.region}
    answer = data.draw(answers(operation))
    capsys.readouterr()
    with Impostor(victim, operation, answer.lie) as impostor:
        put(monkeypatch, user_of(victim) | region | at(impostor.url))
        event = event_for("bootstrap", victim)
        context = PAIRS[0][1](SECONDS)
        ended("bootstrap", event, context, capsys, impostor.secrets)
    assert len(victim.logtanks) <= len(victim.streams) <= 1
