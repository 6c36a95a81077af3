"""Malicious replies: each is handled within the limits and without leaking secrets.

HOSTILE_SCALE=2 python -m pytest tests/e2e/hostile tries each reply to each call.
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
    CONTEXTS,
    DEADLINE_SECONDS,
    OPERATIONS,
    SCALE,
    checked_outcome,
    event_for,
)
from tests.e2e.hostile.malformed import EVIL, OK, QUICK, SLOW, with_body
from tests.e2e.hostile.misbehaving import MisbehavingCloud
from tests.emulator import Emulator

ALL = [(entry, operation) for entry in OPERATIONS for operation in OPERATIONS[entry]]
"""Every entry with every operation that it calls."""
CASES = [
    pytest.param(
        reply, (*target, CONTEXTS[number // 8 % 2]), id=", ".join((name, *target))
    )
    for number, (name, reply) in enumerate({**QUICK, **SLOW}.items())
    for target in (ALL if SCALE > 1 else [ALL[5 * number % len(ALL)]])
]
SAMPLE = [pytest.param(QUICK[name], id=name) for name in [*QUICK][:: 15 // SCALE or 1]]


@pytest.mark.parametrize(("reply", "target"), CASES)
def test_a_malicious_reply_to_any_call_does_no_harm(
    upstream: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    reply: Answer,
    target: tuple[str, str, Callable[[float], object]],
) -> None:
    """The function ends, nothing is duplicated, and the next invocation succeeds."""
    entry, operation, context = target
    upstream.reset(second_logtank="allow")
    HANDLERS["create_log_stream"](event_for("create_log_stream", upstream), None)
    event = event_for(entry, upstream)
    capsys.readouterr()
    with MisbehavingCloud(upstream, operation, reply) as server:
        put(monkeypatch, at(server.endpoint))
        secrets = server.secrets
        checked_outcome(entry, event, context(DEADLINE_SECONDS), capsys, secrets)
    assert len(upstream.streams) == 1
    assert len(upstream.logtanks) <= 1
    put(monkeypatch, at(upstream.url))
    result = checked_outcome(
        entry, event, context(3 * DEADLINE_SECONDS), capsys, secrets
    )
    assert upstream.streams[0]["log_stream_id"] in json.dumps(result)


@pytest.mark.parametrize("reply", SAMPLE)
@pytest.mark.parametrize("operation", ["CreateToken", "ListProjects"])
def test_a_malicious_iam_reply_creates_nothing(
    upstream: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    reply: Answer,
    operation: str,
) -> None:
    """Without a token or a project ID, no log stream is created."""
    for name in (AK, SK, PROJECT):
        monkeypatch.delenv(name)
    region = f"new-{uuid.uuid4().hex}"  # whose project is not cached yet
    put(monkeypatch, user_of(upstream) | {"HUAWEICLOUD_REGION": region})
    with MisbehavingCloud(upstream, operation, reply) as server:
        put(monkeypatch, at(server.endpoint))
        event = event_for("bootstrap", upstream)
        context = CONTEXTS[0](DEADLINE_SECONDS)
        outcome = checked_outcome("bootstrap", event, context, capsys, server.secrets)
    assert isinstance(outcome, ProvisioningError)
    assert server.reply_count
    assert upstream.streams == []


@pytest.mark.parametrize("reply", SAMPLE)
def test_a_malicious_reply_from_the_secrets_extension_is_a_misconfiguration(
    upstream: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    reply: Answer,
) -> None:
    """The error is Misconfigured, and no cloud is called."""
    for name in (AK, SK):
        monkeypatch.delenv(name)
    with MisbehavingCloud(upstream, "GET /secretsmanager/get", reply) as server:
        put(monkeypatch, {ARN: arn(), PORT: str(server.port)})
        event = event_for("bootstrap", upstream)
        context = CONTEXTS[0](DEADLINE_SECONDS)
        outcome = checked_outcome("bootstrap", event, context, capsys, server.secrets)
    assert getattr(outcome, "code", None) == "Misconfigured"
    assert server.reply_count
    assert upstream.calls == []


@pytest.mark.parametrize(
    "reply",
    [
        QUICK["two replies"],
        QUICK["a Content-Length that is too small"],
        QUICK["a Content-Length with a plus sign"],
    ],
    ids=["second reply", "rest of a body", "Content-Length with a plus sign"],
)
def test_a_connection_is_not_reused_after_an_ambiguous_reply(
    upstream: Emulator, monkeypatch: pytest.MonkeyPatch, reply: Answer
) -> None:
    """A smuggled second reply never answers a later request."""
    with MisbehavingCloud(upstream, "CreateLogStream", reply) as server:
        put(monkeypatch, at(server.endpoint))
        for _ in "12":
            with suppress(ProvisioningError):
                HANDLERS["bootstrap"](event_for("bootstrap", upstream), None)
    assert server.reply_count >= 2
    assert not server.was_reused


def test_a_reply_sent_before_its_request_is_ignored(
    upstream: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An idle connection that has received data is closed instead of reused."""
    evil = OK + b"Content-Length: %d\r\n\r\n" % len(EVIL) + EVIL
    event = event_for("create_log_stream", upstream)
    with MisbehavingCloud(upstream, "none", with_body(b"")) as server:
        put(monkeypatch, at(server.endpoint))
        first = HANDLERS["create_log_stream"](event, None)
        server.push(evil)
        second = HANDLERS["create_log_stream"](event, None)
    assert first == {
        "log_group_id": upstream.log_group_id,
        "log_stream_id": upstream.streams[0]["log_stream_id"],
        "created": True,
    }
    assert second == {**first, "created": False}
