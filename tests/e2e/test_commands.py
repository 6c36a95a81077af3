"""The commands of the Makefile, run as a user runs them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from functions.invocation.tasks import TASKS
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


def _make(*words: str) -> subprocess.CompletedProcess[str]:
    """Run make with this interpreter instead of the virtual environment's."""
    options = ("-o", ".venv/run/ready", f"RUN={sys.executable}")
    return subprocess.run(  # noqa: S603 # a fixed command
        ["make", "--no-print-directory", *options, *words],  # noqa: S607 # the make of the user
        cwd=ROOT,
        env={name: text for name, text in os.environ.items() if "MAKE" not in name},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("target", ["run", "invoke"])
@pytest.mark.parametrize("name", ["an event.json", "it's; $(touch no) & `no`.json"])
def test_event_paths_can_contain_shell_characters(
    target: str, name: str, tmp_path: Path
) -> None:
    """Spaces, quotes and substitutions in EVENT are passed on literally."""
    event = tmp_path / name
    sample = (ROOT / "tests/events/bootstrap.json").read_text("utf-8")
    event.write_text(f"\ufeff{sample}", "utf-8")
    done = _make(target, f"EVENT={event}".replace("$", "$$"))
    assert done.returncode == 0, done.stderr
    assert '"logtank_id"' in done.stdout


def test_make_invoke_uses_the_sample_event_of_the_function() -> None:
    """FUNCTION also selects the event, unless EVENT is set."""
    done = _make("invoke", "FUNCTION=create_log_stream")
    assert done.stdout.endswith('"created": true\n}\n')
    assert "logtank" not in done.stdout


UNUSED_ADDRESS = "http://127.0.0.1:9"
CLOUD_ERROR = "CLOUD must be the address of a running emulator, and none is running at"
EVENT_ERROR = "EVENT must be a JSON file;"
PORT_ERROR = "PORT must be an integer from 0 (any free port) to 65535, not"
INVALID_VARIABLES = [
    (("serve", "PORT=99999"), f"{PORT_ERROR} '99999'"),
    (("serve", "PORT=abc"), f"{PORT_ERROR} 'abc'"),
    (("serve", "PORT=-1"), f"{PORT_ERROR} '-1'"),
    (("serve", "PORT=80 81"), f"{PORT_ERROR} '80 81'"),
    (("emulator", "PORT=99999"), f"{PORT_ERROR} '99999'"),
    (("emulator", "PORT=abc"), f"{PORT_ERROR} 'abc'"),
    (
        ("invoke", "FUNCTION=boot"),
        f"FUNCTION must be one of {', '.join(TASKS)}, not 'boot'",
    ),
    (
        ("invoke", "EVENT=no file.json"),
        f"{EVENT_ERROR} no file.json: No such file or directory",
    ),
    (
        ("run", "EVENT=Makefile"),
        f"{EVENT_ERROR} Makefile: Expecting value: line 1 column 1 (char 0)",
    ),
    (("status", "OUTPUT=xml"), "OUTPUT must be one of table, json, not 'xml'"),
    (("reconcile", "APPLY=yes"), "APPLY must be one of 1, 0, not 'yes'"),
    (
        ("reconcile", "EVENT=tests/events/bootstrap-many.json"),
        "EVENT must be a JSON file that contains one request",
    ),
    (
        ("run", "CLOUD=local"),
        "CLOUD must be emulator, real, or an address such as http://127.0.0.1:8080",
    ),
    (
        ("run", f"CLOUD={UNUSED_ADDRESS}"),
        f"{CLOUD_ERROR} {UNUSED_ADDRESS}; start one with: make emulator",
    ),
]


@pytest.mark.parametrize(("words", "error"), INVALID_VARIABLES)
def test_an_invalid_variable_is_reported_in_one_line(
    words: tuple[str, ...], error: str
) -> None:
    """The message names the make target, the variable and what it must be."""
    done = _make(*words)
    line, *others = done.stderr.splitlines()
    assert done.returncode == 2
    assert line == f"make {words[0]}: {error}"
    assert all(other.startswith("make: *** [Makefile:") for other in others)


def test_make_emulator_reports_a_port_that_is_in_use() -> None:
    """The message is one line that names the port, as for `make serve`."""
    with Emulator() as cloud:
        port = urlsplit(cloud.url).port
        done = _run("tests.commands.emulator", "--port", str(port))
    message = f"make emulator: cannot listen on PORT {port}: Address already in use\n"
    assert (done.returncode, done.stderr) == (2, message)


@pytest.mark.parametrize(
    "words",
    [
        ("run",),
        ("invoke", "bootstrap", "tests/events/bootstrap.json"),
        ("status",),
        ("reconcile",),
        ("serve", "--port", "0"),
        ("emulator", "--port", "0"),
    ],
    ids=lambda words: words[0],
)
def test_a_command_with_a_closed_output_ends_without_a_traceback(
    words: tuple[str, ...],
) -> None:
    """The command ends by SIGPIPE, which shells and make expect."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(  # noqa: S603 # a fixed command
            [sys.executable, "-m", f"tests.commands.{words[0]}", *words[1:]],
            cwd=ROOT,
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (-signal.SIGPIPE, "")
