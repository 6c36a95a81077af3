"""The error classes: one root, documents that match their schema, clear messages."""

from __future__ import annotations

import ast
import inspect
import json

import pytest

from functions import contracts, errors
from functions.errors import (
    BatchFailed,
    InvalidEvent,
    Misconfigured,
    NotFound,
    Problem,
    ProvisioningError,
    ServiceFailed,
    Throttled,
    codes,
)
from tests.unit.error_family import FAMILY, error_of

BRANCHES = {
    "ProvisioningError",
    "CallerFault",
    "Refused",
    "NotProcessed",
    "MaybeProcessed",
}
STATUSES = {
    "InvalidEvent": 400,
    "MethodNotAllowed": 405,
    "PayloadTooLarge": 413,
    "ResultTooLarge": 413,
    "UnsupportedMediaType": 415,
    "Unauthenticated": 401,
    "NotFound": 404,
    "Conflict": 409,
    "AlreadyExists": 409,
    "QuotaExceeded": 409,
    "Malfunction": 502,
    "Misconfigured": 500,
    "Throttled": 503,
    "Busy": 503,
    "OutcomeUnknown": 504,
    "DeadlineExceeded": 504,
    "AuthenticationFailed": 502,
    "PermissionDenied": 502,
    "InvalidProject": 502,
    "InvalidRequest": 502,
    "Redirected": 502,
    "ProxyRefused": 502,
    "ServiceFailed": 502,
    "Unreachable": 502,
    "UnintelligibleReply": 502,
    "LogtankFailed": 502,
}
RETRYABLE = {
    "Throttled",
    "Unreachable",
    "Busy",
    "ServiceFailed",
    "OutcomeUnknown",
    "UnintelligibleReply",
    "DeadlineExceeded",
}


def test_every_error_class_is_public() -> None:
    """All subclasses of the root can be imported from the package."""

    def subclasses(kind: type[ProvisioningError]) -> set[type[ProvisioningError]]:
        return {kind}.union(*map(subclasses, kind.__subclasses__()))

    assert subclasses(ProvisioningError) == set(FAMILY)


def test_the_class_tree_in_the_docstring_is_accurate() -> None:
    """Each class is shown below the class that it derives from."""
    lines = (errors.__doc__ or "").splitlines()
    documented: dict[str, str] = {}
    path: list[str] = []
    for line in lines:
        text = line.replace("│", " ").replace("├──", "   ").replace("└──", "   ")
        name = text.split()[0] if text.split() else ""
        if name in vars(errors):
            depth = (len(text) - len(text.lstrip())) // 4
            path[depth:] = [name]
            documented[name] = path[depth - 1] if depth else "Exception"

    assert documented == {kind.__name__: kind.__mro__[1].__name__ for kind in FAMILY}


@pytest.mark.parametrize("kind", FAMILY)
def test_every_class_has_a_docstring_and_a_remedy(
    kind: type[ProvisioningError],
) -> None:
    """The docstring is not inherited, and the remedy is a sentence."""
    assert kind.__dict__["__doc__"]
    assert kind.remedy[0].isupper()
    assert kind.remedy.endswith(".")


def test_each_class_has_the_specified_http_status() -> None:
    """The status is that of the HTTP response to the caller."""
    leaves = {kind.__name__: kind.status for kind in FAMILY}
    for name in (*BRANCHES, "BatchFailed"):
        del leaves[name]

    assert leaves == STATUSES


def test_temporary_failures_are_retryable() -> None:
    """Refusals and errors in the event are not retryable."""
    leaves = {kind.__name__ for kind in FAMILY if kind.retryable} - BRANCHES

    assert leaves == RETRYABLE


def test_only_invalid_event_has_both_instances_and_subclasses() -> None:
    """Any other class that is raised has no subclasses."""
    parents = {kind.__mro__[1].__name__ for kind in FAMILY} - {"Exception"}

    assert parents == BRANCHES | {"InvalidEvent"}


def test_errors_are_not_classified_by_message() -> None:
    """The functions of the code table have only a status and a code as parameters."""
    names = {
        argument.arg
        for node in ast.walk(ast.parse(inspect.getsource(codes)))
        if isinstance(node, ast.FunctionDef)
        for argument in node.args.args
    }
    assert names == {"status", "code"}


FACTS = {
    "service": "LTS",
    "upstream_status": 500,
    "request_id": "r-1",
    "step": "delete_log_stream",
    "resource_id": "l",
    "log_group_name": "h",
    "log_group_id": "g",
    "log_stream_name": "n",
    "log_stream_id": "s",
    "logtank_id": "t",
    "deleted": ["logtank"],
}


