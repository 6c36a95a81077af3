"""What the sender of an HTTP request is told of an error, and what is kept back."""

from __future__ import annotations

import json

import pytest

from functions import contracts
from functions.contracts import schema_files
from functions.errors import (
    AlreadyExists,
    BatchFailed,
    Conflict,
    InvalidEvent,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    Problem,
    ProvisioningError,
    QuotaExceeded,
    ServiceFailed,
    UnsupportedMediaType,
)
from functions.triggers import redaction
from functions.triggers.responses import Outcome
from tests.unit.family import FAMILY, error_of

OF_THE_EVENT = {InvalidEvent, MethodNotAllowed, PayloadTooLarge, UnsupportedMediaType}
OF_THE_SENDER = {*OF_THE_EVENT, NotFound, Conflict, AlreadyExists, QuotaExceeded}
STRANGERS = {"type", "title", "status"}
CUT = {*STRANGERS, "code", "remedy", "retryable", "request_id"}
MADE = {"log_stream_id": "s", "logtank_id": "t"}
PUBLIC = contracts.validator("error").evolve(
    schema={"$ref": f"{schema_files.BASE}error.schema.json#/$defs/public"}
)
RESULT: dict[str, object] = {"log_stream_id": "s", "created": True}


def full(kind: type[ProvisioningError]) -> ProvisioningError:
    """Return an error of this class that knows everything."""
    error = error_of(kind, "hush-hush!")
    error.code, error.service, error.upstream_status = "LTS.0001", "LTS", 500
    error.request_id = "r-1"
    error.note(step="create_logtank", log_stream_name="hush-hush!", **MADE)
    return error


def fits(document: object) -> bool:
    """Return whether a document fits the public part of the schema."""
    return bool(PUBLIC.is_valid(json.loads(json.dumps(document))))


@pytest.mark.parametrize("kind", sorted(OF_THE_SENDER, key=str))
def test_of_what_is_the_senders_to_mend_everything_is_told(
    kind: type[ProvisioningError],
) -> None:
    """What is wrong, where, and how far the work had come."""
    error = full(kind)

    assert redaction.document(error) == error.as_document()
    assert "hush-hush!" in json.dumps(redaction.document(error))
    contracts.check("error", redaction.document(error))


@pytest.mark.parametrize("kind", [k for k in FAMILY if k not in OF_THE_SENDER])
def test_of_anything_else_the_next_step_is_told(kind: type[ProvisioningError]) -> None:
    """Neither the detail nor whom we called: code, remedy, and what was made."""
    told = redaction.document(full(kind))

    known = {*CUT, *MADE, *({"results"} if kind is BatchFailed else ())}
    assert set(told) == known
    assert "hush-hush!" not in json.dumps(told)
    assert told["code"] == "LTS.0001"
    assert told["remedy"] == kind.remedy
    assert {name: told[name] for name in MADE} == MADE


@pytest.mark.parametrize("kind", [k for k in FAMILY if k not in OF_THE_EVENT])
def test_a_stranger_is_told_next_to_nothing(kind: type[ProvisioningError]) -> None:
    """Not even whether a secret is set."""
    error = full(kind)
    told = redaction.for_unauthenticated_caller(error)

    assert set(told) == STRANGERS
    assert told["status"] == error.status
    assert str(told["type"]).endswith(f"/{kind.__name__}")


@pytest.mark.parametrize("kind", sorted(OF_THE_EVENT, key=str))
def test_a_stranger_is_told_what_they_sent(kind: type[ProvisioningError]) -> None:
    """What is wrong with a request shows nothing that its sender does not know."""
    error = full(kind)

    assert redaction.for_unauthenticated_caller(error) == error.as_document()


@pytest.mark.parametrize("kind", FAMILY)
def test_every_public_document_fits_its_schema(kind: type[ProvisioningError]) -> None:
    """The part that is for everybody, whole or cut."""
    assert fits(redaction.document(full(kind)))
    assert fits(redaction.for_unauthenticated_caller(full(kind)))


def test_a_fact_that_is_not_known_is_left_out() -> None:
    """As in the whole document."""
    told = redaction.document(ServiceFailed("broken"))

    assert set(told) == CUT - {"request_id"}
    assert fits(told)


def test_each_request_of_several_is_told_by_its_own_rule() -> None:
    """Results as they are, the sender's failures whole, the others cut."""
    refused = InvalidEvent(Problem("/resource_id", "is required"))
    absent = NotFound("no such group", code="LTS.0201", service="LTS")
    broken = ServiceFailed("hush-hush!", code="LTS.0202", service="LTS")
    broken.note(step="create_logtank", log_stream_name="hush-hush!", log_stream_id="s")
    outcomes: list[Outcome] = [RESULT, refused, absent, broken, RESULT]

    told = redaction.document(BatchFailed(outcomes))

    assert told["results"] == [
        RESULT,
        refused.as_document(),
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
    assert set(told) == {*STRANGERS, "code", "remedy", "retryable", "results"}
    assert (told["status"], told["retryable"]) == (502, True)
    assert fits(told)


@pytest.mark.parametrize("kind", FAMILY)
def test_whatever_fails_may_be_one_of_several(kind: type[ProvisioningError]) -> None:
    """Its place in the results has what it would be told as alone."""
    error = full(kind)
    told = redaction.document(BatchFailed([error, RESULT]))

    assert told["results"] == [redaction.document(error), RESULT]
    assert fits(told)
