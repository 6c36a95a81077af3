"""Answers made to do harm: each is survived, in time, in bounds, and in silence.

HOSTILE_TIMES=2 python -m pytest tests/e2e/hostile tells each wherever it can be.
"""

from __future__ import annotations

import json
import uuid
from contextlib import suppress

import pytest

from functions.errors import ProvisioningError
from tests.e2e.credentials.extension import ARN, PORT, arn
from tests.e2e.credentials.wholes import AK, PROJECT, SK, at, put, user_of
from tests.e2e.driving import HANDLERS
from tests.e2e.hostile.impostor import Impostor, Lie
from tests.e2e.hostile.judging import (
    CALLED,
    CONTEXTS,
    PAIRS,
    SECONDS,
    TIMES,
    Pair,
    ended,
    event_for,
)
from tests.e2e.hostile.lies import EVIL, OK, QUICK, SLOW, sized
from tests.emulator import Emulator

ROWS = QUICK | SLOW
ALL = [
    (pair, operation)
    for entry in CALLED
    for operation in CALLED[entry]
    for pair in PAIRS
    if pair[0] == entry
]
"""Whom a lie is told, and of what."""
EACH = [
    pytest.param(lie, whom, id=f"{sentence}, {whom[0][0]}, {whom[1]}")
    for number, (sentence, lie) in enumerate(ROWS.items())
    for whom in (ALL if TIMES > 1 else [ALL[5 * number % len(ALL)]])
]
SOME = [
    pytest.param(lie, id=name) for name, lie in [*QUICK.items()][:: 9 // TIMES or 1]
]


@pytest.mark.parametrize(("lie", "whom"), EACH)
def test_an_answer_to_any_call_does_no_harm(
    victim: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    lie: Lie,
    whom: tuple[Pair, str],
) -> None:
    """The function ends, nothing is made twice, and the truth is found afterwards."""
    (entry, context), operation = whom
    victim.reset(second_logtank="allow")
    HANDLERS["create_log_stream"](event_for("create_log_stream", victim), None)
    event = event_for(entry, victim)
    capsys.readouterr()
    with Impostor(victim, operation, lie) as impostor:
        put(monkeypatch, at(impostor.url))
        secrets = impostor.secrets
        ended(entry, event, context(SECONDS), capsys, secrets)
    assert len(victim.streams) == 1
    assert len(victim.logtanks) <= 1
    put(monkeypatch, at(victim.url))
    result = ended(entry, event, context(3 * SECONDS), capsys, secrets)
    assert victim.streams[0]["log_stream_id"] in json.dumps(result)


@pytest.mark.parametrize("lie", SOME)
@pytest.mark.parametrize("operation", ["CreateToken", "ListProjects"])
def test_an_answer_of_iam_does_no_harm(
    victim: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    lie: Lie,
    operation: str,
) -> None:
    """Without a token or a project nothing is made."""
    for name in (AK, SK, PROJECT):
        monkeypatch.delenv(name)
    region = f"new-{uuid.uuid4().hex}"  # of which no project is known yet
    put(monkeypatch, user_of(victim) | {"HUAWEICLOUD_REGION": region})
    with Impostor(victim, operation, lie) as impostor:
        put(monkeypatch, at(impostor.url))
        event = event_for("bootstrap", victim)
        context = CONTEXTS[0](SECONDS)
        outcome = ended("bootstrap", event, context, capsys, impostor.secrets)
    assert isinstance(outcome, ProvisioningError)
    assert impostor.told
    assert victim.streams == []


@pytest.mark.parametrize("lie", SOME)
def test_an_answer_of_the_secrets_extension_does_no_harm(
    victim: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    lie: Lie,
) -> None:
    """It says what to mend, and nobody is called."""
    for name in (AK, SK):
        monkeypatch.delenv(name)
    with Impostor(victim, "GET /secretsmanager/get", lie) as impostor:
        put(monkeypatch, {ARN: arn(), PORT: impostor.url.rpartition(":")[2]})
        event = event_for("bootstrap", victim)
        context = CONTEXTS[0](SECONDS)
        outcome = ended("bootstrap", event, context, capsys, impostor.secrets)
    assert getattr(outcome, "code", None) == "Misconfigured"
    assert impostor.told
    assert victim.calls == []


@pytest.mark.parametrize(
    "lie",
    [
        QUICK["an answer and another"],
        QUICK["a length that is too small"],
        QUICK["a length of Python's"],
    ],
    ids=["another answer", "the rest of a body", "a length of Python's"],
)
def test_a_connection_that_brought_a_doubtful_answer_brings_no_other(
    victim: Emulator, monkeypatch: pytest.MonkeyPatch, lie: Lie
) -> None:
    """What was smuggled in is nobody's answer."""
    with Impostor(victim, "CreateLogStream", lie) as impostor:
        put(monkeypatch, at(impostor.url))
        for _ in "12":
            with suppress(ProvisioningError):
                HANDLERS["bootstrap"](event_for("bootstrap", victim), None)
    assert impostor.told >= 2
    assert not impostor.reused


def test_an_answer_that_comes_before_its_question_is_not_taken(
    victim: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It lies in a connection that was kept: that one is given up."""
    evil = OK + b"Content-Length: %d\r\n\r\n" % len(EVIL) + EVIL
    event = event_for("create_log_stream", victim)
    with Impostor(victim, "none", sized(b"")) as impostor:
        put(monkeypatch, at(impostor.url))
        made = HANDLERS["create_log_stream"](event, None)
        impostor.push(evil)
        again = HANDLERS["create_log_stream"](event, None)
    assert made == {
        "log_stream_id": victim.streams[0]["log_stream_id"],
        "created": True,
    }
    assert again == {**made, "created": False}
