"""The contexts of both platforms are read, and each log line is a JSON object."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from functions import __version__, runtime
from tests.unit.script import Clock


def lambda_context(milliseconds: object) -> object:
    """Return a context as AWS Lambda provides it."""
    return SimpleNamespace(
        aws_request_id="aws-1", get_remaining_time_in_millis=lambda: milliseconds
    )


def graph_context(milliseconds: object, **user_data: object) -> object:
    """Return a context as FunctionGraph provides it."""
    return SimpleNamespace(
        getRequestID=lambda: "graph-1",
        getRemainingTimeInMilliSeconds=lambda: milliseconds,
        getUserData=user_data.get,
    )


@pytest.mark.parametrize("context_of", [lambda_context, graph_context])
@pytest.mark.parametrize(
    ("milliseconds", "seconds"),
    [
        (3000, 2.0),
        (1500.5, 0.5005),
        (500, -0.5),
        (259_200_000, 259_199.0),
        (259_200_001, 59.0),
        (-3000, 59.0),
        (float("nan"), 59.0),
        ("3000", 59.0),
        (None, 59.0),
    ],
)
def test_the_remaining_time_is_reduced_by_a_second_for_the_response(
    context_of: Callable[[object], object], milliseconds: object, seconds: float
) -> None:
    """An invalid remaining time is replaced by sixty seconds."""
    remaining_seconds = runtime.remaining_time(context_of(milliseconds), Clock())

    assert remaining_seconds() == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("context", "seconds"), [(lambda_context(0), -1.0), (graph_context(0), 59.0)]
)
def test_a_remaining_time_of_zero_is_valid_only_on_lambda(
    context: object, seconds: float
) -> None:
    """On FunctionGraph, zero means that the unit is wrong."""
    assert runtime.remaining_time(context, Clock())() == pytest.approx(seconds)


@pytest.mark.parametrize("context", [None, object()])
def test_a_context_without_a_remaining_time_counts_as_sixty_seconds(
    context: object,
) -> None:
    """A local call may have no context."""
    assert runtime.remaining_time(context, Clock())() == pytest.approx(59.0)


def test_the_remaining_time_decreases() -> None:
    """It continues to decrease below zero."""
    clock = Clock()
    remaining_seconds = runtime.remaining_time(lambda_context(5000), clock)

    clock.now += 3.0
    assert remaining_seconds() == pytest.approx(1.0)
    clock.now += 3.0
    assert remaining_seconds() == pytest.approx(-2.0)


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        (lambda_context(1), "aws-1"),
        (graph_context(1), "graph-1"),
        (SimpleNamespace(aws_request_id=None), None),
        (None, None),
    ],
)
def test_the_platforms_request_id_is_returned(context: object, expected: str) -> None:
    """It is read on both platforms, and is None on any other."""
    assert runtime.request_id(context) == expected


@pytest.mark.parametrize(
    ("user_data", "environ", "expected"),
    [
        ({"A": "user"}, {"A": "environment"}, "user"),
        ({"A": ""}, {"A": "environment"}, "environment"),
        ({}, {"A": "environment", "RUNTIME_USERDATA": '{"A": "p"}'}, "environment"),
        ({}, {"A": "", "RUNTIME_USERDATA": '{"A": "preset"}'}, "preset"),
        ({}, {"RUNTIME_USERDATA": '{"A": 4}'}, "4"),
        ({"A": 4}, {}, "4"),
        ({}, {"RUNTIME_USERDATA": "no JSON"}, None),
        ({}, {"RUNTIME_USERDATA": "[1]"}, None),
        ({}, {}, None),
    ],
)
def test_user_data_precedes_environment_and_preset(
    user_data: dict[str, object], environ: dict[str, str], expected: str | None
) -> None:
    """An empty value counts as not set, and all values are converted to text."""
    look_up = runtime.variables(graph_context(1, **user_data), environ)

    assert look_up("A") == expected


def test_on_lambda_settings_come_from_the_environment() -> None:
    """Lambda has no user data."""
    look_up = runtime.variables(lambda_context(1), {"A": "environment"})

    assert (look_up("A"), look_up("B")) == ("environment", None)


class Failing:
    """A context, or a value from one, whose attributes and text cannot be read."""

    def __getattr__(self, name: str) -> object:
        """Raise an arbitrary exception."""
        raise RuntimeError(name)

    def __str__(self) -> str:
        """Raise another exception."""
        raise OSError


def fail(*_arguments: object) -> object:
    """Raise an exception, as a method of a context."""
    raise KeyError


METHODS = (
    *("getRequestID", "getFunctionName", "getProjectID", "getUserData"),
    *("getRemainingTimeInMilliSeconds", "get_remaining_time_in_millis"),
    *runtime.AGENCY_METHODS.values(),
)


@pytest.mark.parametrize(
    "context",
    [
        None,
        Failing(),
        SimpleNamespace(**dict.fromkeys(METHODS, fail)),
        SimpleNamespace(**dict.fromkeys(METHODS, lambda *_: None)),
        SimpleNamespace(**dict.fromkeys(METHODS, "not a method")),
        SimpleNamespace(**dict.fromkeys(METHODS, lambda *_: Failing())),
    ],
    ids=["none", "attributes", "methods", "nothing", "texts", "values"],
)
def test_values_that_a_context_cannot_provide_are_unknown(context: object) -> None:
    """The environment and the assumed remaining time are used instead."""
    name = "HUAWEICLOUD_SDK_PROJECT_ID"

    assert runtime.request_id(context) is None
    assert runtime.function_name(context) is None
    assert runtime.remaining_time(context, Clock())() == pytest.approx(59.0)
    assert runtime.variables(context, {name: "set"})(name) == "set"
    assert runtime.variables(context, {})(name) is None
    assert not runtime.agency(context)


@pytest.mark.parametrize("blank", [" ", "\n", "\u00a0", "\ufeff", "\u200b\t"])
def test_a_blank_value_counts_as_not_set(blank: str) -> None:
    """The next source is used; the preset may start with a byte order mark."""
    environ = {"A": blank, "RUNTIME_USERDATA": '\ufeff{"A": "preset"}\n'}

    assert runtime.variables(graph_context(1, A=blank), environ)("A") == "preset"


@pytest.mark.parametrize(
    "around", [" {}", "{}\r\n", "\u00a0{}\u00a0", "\ufeff {}\u2060"]
)
def test_white_space_around_text_is_trimmed(around: str) -> None:
    """Invisible characters are trimmed as well; those inside the text are kept."""
    assert runtime.trimmed(around.format("a b\u00a0c")) == "a b\u00a0c"
    assert runtime.trimmed(around.format("")) == ""
    assert runtime.trimmed(None) == ""


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """Return the log lines that were written."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_log_line_is_a_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    """It has time, level, message, constant fields and the given facts on one line."""
    log = runtime.Log("bootstrap", "r-1", "SQS")

    log("INFO", "call", service="LTS", text="a\nb", nested={"c": 1})

    (line,) = lines(capsys)
    moment = datetime.fromisoformat(str(line.pop("timestamp")))
    assert moment.utcoffset() == timedelta(0)
    assert line == {
        "level": "INFO",
        "message": "call",
        "version": __version__,
        "function": "bootstrap",
        "request_id": "r-1",
        "trigger": "SQS",
        "service": "LTS",
        "text": "a\nb",
        "nested": {"c": 1},
    }


def test_facts_that_are_none_are_omitted(capsys: pytest.CaptureFixture[str]) -> None:
    """Zero and the empty string are kept."""
    log = runtime.Log("bootstrap", None, "direct")

    log("ERROR", "m", code=None, attempt=0, text="")

    (line,) = lines(capsys)
    always = {"timestamp", "level", "message", "version", "function", "trigger"}
    assert set(line) == {*always, "attempt", "text"}


@pytest.mark.parametrize(
    ("level", "written"),
    [
        ("DEBUG", ["DEBUG", "INFO", "WARNING", "ERROR"]),
        ("INFO", ["INFO", "WARNING", "ERROR"]),
        ("WARNING", ["WARNING", "ERROR"]),
        ("ERROR", ["ERROR"]),
    ],
)
def test_lines_below_the_level_are_not_written(
    capsys: pytest.CaptureFixture[str], level: str, written: list[str]
) -> None:
    """The level can be changed at any time; it is INFO at first."""
    log = runtime.Log("bootstrap", None, "direct")
    assert log.level == "INFO"
    log.level = level

    for each in ("DEBUG", "INFO", "WARNING", "ERROR"):
        log(each, "m")

    assert [line["level"] for line in lines(capsys)] == written


def test_an_agencys_key_is_read_from_the_context() -> None:
    """Missing parts are omitted; other contexts have no agency."""
    context = SimpleNamespace(
        getSecurityAccessKey=lambda: "a",
        getSecuritySecretKey=lambda: "s",
        getSecurityToken=lambda: None,
    )

    assert runtime.agency(context) == {"access": "a", "secret": "s"}
    assert runtime.agency(lambda_context(1)) is None


def test_the_functions_own_project_is_the_default() -> None:
    """FunctionGraph provides it; a setting takes precedence."""
    context = SimpleNamespace(getProjectID=lambda: "own")
    name = "HUAWEICLOUD_SDK_PROJECT_ID"

    assert runtime.variables(context, {})(name) == "own"
    assert runtime.variables(context, {name: "set"})(name) == "set"
    assert runtime.variables(context, {})("LOG_GROUP_ID") is None


def test_user_data_that_is_nested_too_deeply_is_ignored() -> None:
    """Like any other text that is not a JSON object."""
    look_up = runtime.variables(None, {"RUNTIME_USERDATA": "[" * 100_000, "A": "b"})

    assert look_up("A") == "b"


def test_a_very_long_request_id_is_truncated() -> None:
    """Every log line contains it."""
    found = runtime.request_id(SimpleNamespace(aws_request_id="x" * 200_000))

    assert found == "x" * 128
