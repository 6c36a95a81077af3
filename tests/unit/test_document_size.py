"""Documents, texts and log lines stay below 64 KB, and state what they leave out."""

from __future__ import annotations

import json

import pytest

from functions import contracts
from functions.errors import (
    BatchFailed,
    InvalidEvent,
    Malfunction,
    Outcome,
    Plan,
    Problem,
    ServiceFailed,
    as_json,
)
from functions.provisioning.plan import as_line
from functions.triggers.redaction import for_authenticated_caller

MAX_BYTES = 65_536
RESULT: dict[str, object] = {"log_stream_id": "43afe287-2a2d-4bf2-a67d-8a027b9ed80c"}
RESULT["log_group_id"] = "0b43cca4-a11a-4444-8ac5-2feee53a48ab"
RESULT["created"] = True


def size(document: object) -> int:
    """Return the bytes of a document's JSON."""
    return len(as_json(document).encode())


def invalid(number: int, character: str = "a") -> InvalidEvent:
    """Return an error with so many problems at very long places."""
    return InvalidEvent(
        *(
            Problem(f"/{place}/{character * 1000}", "is not a known field")
            for place in range(number)
        )
    )


@pytest.mark.parametrize("character", ["a", "é", "日", "😀", '"', "\\", "~"])
@pytest.mark.parametrize("number", [1, 30, 100, 1000])
def test_an_invalid_event_has_a_bounded_document(number: int, character: str) -> None:
    """It lists the problems that fit, and counts the others."""
    error = invalid(number, character)

    document = error.as_document()
    contracts.check("error", document)
    assert size(document) < MAX_BYTES
    assert len(json.dumps(document)) < MAX_BYTES - 2_000  # as the log writes it
    assert len(str(error).encode()) < MAX_BYTES
    assert len(error.problems) + error.omitted == number
    assert document.get("omitted", 0) == error.omitted


def test_a_few_problems_are_listed_in_full() -> None:
    """Nothing is left out of a document that is short enough."""
    document = invalid(20).as_document()

    assert len(document["errors"]) == 20  # type: ignore[arg-type] # it is an array
    assert "omitted" not in document


def test_the_detail_says_that_there_are_more_problems() -> None:
    """A reader of the text alone learns that it is not complete."""
    error = invalid(100)

    assert error.detail.endswith(f"; and {error.omitted} more problems")


@pytest.mark.parametrize("length", [256, 257, 10_000])
def test_a_pointer_has_at_most_256_characters(length: int) -> None:
    """A longer one is truncated, and ends in an ellipsis."""
    [problem] = InvalidEvent(Problem("/".ljust(length, "a"), "is wrong")).problems

    assert len(problem.pointer) <= 256
    assert problem.pointer.endswith("...") == (length > 256)


@pytest.mark.parametrize(
    "failure",
    [
        invalid(3),
        ServiceFailed("LTS answered CreateLogStream with 500", service="LTS"),
        Malfunction("KeyError in _create, line 7"),
    ],
    ids=["invalid requests", "failures of the cloud", "defects"],
)
def test_a_large_batch_has_a_bounded_document(failure: InvalidEvent) -> None:
    """All results are present; errors that do not fit are null and counted."""
    outcomes: list[Outcome] = [RESULT, *[failure] * 998, RESULT]
    error = BatchFailed(outcomes)

    for document in (error.as_document(), for_authenticated_caller(error)):
        results = document["results"]
        assert isinstance(results, list)
        assert len(results) == 1000
        assert results[0] == results[-1] == RESULT
        assert results.count(None) == document["omitted"]
        assert size({**document, "results": results[1:-1]}) < MAX_BYTES
    contracts.check("error", error.as_document())


def test_the_text_of_a_large_batch_is_bounded() -> None:
    """It has the failures that fit, in order, and counts the others."""
    text = str(BatchFailed([RESULT, *[invalid(3)] * 999]))

    document = json.loads(text)
    assert len(text.encode()) < MAX_BYTES
    assert len(document["results"]) + document["omitted"] == 999
    assert document["results"][0] == invalid(3).as_document()


