"""Error details in HTTP responses, and what is removed for which caller."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions import contracts
from functions.errors import (
    AlreadyExists,
    BatchFailed,
    Conflict,
    InvalidEvent,
    MethodNotAllowed,
    NotFound,
    Outcome,
    PayloadTooLarge,
    Plan,
    Problem,
    ProvisioningError,
    QuotaExceeded,
    Result,
    ResultTooLarge,
    ServiceFailed,
    UnsupportedMediaType,
)
from functions.triggers import redaction
from tests.unit.error_family import FAMILY, error_of

EVENT_ERRORS = {
    InvalidEvent,
    MethodNotAllowed,
    PayloadTooLarge,
    ResultTooLarge,
    UnsupportedMediaType,
}
CALLER_ERRORS = {*EVENT_ERRORS, NotFound, Conflict, AlreadyExists, QuotaExceeded}
PUBLIC_FIELDS = {"type", "title", "status"}
REDACTED_FIELDS = {*PUBLIC_FIELDS, "code", "remedy", "retryable", "request_id"}
RESOURCES: dict[str, Any] = {
    "log_group_id": "g",
    "log_stream_id": "s",
    "logtank_id": "t",
    "deleted": ["logtank"],
}
PUBLIC_SCHEMA = contracts.validator("error").evolve(
    schema={"$ref": "error.schema.json#/$defs/public"}
)
RESULT: dict[str, object] = {
    "log_group_id": "g",
    "log_stream_id": "s",
    "created": True,
}


def full_error(kind: type[ProvisioningError]) -> ProvisioningError:
    """Return an error of this class with every field set."""
    error = error_of(kind, "hush-hush!")
    error.code, error.service, error.upstream_status = "LTS.0001", "LTS", 500
    error.request_id = "r-1"
    error.note(
        step="create_logtank",
        log_group_name="hush-hush!",
        log_stream_name="hush-hush!",
        resource_id="hush-hush!",
        **RESOURCES,
    )
    return error


def fits_schema(document: object) -> bool:
    """Return whether a document is valid against the public part of the schema."""
    return bool(PUBLIC_SCHEMA.is_valid(json.loads(json.dumps(document))))


@pytest.mark.parametrize("kind", sorted(CALLER_ERRORS, key=str))
def test_caller_errors_are_shown_in_full(
    kind: type[ProvisioningError],
) -> None:
    """Errors that the caller can correct include detail, step and log stream name."""
    error = full_error(kind)

    assert redaction.for_authenticated_caller(error) == error.as_document()
    assert "hush-hush!" in json.dumps(redaction.for_authenticated_caller(error))
    contracts.check("error", redaction.for_authenticated_caller(error))


@pytest.mark.parametrize("kind", [k for k in FAMILY if k not in CALLER_ERRORS])
def test_other_errors_show_how_to_proceed(kind: type[ProvisioningError]) -> None:
    """They keep the code, the remedy, and what was created or deleted."""
    redacted = redaction.for_authenticated_caller(full_error(kind))

    expected = {
        *REDACTED_FIELDS,
        *RESOURCES,
        *({"results"} if kind is BatchFailed else ()),
    }
    assert set(redacted) == expected
    assert "hush-hush!" not in json.dumps(redacted)
    assert redacted["code"] == "LTS.0001"
    assert redacted["remedy"] == kind.remedy
    assert {name: redacted[name] for name in RESOURCES} == RESOURCES


@pytest.mark.parametrize("kind", [k for k in FAMILY if k not in EVENT_ERRORS])
def test_unauthenticated_callers_see_only_type_title_and_status(
    kind: type[ProvisioningError],
) -> None:
    """The response does not even reveal whether a secret is set."""
    error = full_error(kind)
    redacted = redaction.for_unauthenticated_caller(error)

    assert set(redacted) == PUBLIC_FIELDS
    assert redacted["status"] == error.status
    assert str(redacted["type"]).endswith(f"/{kind.__name__}")


@pytest.mark.parametrize("kind", sorted(EVENT_ERRORS, key=str))
def test_unauthenticated_callers_see_event_errors_in_full(
    kind: type[ProvisioningError],
) -> None:
    """A problem in the event reveals nothing that its sender does not already know."""
    error = full_error(kind)

    assert redaction.for_unauthenticated_caller(error) == error.as_document()


@pytest.mark.parametrize("kind", FAMILY)
def test_every_public_document_fits_its_schema(kind: type[ProvisioningError]) -> None:
    """Full and redacted documents are valid against the public schema."""
    assert fits_schema(redaction.for_authenticated_caller(full_error(kind)))
    assert fits_schema(redaction.for_unauthenticated_caller(full_error(kind)))


def test_unknown_fields_are_omitted() -> None:
    """A redacted document omits fields without a value, as the full document does."""
    redacted = redaction.for_authenticated_caller(ServiceFailed("broken"))

    assert set(redacted) == REDACTED_FIELDS - {"request_id"}
    assert fits_schema(redacted)


def test_each_outcome_in_a_batch_is_redacted_separately() -> None:
    """Results and caller errors are unchanged; all other errors are redacted."""
    invalid = InvalidEvent(Problem("/resource_id", "is required"))
    absent = NotFound("no such group", code="LTS.0201", service="LTS")
    broken = ServiceFailed("hush-hush!", code="LTS.0202", service="LTS")
    broken.note(step="create_logtank", log_stream_name="hush-hush!", log_stream_id="s")
    outcomes: list[Outcome] = [RESULT, invalid, absent, broken, RESULT]

    redacted = redaction.for_authenticated_caller(BatchFailed(outcomes))

    assert redacted["results"] == [
        RESULT,
        invalid.as_document(),
        absent.as_document(),
        {
            "type": "https://ga-access-log.invalid/errors/ServiceFailed",
            "title": "Service failed",
            "status": 502,
            "code": "LTS.0202",
            "retryable": True,
            "remedy": ServiceFailed.remedy,
            "log_stream_id": "s",
        },
        RESULT,
    ]
    assert set(redacted) == {*PUBLIC_FIELDS, "code", "remedy", "retryable", "results"}
    assert (redacted["status"], redacted["retryable"]) == (502, True)
    assert fits_schema(redacted)


def test_the_errors_in_a_plan_are_redacted() -> None:
    """The changes and what was skipped are the results of the caller's request."""
    broken = ServiceFailed("hush-hush!", code="LTS.0202", service="LTS")
    change: Result = {"action": "delete", "resource_id": "l", "logtank_id": "t"}
    failed = Plan(
        applied=True,
        changes=[change, change],
        skipped=[],
        unchanged=7,
        errors={1: broken},
    )

    redacted = redaction.for_authenticated_caller(BatchFailed.from_plan(failed))

    assert redacted["changes"] == [
        change,
        {**change, "error": redaction.for_authenticated_caller(broken)},
    ]
    assert redacted["unchanged"] == 7
    assert "hush-hush!" not in json.dumps(redacted)
    assert fits_schema(redacted)


@pytest.mark.parametrize("kind", FAMILY)
def test_any_error_can_be_part_of_a_batch(kind: type[ProvisioningError]) -> None:
    """In `results`, an error has the same document as it has alone."""
    error = full_error(kind)
    redacted = redaction.for_authenticated_caller(BatchFailed([error, RESULT]))

    assert redacted["results"] == [redaction.for_authenticated_caller(error), RESULT]
    assert fits_schema(redacted)
