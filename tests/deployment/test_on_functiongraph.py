"""The built bundle, loaded and called as FunctionGraph does."""

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
from tests.unit.hooks import SECRET, signed

RUNTIME = Path(__file__).parent / "functiongraph.py"
UNIT_MIXED_UP = -1_795_000_000_000
"""What one version of the runtime says of the time left."""

Serve = Callable[..., list[Any]]


@pytest.fixture
def serve(bundle: Path, cloud: Emulator, tmp_path: Path) -> Serve:
    """Return what answers events with an entry, in one instance, cold at first."""
    outdated = tmp_path / "libraries"
    for name in ("requests", "urllib3", "certifi", "idna"):
        (outdated / name).mkdir(parents=True)
        (outdated / name / "__init__.py").write_text("raise ImportError('outdated')")

    def answers(
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
        told = tmp_path / "answers"
        words = (RUNTIME, bundle, outdated, f"{entry}.handler", told)
        _run(words, json.dumps(instance), bundle)
        return [json.loads(line) for line in told.read_text("utf-8").splitlines()]

    return answers


def _run(words: Sequence[Path | str], instance: str, code: Path) -> None:
    """Run the runtime above the code, which it leaves as it is."""
    before = _state(code)
    done = subprocess.run(  # noqa: S603 # our own words
        [built.RUNTIME, "-I", "-S", *words],
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


def test_the_same_event_cold_and_warm_is_one_bootstrap(
    serve: Serve, cloud: Emulator
) -> None:
    """The code folder is only read, and libraries of the runtime's are not."""
    event = sample("bootstrap.json")

    first, second = serve("bootstrap", event, event)

    contracts.check("bootstrap.result", first)
    assert first["created"] == ["log_stream", "logtank"]
    assert second == first | {"created": []}
    assert [each["id"] for each in cloud.logtanks] == [first["logtank_id"]]


def test_the_two_halves_make_what_the_whole_does(serve: Serve, cloud: Emulator) -> None:
    """Each by the module of its name at the archive's root."""
    (stream,) = serve("create_log_stream", sample("create_log_stream.json"))
    event = sample("create_logtank.json")
    event["logtank"]["log_stream_id"] = stream["log_stream_id"]
    (made,) = serve("create_logtank", event)

    assert [each["id"] for each in cloud.logtanks] == [made["logtank"]["id"]]


def test_an_agency_is_credential_enough(serve: Serve, cloud: Emulator) -> None:
    """Where the settings have none."""
    keys = ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK")
    settings = {n: text for n, text in cloud.environment().items() if n not in keys}
    agency = {
        "getSecurityAccessKey": cloud.access_key,
        "getSecuritySecretKey": cloud.secret_key,
        "getSecurityToken": "a-security-token",
    }

    (made,) = serve(
        "bootstrap", sample("bootstrap.json"), settings=settings, agency=agency
    )

    assert made["created"] == ["log_stream", "logtank"]


@pytest.mark.parametrize("name", ["timer.json", "cts.json", "eventgrid.json"])
def test_a_trigger_of_one_request_has_its_result(serve: Serve, name: str) -> None:
    """As it is."""
    (made,) = serve("bootstrap", sample(name))

    contracts.check("bootstrap.result", made)


@pytest.mark.parametrize(("name", "count"), [("smn.json", 1), ("dms-kafka.json", 2)])
def test_a_trigger_of_messages_has_their_results(
    serve: Serve, name: str, count: int
) -> None:
    """In their order."""
    (made,) = serve("bootstrap", sample(name))

    assert len(made) == count
    for each in made:
        contracts.check("bootstrap.result", each)


def test_a_webhook_is_let_in_by_its_signature(serve: Serve, cloud: Emulator) -> None:
    """Of the bytes that APIG hands over in base64."""
    event = sample("http-apig.json")
    body = '{"resource_id": "78d425da-4d5f-422f-b13b-40aa3f49bc55"}'
    plain = {**event, "body": body, "isBase64Encoded": False}
    hook = signed(body, moment=int(time.time()))
    let_in = {**plain, "headers": {**event["headers"], **hook}}
    settings = cloud.environment() | {"WEBHOOK_SECRETS": SECRET.reveal()}

    refused, made = serve("bootstrap", plain, let_in, settings=settings)

    assert (refused["statusCode"], made["statusCode"]) == (401, 201)


def test_a_failure_is_raised_and_the_instance_goes_on(serve: Serve) -> None:
    """The runtime shows what to do."""
    event = sample("bootstrap.json")

    raised, made = serve("bootstrap", event | {"log_group_id": "nowhere"}, event)

    assert raised["errorType"] == "NotFound"
    assert "(LTS.0201). Create the log group" in raised["errorMessage"]
    assert made["created"] == ["log_stream", "logtank"]


def test_a_runtime_that_mixes_up_its_units_leaves_time_to_work(serve: Serve) -> None:
    """It says that less than nothing is left."""
    (made,) = serve("bootstrap", sample("bootstrap.json"), milliseconds=UNIT_MIXED_UP)

    assert made["created"] == ["log_stream", "logtank"]


def test_too_little_time_is_an_error_of_ours(serve: Serve) -> None:
    """Before the platform makes an end."""
    (raised,) = serve("bootstrap", sample("bootstrap.json"), milliseconds=500)

    assert raised["errorType"] == "DeadlineExceeded"