def failing_plan(failures: int, planned: int) -> Plan:
    """Return a plan with so many changes, of which the first ones failed."""
    changes: list[dict[str, object]] = [
        {
            "action": "create",
            "resource_id": f"78d425da-4d5f-422f-b13b-{place:012}",
            "listener_name": "n" * 64,
            "log_stream_name": f"ga-78d425da-4d5f-422f-b13b-{place:012}",
        }
        for place in range(planned)
    ]
    return Plan(
        applied=True,
        changes=changes,
        skipped=[{"resource_id": "l", "reason": "it is frozen", "logtanks": []}],
        unchanged=7,
        errors=dict.fromkeys(range(failures), ServiceFailed("no", service="LTS")),
    )


def test_a_large_plan_has_a_bounded_document() -> None:
    """All changes are present; errors that do not fit are null and counted."""
    error = BatchFailed.from_plan(failing_plan(700, 1000))

    for document in (error.as_document(), for_authenticated_caller(error)):
        changes = document["changes"]
        assert isinstance(changes, list)
        assert len(changes) == 1000
        failed = [change for change in changes if "error" in change]
        assert len(failed) == 700
        left_out = [change for change in failed if change["error"] is None]
        assert len(left_out) == document["omitted"]
    contracts.check("error", error.as_document())


@pytest.mark.parametrize("failures", [1, 50, 700])
def test_the_text_of_a_failed_plan_is_bounded(failures: int) -> None:
    """It has the changes that failed, as many as fit, and counts the others."""
    plan = failing_plan(failures, 1000)
    text = str(BatchFailed.from_plan(plan))

    document = json.loads(text)
    contracts.check("error", document)
    assert len(text.encode()) < MAX_BYTES
    assert document["applied"]
    assert document["changes"][0] == {
        **plan.changes[0],
        "error": plan.errors[0].as_document(),
    }
    assert len(document["changes"]) + document.get("omitted", 0) == failures


def test_the_text_of_several_failed_plans_is_bounded() -> None:
    """Each of them is shown with its failures alone."""
    failures = [BatchFailed.from_plan(failing_plan(1, 1000))] * 10
    text = str(BatchFailed(failures))

    document = json.loads(text)
    contracts.check("error", document)
    assert len(text.encode()) < MAX_BYTES
    assert [len(each["changes"]) for each in document["results"]] == [1] * 10


def test_the_detail_of_a_very_large_batch_is_bounded() -> None:
    """It names the first thousand failures by their index, and counts the others."""
    error = BatchFailed([invalid(1)] * 30_000)

    assert error.detail.endswith(", 999, and 29000 more")
    assert len(str(error).encode()) < MAX_BYTES


@pytest.mark.parametrize("number", [2, 5_000])
def test_the_log_line_of_a_change_is_bounded(number: int) -> None:
    """A stream may be updated for any number of listeners."""
    ids = [f"78d425da-4d5f-422f-b13b-{place:012}" for place in range(number)]

    line = as_line({"action": "update", "resource_ids": ids, "log_stream_name": "n"})

    shown = line["resource_ids"]
    assert isinstance(shown, list)
    assert shown == ids[: len(shown)]
    assert len(shown) + line.get("omitted", 0) == number  # type: ignore[operator] # a number
    assert ("omitted" in line) == (number > 2)
    assert 0 < size(line) < MAX_BYTES


def test_problems_left_out_before_are_counted() -> None:
    """An error that is built from another one keeps its count."""
    error = InvalidEvent(*invalid(100).problems, omitted=7)

    assert error.omitted == 7
    assert error.detail.endswith("; and 7 more problems")


@pytest.mark.parametrize("text", ["日志", "é", "\ud800", 'a"b\\c\n'])
def test_json_has_no_needless_escapes(text: str) -> None:
    """Only half characters and what JSON requires is escaped."""
    written = as_json({"name": text})

    assert json.loads(written) == {"name": text}
    assert ("\\u" in written) == (text == "\ud800")
