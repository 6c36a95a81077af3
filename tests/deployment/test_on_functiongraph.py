"""The built bundle, loaded and called as FunctionGraph loads and calls it."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from functions import contracts
from tests.deployment import built
from tests.e2e.samples import sample
from tests.emulator import Emulator
from tests.unit.signed_webhooks import SECRET, signed

RUNTIME = Path(__file__).parent / "functiongraph.py"
WRONG_UNIT_MILLISECONDS = -1_795_000_000_000
"""The remaining time that one version of the runtime reports."""

Serve = Callable[..., list[Any]]


@pytest.fixture
def serve(bundle: Path, cloud: Emulator, tmp_path: Path) -> Serve:
    """Return a function that sends events to an entry in one new instance."""
    outdated = tmp_path / "libraries"
    for name in ("requests", "urllib3", "certifi", "idna"):
        (outdated / name).mkdir(parents=True)
        (outdated / name / "__init__.py").write_text("raise ImportError('outdated')")

    def results(
        entry: str,
        *events: object,
        settings: Mapping[str, str] | None = None,
        agency: Mapping[str, str] | None = None,
        milliseconds: int = 30_000,
    ) -> list[Any]:
        instance = {
            "settings": cloud.environment() if settings is None else settings,
            "agency": agency or {},
            "milliseconds": milliseconds,
            "events": events,
        }
        output = tmp_path / "results"
        arguments = (RUNTIME, bundle, outdated, f"{entry}.handler", output)
        _run(arguments, json.dumps(instance), bundle)
        return [json.loads(line) for line in output.read_text("utf-8").splitlines()]

    return results


def _run(arguments: Sequence[Path | str], instance: str, code: Path) -> None:
    """Run the runtime, and check that it does not modify the code folder."""
    before = _state(code)
    done = subprocess.run(  # noqa: S603 # a fixed command
        [built.RUNTIME, "-I", "-S", *arguments],
        cwd=code.parent,
        env={"RUNTIME_CODE_ROOT": str(code)},
        input=instance,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert _state(code) == before


def _state(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_repeating_an_event_creates_nothing_new(serve: Serve, cloud: Emulator) -> None:
    """The bundled libraries are used, not the runtime's outdated ones."""
    event = sample("bootstrap.json")

    first, second = serve("bootstrap", event, event)

    contracts.check("bootstrap.result", first)
    assert first["created"] == ["log_stream", "logtank"]
    assert second == first | {"created": []}
    assert [each["id"] for each in cloud.logtanks] == [first["logtank_id"]]


def test_both_steps_can_be_invoked_separately(serve: Serve, cloud: Emulator) -> None:
    """Each step has its own module at the archive's root."""
    (stream,) = serve("create_log_stream", sample("create_log_stream.json"))
    event = sample("create_logtank.json")
    event["logtank"]["log_stream_id"] = stream["log_stream_id"]
    (result,) = serve("create_logtank", event)

    assert [each["id"] for each in cloud.logtanks] == [result["logtank"]["id"]]


def test_an_agency_supplies_the_credential(serve: Serve, cloud: Emulator) -> None:
    """The agency's keys are used if the settings have none."""
    keys = ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK")
    settings = {n: text for n, text in cloud.environment().items() if n not in keys}
    agency = {
        "getSecurityAccessKey": cloud.access_key,
        "getSecuritySecretKey": cloud.secret_key,
        "getSecurityToken": "a-security-token",
    }

    (result,) = serve(
        "bootstrap", sample("bootstrap.json"), settings=settings, agency=agency
    )

    assert result["created"] == ["log_stream", "logtank"]


@pytest.mark.parametrize("name", ["timer.json", "cts.json", "eventgrid.json"])
def test_a_single_request_trigger_gets_one_result(serve: Serve, name: str) -> None:
    """The result is not wrapped in a list."""
    (result,) = serve("bootstrap", sample(name))

    contracts.check("bootstrap.result", result)


@pytest.mark.parametrize(("name", "count"), [("smn.json", 1), ("dms-kafka.json", 2)])
def test_a_message_trigger_gets_a_list_of_results(
    serve: Serve, name: str, count: int
) -> None:
    """There is one result per message."""
    (results,) = serve("bootstrap", sample(name))

    assert len(results) == count
    for each in results:
        contracts.check("bootstrap.result", each)


def test_a_webhook_is_authenticated_by_its_signature(
    serve: Serve, cloud: Emulator
) -> None:
    """The signature of the body decides between 401 and 201."""
    event = sample("http-apig.json")
    body = '{"resource_id": "78d425da-4d5f-422f-b13b-40aa3f49bc55"}'
    plain = {**event, "body": body, "isBase64Encoded": False}
    signature = signed(body, moment=int(time.time()))
    authenticated = {**plain, "headers": {**event["headers"], **signature}}
    settings = cloud.environment() | {"WEBHOOK_SECRETS": SECRET.reveal()}

    rejected, result = serve("bootstrap", plain, authenticated, settings=settings)

    assert (rejected["statusCode"], result["statusCode"]) == (401, 201)


def test_an_error_is_raised_and_the_instance_keeps_working(serve: Serve) -> None:
    """The runtime reports the error with its remedy."""
    event = sample("bootstrap.json")

    raised, result = serve("bootstrap", event | {"log_group_id": "nowhere"}, event)

    assert raised["errorType"] == "NotFound"
    assert "(LTS.0201). Create the log group" in raised["errorMessage"]
    assert result["created"] == ["log_stream", "logtank"]


def test_a_negative_remaining_time_is_ignored(serve: Serve) -> None:
    """The function works although the runtime reports a wrong remaining time."""
    (result,) = serve(
        "bootstrap", sample("bootstrap.json"), milliseconds=WRONG_UNIT_MILLISECONDS
    )

    assert result["created"] == ["log_stream", "logtank"]


def test_too_little_remaining_time_is_deadline_exceeded(serve: Serve) -> None:
    """The function fails on its own before the platform's timeout."""
    (raised,) = serve("bootstrap", sample("bootstrap.json"), milliseconds=500)

    assert raised["errorType"] == "DeadlineExceeded"
