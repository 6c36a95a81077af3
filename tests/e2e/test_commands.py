"""The commands of the Makefile, run as a user runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.emulator import Emulator

ROOT = Path(__file__).parents[2]


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of tests.commands with a real token in the environment."""
    return subprocess.run(  # noqa: S603 # a fixed command
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env=os.environ | {"HUAWEICLOUD_AUTH_TOKEN": "a-real-token"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def _documents(text: str, words: str) -> list[dict[str, object]]:
    """Return the JSON documents that follow these words."""
    decoder = json.JSONDecoder()
    return [decoder.raw_decode(part)[0] for part in text.split(words)[1:]]


def test_run_prints_both_deliveries_and_every_call() -> None:
    """`make run` creates both resources in two calls and then finds them again."""
    done = _run("tests.commands.run")
    first, second = _documents(done.stdout, "and returns\n")
    assert done.returncode == 0, done.stderr
    assert first["created"] == ["log_stream", "logtank"]
    assert second == first | {"created": []}
    steps = [line.split()[1] for line in done.stdout.splitlines() if " -> " in line]
    assert steps == [
        "CreateLogStream",
        "CreateLogtank",
        "CreateLogStream",
        "ListLogStream",
        "ListLogtanks",
    ]


def test_run_fails_with_the_error_document(tmp_path: Path) -> None:
    """An invalid event prints the error document, with exit status 1."""
    event = tmp_path / "event.json"
    event.write_text('{"resource_id": "a/b"}')
    done = _run("tests.commands.run", str(event))
    (document,) = _documents(done.stdout, "and fails with\n")
    assert done.returncode == 1
    assert document["code"] == "InvalidEvent"


def test_invoke_uses_a_running_emulator() -> None:
    """A second command finds what the first one created in the emulator."""
    with Emulator() as cloud:
        words = ("tests.commands.invoke", "--cloud", cloud.url, "create_log_stream")
        event = "tests/events/create_log_stream.json"
        made, found = (_run(*words, event) for _ in range(2))
        assert len(cloud.streams) == 1
    assert '"created": true' in made.stdout
    assert '"created": false' in found.stdout


def test_invoke_prints_an_error_document() -> None:
    """A logtank with a nonexistent log stream prints an error document."""
    event = "tests/events/create_logtank.json"
    done = _run("tests.commands.invoke", "create_logtank", event)
    assert done.returncode == 1
    assert '"code": "GA.9002"' in done.stdout


@pytest.mark.parametrize(
    "sample", ["http-api-gateway-v2.json", "http-alb-health-check.json"]
)
def test_invoke_accepts_unsigned_webhooks(sample: str) -> None:
    """If no secret is set, the event counts as authenticated by the gateway."""
    done = _run("tests.commands.invoke", "bootstrap", f"tests/events/{sample}")
    decoder = json.JSONDecoder()
    reply = decoder.raw_decode(done.stdout[done.stdout.index("{\n") :])[0]
    assert done.returncode == 0, done.stderr
    assert reply["statusCode"] == (200 if "health" in sample else 201)


def test_invoke_verifies_signatures_if_a_secret_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An event file has no recent signature and gets a 401."""
    monkeypatch.setenv("WEBHOOK_SECRETS", "whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB")
    sample = "tests/events/http-apig.json"
    assert (
        '"statusCode": 401' in _run("tests.commands.invoke", "bootstrap", sample).stdout
    )
