"""Traces: which of them reports a listener's creation, and whose id it tells."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from functions.errors import InvalidEvent
from functions.triggers import audit_trail
from functions.triggers.delivery import Ignored, Listener

ID = "78d425da-4d5f-422f-b13b-40aa3f49bc55"
OTHER_ID = "0f6f1e0a-0000-4000-8000-000000000002"
HEX = ID.replace("-", "")
TRACE: dict[str, object] = {
    "trace_name": "createListener",
    "service_type": "GA",
    "resource_type": "listener",
    "resource_name": "shop-https",
    "resource_id": ID,
    "trace_rating": "normal",
    "trace_status": "normal",
    "code": "201",
    "response": {"listener": {"id": ID}},
}
SAMPLE = Path(__file__).parents[1] / "events" / "cts.json"
FAILED = Ignored("the trace is of a creation that failed")
NOT_OURS = Ignored("the trace is not of the creation of a GA listener")


def read(**changes: object) -> Listener | Ignored:
    """Return what a trace with these changes says."""
    return audit_trail.read({"cts": {**TRACE, **changes}}, "")


def without(*names: str) -> dict[str, object]:
    """Return a trace that lacks these fields."""
    return {name: fact for name, fact in TRACE.items() if name not in names}


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"cts": TRACE}, True),
        ({"cts": None}, True),
        (TRACE, True),
        ({"trace_name": "", "service_type": ""}, True),
        ({"trace_name": "createListener"}, False),
        ({}, False),
    ],
)
def test_a_trace_is_told_by_its_fields(
    payload: dict[str, object], *, expected: bool
) -> None:
    """Wrapped as the trigger does it, or bare as other ways bring it."""
    assert audit_trail.recognises(payload) is expected


def test_the_sample_is_of_a_listener() -> None:
    """As the trigger delivers it, with request and response as texts."""
    assert audit_trail.read(json.loads(SAMPLE.read_text("utf-8")), "") == Listener(ID)


def test_a_bare_trace_says_the_same() -> None:
    """There is no wrapper to be found in what EventGrid and SMN bring."""
    assert audit_trail.read(TRACE, "/data") == Listener(ID)
    assert audit_trail.read({"cts": json.dumps(TRACE)}, "") == Listener(ID)


@pytest.mark.parametrize(
    "code",
    [
        *("200", "201", "204", "299", " 202 ", "0", "302"),
        *(200, 201, 0, 302, 202.0, 0.0, "200.0"),
        *(None, "", " ", [], {"a": 1}),
    ],
)
def test_a_code_of_success_is_a_number_or_its_text(code: object) -> None:
    """Consoles give 302; some traces have none, or one in a form of their own."""
    assert read(code=code) == Listener(ID)


@pytest.mark.parametrize(
    "code",
    [
        *("400", "404", "500", "301", "304", "100", "GA.0001", "GA.9103", "ok"),
        *(400, 500, 302.5, 1, -200, True, False, float("nan"), float("inf")),
        *("20", "2000", "200.5", "200x", "+200", "\u0662\u0660\u0660", "2e2"),
    ],
)
def test_any_other_code_is_of_a_failure(code: object) -> None:
    """There is no listener then, and nothing to be done."""
    assert read(code=code) == FAILED


@pytest.mark.parametrize("field", ["trace_rating", "trace_status"])
@pytest.mark.parametrize(
    ("rating", "expected"),
    [
        ("normal", Listener(ID)),
        (" NORMAL ", Listener(ID)),
        ("", Listener(ID)),
        (None, Listener(ID)),
        ("warning", FAILED),
        (1, FAILED),
    ],
)
def test_a_creation_that_went_wrong_is_passed_over(
    field: str, rating: object, expected: Listener | Ignored
) -> None:
    """By its rating or its status, whatever the code."""
    assert read(**{field: rating}) == expected


def test_code_and_rating_may_be_missing() -> None:
    """What is not there says nothing against it."""
    bare = without("code", "trace_rating", "trace_status")

    assert audit_trail.read(bare, "") == Listener(ID)


@pytest.mark.parametrize("write", [str.upper, " {} ".format])
@pytest.mark.parametrize("field", ["service_type", "resource_type", "trace_name"])
def test_its_words_may_be_in_any_case(
    field: str, write: Callable[[object], str]
) -> None:
    """The documents do not say in which they come."""
    assert read(**{field: write(TRACE[field])}) == Listener(ID)


@pytest.mark.parametrize(
    "changes",
    [
        {"service_type": "ELB"},
        {"service_type": ["GA"]},
        {"resource_type": "accelerator"},
        {"trace_name": "deleteListener"},
        {"trace_name": 7},
    ],
)
def test_other_traces_ask_for_nothing(changes: dict[str, object]) -> None:
    """Whatever else they have, and whether or not they went well."""
    assert read(**changes) == NOT_OURS
    assert read(**changes, code="500", resource_id=None, response=None) == NOT_OURS


@pytest.mark.parametrize("name", ["service_type", "resource_type", "trace_name"])
def test_a_trace_that_lacks_a_word_asks_for_nothing(name: str) -> None:
    """Something must say that it is of a listener's creation."""
    assert audit_trail.read({"cts": without(name)}, "") == NOT_OURS
    assert audit_trail.read({"cts": "{}"}, "") == NOT_OURS


