"""The family of errors: one root, documents that fit their schema, words that help."""

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
from tests.unit.family import FAMILY, error_of

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


def test_the_whole_family_is_public() -> None:
    """Every class below the root can be had from the package."""

    def below(kind: type[ProvisioningError]) -> set[type[ProvisioningError]]:
        return {kind}.union(*map(below, kind.__subclasses__()))

    assert below(ProvisioningError) == set(FAMILY)


def test_the_tree_on_top_of_the_package_is_the_real_one() -> None:
    """Each class stands in the drawing, under the class that it derives from."""
    lines = (errors.__doc__ or "").splitlines()
    drawn: dict[str, str] = {}
    path: list[str] = []
    for line in lines:
        words = line.replace("│", " ").replace("├──", "   ").replace("└──", "   ")
        name = words.split()[0] if words.split() else ""
        if name in errors.__all__:
            depth = (len(words) - len(words.lstrip())) // 4
            path[depth:] = [name]
            drawn[name] = path[depth - 1] if depth else "Exception"

    assert drawn == {kind.__name__: kind.__mro__[1].__name__ for kind in FAMILY}


@pytest.mark.parametrize("kind", FAMILY)
def test_every_class_says_what_it_is_and_what_to_do(
    kind: type[ProvisioningError],
) -> None:
    """A class has a docstring of its own, and a remedy that is a sentence."""
    assert kind.__dict__["__doc__"]
    assert kind.remedy[0].isupper()
    assert kind.remedy.endswith(".")


def test_leaves_have_the_statuses_of_the_design() -> None:
    """Each class answers an HTTP caller with its own status, all others with 502."""
    leaves = {kind.__name__: kind.status for kind in FAMILY}
    for name in (*BRANCHES, "BatchFailed"):
        del leaves[name]

    assert leaves == STATUSES


def test_what_may_succeed_later_is_retryable() -> None:
    """Silence, trouble and crowds pass; refusals and faults of the event do not."""
    leaves = {kind.__name__ for kind in FAMILY if kind.retryable} - BRANCHES

    assert leaves == RETRYABLE


def test_a_leaf_has_no_classes_below_it_but_the_kinds_of_invalid_events() -> None:
    """Whoever catches a leaf knows exactly what happened."""
    parents = {kind.__mro__[1].__name__ for kind in FAMILY} - {"Exception"}

    assert parents == BRANCHES | {"InvalidEvent"}


def test_nothing_is_classified_by_its_text() -> None:
    """The table of codes asks for a status and a code, and never for a message."""
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
    "step": "create_logtank",
    "log_stream_name": "n",
    "log_stream_id": "s",
    "logtank_id": "t",
}


def full() -> ServiceFailed:
    """Return an error that knows everything."""
    error = ServiceFailed(
        "It broke.",
        code="LTS.0202",
        service="LTS",
        upstream_status=500,
        request_id="r-1",
        retry_after=3.0,
    )
    error.note(
        step="create_logtank", log_stream_name="n", log_stream_id="s", logtank_id="t"
    )
    return error


@pytest.mark.parametrize("kind", FAMILY)
def test_every_document_fits_its_schema(kind: type[ProvisioningError]) -> None:
    """A document has all that `error.schema.json` demands, and nothing else."""
    document = error_of(kind, "Something happened").as_document()

    contracts.check("error", json.loads(json.dumps(document)))
    assert str(document["type"]).endswith(f"/{kind.__name__}")
    assert document["code"] == kind.__name__


def test_a_document_has_every_known_fact() -> None:
    """Facts of the cloud, and how far the work had come, are in the document."""
    document = full().as_document()

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


def test_unknown_facts_are_left_out() -> None:
    """A fact that is not known has no field."""
    assert not set(Misconfigured("X").as_document()) & set(FACTS)


def test_noting_nothing_forgets_nothing() -> None:
    """A fact that is noted as None stays as it was known before."""
    error = full()

    error.note(step=None, log_stream_id="other")

    assert (error.step, error.log_stream_id) == ("create_logtank", "other")


def test_an_error_reads_as_a_sentence_with_its_code_and_remedy() -> None:
    """The text that a platform shows says what happened and what to do."""
    assert str(full()) == f"It broke (LTS.0202). {ServiceFailed.remedy}"


def test_an_own_remedy_stands_before_the_classs() -> None:
    """A remedy given to one error is that error's alone."""
    error = NotFound("Gone", remedy="Make it.")

    assert error.as_document()["remedy"] == "Make it."
    assert str(error) == "Gone (NotFound). Make it."
    assert NotFound("Gone").remedy != "Make it."


def test_an_invalid_event_names_every_place_once_and_in_order() -> None:
    """Problems are sorted and unique, in the document and in the text."""
    last, first = Problem("/b", "is required"), Problem("", "must be an object")

    error = InvalidEvent(last, first, last)

    assert error.as_document()["errors"] == [
        {"pointer": "", "detail": "must be an object"},
        {"pointer": "/b", "detail": "is required"},
    ]
    assert error.detail == "the event must be an object; /b is required"


def test_a_failed_batch_has_every_outcome_in_its_document() -> None:
    """Results and errors stand in the order of the requests."""
    made: dict[str, object] = {"log_stream_id": "s", "created": True}
    batch = BatchFailed([made, full(), Misconfigured("X is not set")])

    document = batch.as_document()

    contracts.check("error", document)
    assert document["results"] == [
        made,
        full().as_document(),
        Misconfigured("X is not set").as_document(),
    ]
    assert document["detail"] == ("2 of 3 requests failed; counted from 0, these: 1, 2")


def test_the_text_of_a_failed_batch_has_the_failures_alone() -> None:
    """As text it is its document in JSON, without what went well."""
    shown = json.loads(str(BatchFailed([{"created": True}, full()])))

    assert shown["results"] == [full().as_document()]
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
def test_a_failed_batch_is_as_bad_as_its_worst_member(
    failures: list[ProvisioningError], status: int, *, retryable: bool
) -> None:
    """Its status is the highest; it is retryable if any member is."""
    batch = BatchFailed([{"created": True}, *failures])

    assert (batch.status, batch.retryable) == (status, retryable)
