"""Answers made to do harm: each is survived, in time, in bounds, and in silence.

HOSTILE_TIMES=2 python -m pytest tests/e2e/hostile tells each wherever it can be.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from contextlib import suppress

import pytest

from functions.errors import ProvisioningError
from tests.byte_server import Answer
from tests.e2e.credentials.extension import ARN, PORT, arn
from tests.e2e.credentials.wholes import AK, PROJECT, SK, at, put, user_of
from tests.e2e.driving import HANDLERS
from tests.e2e.hostile.judging import (
    CALLED,
    CONTEXTS,
    SECONDS,
    TIMES,
    ended,
    event_for,
)
from tests.e2e.hostile.malformed import EVIL, OK, QUICK, SLOW, sized
from tests.e2e.hostile.misbehaving import MisbehavingCloud
from tests.emulator import Emulator

ALL = [(entry, operation) for entry in CALLED for operation in CALLED[entry]]
"""Who is answered so, and to which call."""
EACH = [
    pytest.param(
        answer, (*whom, CONTEXTS[number // 8 % 2]), id=", ".join((sentence, *whom))
    )
    for number, (sentence, answer) in enumerate({**QUICK, **SLOW}.items())
    for whom in (ALL if TIMES > 1 else [ALL[5 * number % len(ALL)]])
]
SOME = [pytest.param(QUICK[name], id=name) for name in [*QUICK][:: 15 // TIMES or 1]]


@pytest.mark.parametrize(("answer", "whom"), EACH)
def test_an_answer_to_any_call_does_no_harm(
    victim: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: Answer,
    whom: tuple[str, str, Callable[[float], object]],
) -> None:
    """The function ends, nothing is made twice, and the truth is found afterwards."""
    entry, operation, context = whom
    victim.reset(second_logtank="allow")
    HANDLERS["create_log_stream"](event_for("create_log_stream", victim), None)
    event = event_for(entry, victim)
    capsys.readouterr()
    with MisbehavingCloud(victim, operation, answer) as server:
        put(monkeypatch, at(server.endpoint))
        secrets = server.secrets
        ended(entry, event, context(SECONDS), capsys, secrets)
    assert len(victim.streams) == 1
    assert len(victim.logtanks) <= 1
    put(monkeypatch, at(victim.url))
    result = ended(entry, event, context(3 * SECONDS), capsys, secrets)
    assert victim.streams[0]["log_stream_id"] in json.dumps(result)


@pytest.mark.parametrize("answer", SOME)
@pytest.mark.parametrize("operation", ["CreateToken", "ListProjects"])
def test_an_answer_of_iam_does_no_harm(
    victim: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: Answer,
    operation: str,
) -> None:
    """Without a token or a project nothing is made."""
    for name in (AK, SK, PROJECT):
        monkeypatch.delenv(name)
    region = f"new-{uuid.uuid4().hex}"  # of which no project is known yet
    put(monkeypatch, user_of(victim) | {"HUAWEICLOUD_REGION": region})
    with MisbehavingCloud(victim, operation, answer) as server:
        put(monkeypatch, at(server.endpoint))
        event = event_for("bootstrap", victim)
        context = CONTEXTS[0](SECONDS)
        outcome = ended("bootstrap", event, context, capsys, server.secrets)
    assert isinstance(outcome, ProvisioningError)
    assert server.told
    assert victim.streams == []


@pytest.mark.parametrize("answer", SOME)
def test_an_answer_of_the_secrets_extension_does_no_harm(
    victim: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: Answer,
) -> None:
    """It says what to mend, and nobody is called."""
    for name in (AK, SK):
        monkeypatch.delenv(name)
    with MisbehavingCloud(victim, "GET /secretsmanager/get", answer) as server:
        put(monkeypatch, {ARN: arn(), PORT: str(server.port)})
        event = event_for("bootstrap", victim)
        context = CONTEXTS[0](SECONDS)
        outcome = ended("bootstrap", event, context, capsys, server.secrets)
    assert getattr(outcome, "code", None) == "Misconfigured"
    assert server.told
    assert victim.calls == []


@pytest.mark.parametrize(
    "answer",
    [
        QUICK["an answer and another"],
        QUICK["a length that is too small"],
        QUICK["a length of Python's"],
    ],
    ids=["another answer", "the rest of a body", "a length of Python's"],
)
def test_a_connection_that_brought_a_doubtful_answer_brings_no_other(
    victim: Emulator, monkeypatch: pytest.MonkeyPatch, answer: Answer
) -> None:
    """What was smuggled in is nobody's answer."""
    with MisbehavingCloud(victim, "CreateLogStream", answer) as server:
        put(monkeypatch, at(server.endpoint))
        for _ in "12":
            with suppress(ProvisioningError):
                HANDLERS["bootstrap"](event_for("bootstrap", victim), None)
    assert server.told >= 2
    assert not server.reused


def test_an_answer_that_comes_before_its_question_is_not_taken(
    victim: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It lies in a connection that was kept: that one is given up."""
    evil = OK + b"Content-Length: %d\r\n\r\n" % len(EVIL) + EVIL
    event = event_for("create_log_stream", victim)
    with MisbehavingCloud(victim, "none", sized(b"")) as server:
        put(monkeypatch, at(server.endpoint))
        made = HANDLERS["create_log_stream"](event, None)
        server.push(evil)
        again = HANDLERS["create_log_stream"](event, None)
    assert made == {
        "log_stream_id": victim.streams[0]["log_stream_id"],
        "created": True,
    }
    assert again == {**made, "created": False}