@pytest.mark.parametrize(
    "response",
    [
        {"listener": {"id": ID}},
        {"listener": json.dumps({"id": ID})},
        json.dumps({"listener": {"id": ID}}),
    ],
)
@pytest.mark.parametrize("resource_id", [OTHER_ID, "shop-https", None])
def test_the_response_tells_the_id(response: object, resource_id: object) -> None:
    """As an object or its text; what stands beside it may be a name."""
    assert read(response=response, resource_id=resource_id) == Listener(ID)


SILENT: list[object] = [
    *({}, "", "{}", None, [], 7, "broken {", "null", "[]", '"text"'),
    *({"listener": None}, {"listener": {}}, {"listener": "shop"}, {"listener": [ID]}),
    *({"listener": {"id": "shop"}}, {"listener": {"id": 7}}, {"id": ID}),
    f'{{"listener": {{"id": "{OTHER_ID}"}}, "listener": {{}}}}',
]


@pytest.mark.parametrize("response", SILENT)
def test_else_the_resource_is_the_listener(response: object) -> None:
    """A response that is empty, broken or silent does no harm."""
    assert read(response=response) == Listener(ID)
    assert audit_trail.read({"cts": without("response")}, "") == Listener(ID)


@pytest.mark.parametrize("identifier", [ID, HEX, ID.upper(), HEX.upper()])
def test_an_id_may_be_written_in_several_ways(identifier: str) -> None:
    """It is handed on as it came."""
    said = {"listener": {"id": identifier}}

    assert read(response={}, resource_id=identifier) == Listener(identifier)
    assert read(response=said, resource_id="n") == Listener(identifier)


@pytest.mark.parametrize(
    "told",
    [
        *("shop-https", "", None, 7, [ID], {"id": ID}),
        *(ID[:-1], ID + "0", f"{ID}\n", f" {ID}", f"{{{ID}}}", ID.replace("d", "g")),
    ],
)
def test_a_trace_without_any_id_is_refused(told: object) -> None:
    """A name is no id: the sender is told to look the listener up."""
    with pytest.raises(InvalidEvent) as raised:
        read(response={"listener": {"id": told}}, resource_id=told)

    assert raised.value.detail == (
        "/cts/resource_id is no listener's id, nor is one elsewhere"
    )
    assert raised.value.remedy.startswith("Look the listener up in GA")


@pytest.mark.parametrize(
    "cts", [None, [], [TRACE], 7, True, "", "text", "[]", "null", '{"a": 1, "a": 2}']
)
def test_a_wrapper_around_no_trace_is_refused(cts: object) -> None:
    """By its place in the event."""
    with pytest.raises(InvalidEvent) as raised:
        audit_trail.read({"cts": cts}, "/data")

    assert raised.value.detail == "/data/cts must be an object"