def full_error() -> ServiceFailed:
    """Return an error with every field set."""
    error = ServiceFailed(
        "It broke.",
        code="LTS.0202",
        service="LTS",
        upstream_status=500,
        request_id="r-1",
        retry_after=3.0,
    )
    error.note(
        step="delete_log_stream",
        resource_id="l",
        log_group_name="h",
        log_group_id="g",
        log_stream_name="n",
        log_stream_id="s",
        logtank_id="t",
        deleted=["logtank"],
    )
    return error


@pytest.mark.parametrize("kind", FAMILY)
def test_every_document_matches_its_schema(kind: type[ProvisioningError]) -> None:
    """A document has exactly the fields that `error.schema.json` requires."""
    document = error_of(kind, "Something happened").as_document()

    contracts.check("error", json.loads(json.dumps(document)))
    assert str(document["type"]).endswith(f"/{kind.__name__}")
    assert document["code"] == kind.__name__


def test_a_document_has_every_known_fact() -> None:
    """This includes facts from the cloud, the step and existing resources."""
    document = full_error().as_document()

    contracts.check("error", document)
    assert document == {
        "type": "https://ga-access-log.invalid/errors/ServiceFailed",
        "title": "Service failed",
        "status": 502,
        "detail": "It broke.",
        "code": "LTS.0202",
        "retryable": True,
        "remedy": ServiceFailed.remedy,
        **FACTS,
    }


def test_unknown_facts_are_omitted() -> None:
    """A fact without a value has no field in the document."""
    assert not set(Misconfigured("X").as_document()) & set(FACTS)


def test_a_known_fact_is_kept() -> None:
    """Only a missing fact is added: a known one was noted closer to the failure."""
    error = full_error()

    error.note(step=None, log_stream_id="other")

    assert (error.step, error.log_stream_id) == (
        "delete_log_stream",
        FACTS["log_stream_id"],
    )


def test_the_text_of_an_error_has_detail_code_and_remedy() -> None:
    """The text shown by the platform says what happened and what to do."""
    assert str(full_error()) == f"It broke (LTS.0202). {ServiceFailed.remedy}"


def test_a_specific_remedy_replaces_that_of_the_class() -> None:
    """It applies only to the error that it was given to."""
    error = NotFound("Gone", remedy="Make it.")

    assert error.as_document()["remedy"] == "Make it."
    assert str(error) == "Gone (NotFound). Make it."
    assert NotFound("Gone").remedy != "Make it."


def test_an_invalid_event_has_sorted_and_unique_problems() -> None:
    """This holds for the document and for the text."""
    last, first = Problem("/b", "is required"), Problem("", "must be an object")

    error = InvalidEvent(last, first, last)

    assert error.as_document()["errors"] == [
        {"pointer": "", "detail": "must be an object"},
        {"pointer": "/b", "detail": "is required"},
    ]
    assert error.detail == "the event must be an object; /b is required"


def test_a_failed_batch_has_every_outcome_in_its_document() -> None:
    """Results and errors have the order of the requests."""
    result: dict[str, object] = {
        "log_group_id": "g",
        "log_stream_id": "s",
        "created": True,
    }
    batch = BatchFailed([result, full_error(), Misconfigured("X is not set")])

    document = batch.as_document()

    contracts.check("error", document)
    assert document["results"] == [
        result,
        full_error().as_document(),
        Misconfigured("X is not set").as_document(),
    ]
    assert document["detail"] == ("2 of 3 requests failed (counted from 0): 1, 2")


def test_the_text_of_a_failed_batch_has_only_the_failures() -> None:
    """The text is the document as JSON, without the successful results."""
    shown = json.loads(str(BatchFailed([{"created": True}, full_error()])))

    assert shown["results"] == [full_error().as_document()]
    assert shown["type"].endswith("/BatchFailed")
    contracts.check("error", shown)


@pytest.mark.parametrize(
    ("failures", "status", "retryable"),
    [
        ([NotFound("a")], 404, False),
        ([NotFound("a"), Throttled("b")], 503, True),
        ([ServiceFailed("a"), NotFound("b"), Misconfigured("c")], 502, True),
        ([Misconfigured("a"), NotFound("b")], 500, False),
    ],
)
def test_a_failed_batch_has_the_status_of_its_worst_failure(
    failures: list[ProvisioningError], status: int, *, retryable: bool
) -> None:
    """The highest status applies; the batch is retryable if any failure is."""
    batch = BatchFailed([{"created": True}, *failures])

    assert (batch.status, batch.retryable) == (status, retryable)
