"""The emulator's control interface over HTTP, and its command."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.contract.emulator_client import Client, outcome
from tests.emulator import Emulator

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "tests/emulator").glob("*.py"))


def test_the_emulator_shares_no_code_or_module_names_with_the_functions() -> None:
    """Shared code could hide a mistake in the functions."""
    names = {path.stem for path in (ROOT / "functions").rglob("*.py")} - {"__init__"}
    imported = r"^\s*(from|import) functions\b"
    texts = [path.read_text("utf-8") for path in SOURCES]
    assert [text for text in texts if re.search(imported, text, re.MULTILINE)] == []
    assert names & {path.stem for path in SOURCES} == set()


def test_the_state_has_everything_a_client_needs(client: Client) -> None:
    """GET /_emulator/state equals state(), and is not recorded as a call."""
    client.new_stream()
    state = requests.get(f"{client.cloud.url}/_emulator/state", timeout=5).json()
    assert state == client.cloud.state()
    assert state["access_key"] == client.cloud.access_key
    assert [stream["log_stream_name"] for stream in state["log_streams"]] == ["ga-one"]
    assert len(client.cloud.calls) == 1


def test_calls_are_recorded_in_order_with_their_outcomes(client: Client) -> None:
    """GET /_emulator/calls returns the requests and the status of each reply."""
    client.new_stream()
    client.list_logtanks("?resource_ids=a&resource_ids=b&limit=5")
    client.create_stream("ga-one")
    calls = requests.get(f"{client.cloud.url}/_emulator/calls", timeout=5).json()
    assert calls == client.cloud.calls
    assert [(call["operation"], call["status"]) for call in calls] == [
        ("CreateLogStream", 201),
        ("ListLogtanks", 200),
        ("CreateLogStream", 400),
    ]
    assert calls[1]["query"] == {"resource_ids": ["a", "b"], "limit": ["5"]}
    assert calls[2]["request_body"] == {"log_stream_name": "ga-one"}
    assert calls[2]["error_code"] == "LTS.0205"


def test_a_reset_drops_the_state_and_applies_the_options(client: Client) -> None:
    """Without a body, a reset restores the initial options."""
    client.new_stream()
    url = f"{client.cloud.url}/_emulator/reset"
    after = requests.post(url, json={"stream_quota": 1}, timeout=5).json()
    assert (after["log_streams"], after["options"]["stream_quota"]) == ([], 1)
    assert client.cloud.calls == []
    again = requests.post(url, timeout=5).json()
    assert again["options"]["stream_quota"] == 100


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("reset", {"quota": 1}, "unknown option 'quota'"),
        ("reset", {"stream_quota": 0}, "'stream_quota' must be"),
        ("reset", {"rate_limits": {"GA": 0}}, "'rate_limits' must be"),
        ("reset", {"rate_limits": {"SMN": 5}}, "'rate_limits' must be"),
        ("reset", [], "options must be an object"),
        ("faults", {"operation": "Nothing", "status": 500}, "'operation' must be"),
        ("faults", {"operation": "LTS", "state": 500}, "unknown field 'state'"),
        ("faults", {"operation": "LTS"}, "needs a status"),
        ("faults", {"operation": ["LTS"], "status": 500}, "'operation' must be"),
        ("faults", [{"operation": "*", "status": 500}, 7], "a fault must be an object"),
    ],
)
def test_an_invalid_control_call_is_rejected_with_the_reason(
    client: Client, path: str, body: object, reason: str
) -> None:
    """The status is 400, and no part of the call takes effect."""
    url = f"{client.cloud.url}/_emulator/{path}"
    response = requests.post(url, json=body, timeout=5)
    assert response.status_code == 400
    assert reason in response.json()["error_msg"]
    assert outcome(client.create_stream("fine")) == (201, "")


def test_the_environment_points_the_functions_at_the_emulator(cloud: Emulator) -> None:
    """All variables are settings of the functions."""
    assert cloud.environment() == {
        "HUAWEICLOUD_LTS_ENDPOINT": cloud.url,
        "HUAWEICLOUD_GA_ENDPOINT": cloud.url,
        "HUAWEICLOUD_IAM_ENDPOINT": cloud.url,
        "HUAWEICLOUD_SDK_AK": cloud.access_key,
        "HUAWEICLOUD_SDK_SK": cloud.secret_key,
        "HUAWEICLOUD_SDK_PROJECT_ID": cloud.project_id,
        "LOG_GROUP_ID": cloud.log_group_id,
    }


def test_the_command_has_a_flag_for_every_option(cloud: Emulator) -> None:
    """A flag is the option's name with hyphens."""
    line = [sys.executable, "-m", "tests.emulator", "--help"]
    shown = subprocess.run(  # noqa: S603 # a fixed command
        line, cwd=ROOT, capture_output=True, text=True, check=True, timeout=20
    )
    flags = set(re.findall(r"--([a-z-]+)", shown.stdout))
    options = {name.replace("_", "-") for name in cloud.state()["options"]}
    assert options - flags == set()


@pytest.fixture
def command() -> Iterator[subprocess.Popen[str]]:
    """Run the command on a free port, with stderr redirected to stdout."""
    line = [sys.executable, "-u", "-m", "tests.emulator", "--port", "0"]
    with subprocess.Popen(  # noqa: S603 # a fixed command
        [*line, "--stream-quota", "1"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_prints_its_address_and_a_line_per_call(
    command: subprocess.Popen[str], number: signal.Signals
) -> None:
    """It also prints export lines, and exits with status 0 when interrupted."""
    assert command.stdout is not None
    lines = [command.stdout.readline().strip() for _ in range(9)]
    exported = dict(line.removeprefix("export ").split("=") for line in lines[1:8])
    url = exported["HUAWEICLOUD_LTS_ENDPOINT"]
    state = requests.get(f"{url}/_emulator/state", timeout=5).json()
    requests.get(f"{url}/v1/logtanks", timeout=5)
    command.send_signal(number)
    rest, _ = command.communicate(timeout=5)
    assert lines[0] == f"LTS, GA and IAM at {url} (press Ctrl-C to stop)"
    assert state["options"]["stream_quota"] == 1
    assert rest == "ListLogtanks     GET /v1/logtanks -> 401 APIGW.0301\n"
    assert command.returncode == 0
