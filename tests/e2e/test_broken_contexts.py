"""Contexts that raise: the value is unknown, and the event is processed."""

from __future__ import annotations

from typing import Any

import pytest

from functions.errors import InvalidProject, Misconfigured
from tests.e2e.answering import invoke
from tests.e2e.contexts import REQUEST_ID, FunctionGraphContext, LambdaContext
from tests.e2e.credentials.agency import AgencyContext
from tests.e2e.credentials.wholes import keys_of
from tests.e2e.driving import EVENT, assert_one_of_each, expect_error, send
from tests.e2e.output import Output
from tests.e2e.samples import signed
from tests.e2e.test_failure_records import lambda_record
from tests.emulator import Emulator
from tests.unit.signed_webhooks import SECRET

METHODS = [
    "get_remaining_time_in_millis",
    "getRemainingTimeInMilliSeconds",
    "getRequestID",
    "getProjectID",
    "getUserData",
    "getFunctionName",
    "getSecurityAccessKey",
]
ATTRIBUTES = ["aws_request_id", "function_name"]
ERRORS = [RuntimeError("no"), KeyError("Secret_key"), AttributeError("x"), OSError()]


def raising(error: Exception) -> Any:  # noqa: ANN401 # any signature
    """Return a method that raises an error."""

    def fail(*_: object) -> None:
        raise error

    return fail


def broken(error: Exception, *names: str) -> object:
    """Return a context whose methods and attributes with these names raise an error."""
    members: dict[str, Any] = {
        name: property(raising(error)) if name in ATTRIBUTES else raising(error)
        for name in names
    }
    return type("Context", (), members)()


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize(
    "names",
    [*([name] for name in (*METHODS, *ATTRIBUTES)), METHODS, ATTRIBUTES],
    ids=lambda names: names[0] if len(names) == 1 else f"{len(names)} names",
)
def test_an_event_is_processed_if_its_context_raises(
    cloud: Emulator, output: Output, names: list[str], error: Exception
) -> None:
    """Every line is logged, without the unknown values."""
    assert_one_of_each(cloud, send("bootstrap", EVENT, broken(error, *names)))
    (line,) = output.lines("request done")
    assert "request_id" not in line
    assert len(output.lines("call")) == 2


@pytest.mark.parametrize("value", [None, "", "soon", -5, float("nan"), 10**12, [7]])
def test_an_invalid_remaining_time_is_ignored(cloud: Emulator, value: object) -> None:
    """The function assumes a minute instead."""
    members = {"getRemainingTimeInMilliSeconds": lambda _self: value}
    context = type("Context", (), members)()
    assert_one_of_each(cloud, send("bootstrap", EVENT, context))


@pytest.mark.parametrize("kind", [LambdaContext, FunctionGraphContext])
def test_other_values_of_a_broken_context_are_used(
    cloud: Emulator, output: Output, kind: type[LambdaContext | FunctionGraphContext]
) -> None:
    """The log contains the request ID although the remaining time is unknown."""
    context = kind(60)
    for name in METHODS[:2]:
        setattr(context, name, raising(ValueError("no")))
    assert_one_of_each(cloud, send("bootstrap", EVENT, context))
    (line,) = output.lines("request done")
    assert line["request_id"] == REQUEST_ID


@pytest.mark.usefixtures("cloud")
def test_a_webhook_and_a_record_are_processed_if_the_context_raises(
    clean_environment: pytest.MonkeyPatch,
) -> None:
    """A function without a known name accepts records of its own entry."""
    clean_environment.setenv("WEBHOOK_SECRETS", SECRET.reveal())
    context = broken(RuntimeError("no"), *METHODS, *ATTRIBUTES)
    outcome = invoke("bootstrap", signed("http-apig.json"), context)
    assert outcome.status == 201
    again = {**EVENT, "log_stream_name": "shop-frontend"}
    result = send("bootstrap", lambda_record("bootstrap", again), context)
    assert result == {**outcome.document, "created": []}


def test_an_error_is_logged_if_the_context_raises(
    cloud: Emulator, clean_environment: pytest.MonkeyPatch, output: Output
) -> None:
    """The cause of the error is the cloud or a setting, never the context."""
    context = broken(RuntimeError("no"), *METHODS, *ATTRIBUTES)
    cloud.fail({"operation": "CreateLogStream", "status": 403})
    assert type(expect_error("bootstrap", EVENT, context)) is InvalidProject
    for name in keys_of(cloud):
        clean_environment.delenv(name)
    for each in (context, AgencyContext({"getSecurityAccessKey": OSError("no")})):
        assert type(expect_error("bootstrap", EVENT, each)) is Misconfigured
    assert len(output.lines("request failed")) == 3
