"""CTS traces: which report a listener's creation or deletion, and of which one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from functions.errors import InvalidEvent
from functions.triggers import audit_trail
from functions.triggers.delivery import Ignored, Listener, Trace

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
CREATED = Listener(ID, Trace.CREATION)
SAMPLE = Path(__file__).parents[1] / "events" / "cts.json"
IGNORED_FAILURE = Ignored("the trace reports an operation that failed")
IGNORED_OTHER = Ignored("the trace is not of a GA listener's creation or deletion")


def read(**changes: object) -> Listener | Ignored:
    """Return the result of reading the sample trace with these changes."""
    return audit_trail.read({"cts": {**TRACE, **changes}}, "")


def without(*names: str) -> dict[str, object]:
    """Return the sample trace without these fields."""
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
def test_a_trace_is_recognized_by_its_fields(
    payload: dict[str, object], *, expected: bool
) -> None:
    """A trace may be wrapped by the CTS trigger, or bare from other triggers."""
    assert audit_trail.recognizes(payload) is expected


def test_the_sample_trace_identifies_a_listener() -> None:
    """In the sample, the request and response are JSON strings."""
    assert audit_trail.read(json.loads(SAMPLE.read_text("utf-8")), "") == CREATED


def test_a_bare_trace_gives_the_same_result() -> None:
    """Events from EventGrid and SMN contain the trace without a wrapper."""
    assert audit_trail.read(TRACE, "/data") == CREATED
    assert audit_trail.read({"cts": json.dumps(TRACE)}, "") == CREATED


@pytest.mark.parametrize(
    "code",
    [
        *("200", "201", "204", "299", " 202 ", "0", "302"),
        *(200, 201, 0, 302, 202.0, 0.0, "200.0"),
        *(None, "", " ", [], {"a": 1}),
    ],
)
def test_success_codes_may_be_numbers_or_strings(code: object) -> None:
    """The console reports 302; some traces have no code or one in another format."""
    assert read(code=code) == CREATED


@pytest.mark.parametrize(
    "code",
    [
        *("400", "404", "500", "301", "304", "100", "GA.0001", "GA.9103", "ok"),
        *(400, 500, 302.5, 1, -200, True, False, float("nan"), float("inf")),
        *("20", "2000", "200.5", "200x", "+200", "\u0662\u0660\u0660", "2e2"),
    ],
)
def test_any_other_code_means_failure(code: object) -> None:
    """No listener was created, so the trace is ignored."""
    assert read(code=code) == IGNORED_FAILURE


@pytest.mark.parametrize("field", ["trace_rating", "trace_status"])
@pytest.mark.parametrize(
    ("rating", "expected"),
    [
        ("normal", CREATED),
        (" NORMAL ", CREATED),
        ("", CREATED),
        (None, CREATED),
        ("warning", IGNORED_FAILURE),
        (1, IGNORED_FAILURE),
    ],
)
def test_a_failed_creation_is_ignored(
    field: str, rating: object, expected: Listener | Ignored
) -> None:
    """The rating or the status marks the failure, independently of the code."""
    assert read(**{field: rating}) == expected


@pytest.mark.parametrize(
    ("name", "trace"),
    [
        ("createListener", Trace.CREATION),
        ("deleteListener", Trace.DELETION),
        (" DELETELISTENER ", Trace.DELETION),
    ],
)
def test_the_operation_is_told(name: str, trace: Trace) -> None:
    """A creation and a deletion are served by different functions."""
    assert read(trace_name=name) == Listener(ID, trace)


@pytest.mark.parametrize("response", [None, "", {}, "{}"])
def test_a_deletion_has_the_id_in_resource_id_alone(response: object) -> None:
    """Its response is empty, and its code is 204."""
    trace = {"trace_name": "deleteListener", "code": "204", "response": response}

    assert read(**trace) == Listener(ID, Trace.DELETION)


def test_a_failed_deletion_is_ignored() -> None:
    """The listener still exists."""
    assert read(trace_name="deleteListener", code="409") == IGNORED_FAILURE


def test_code_and_rating_may_be_missing() -> None:
    """Missing fields do not count as a failure."""
    bare = without("code", "trace_rating", "trace_status")

    assert audit_trail.read(bare, "") == CREATED


@pytest.mark.parametrize("write", [str.upper, " {} ".format])
@pytest.mark.parametrize("field", ["service_type", "resource_type", "trace_name"])
def test_trace_fields_are_case_insensitive(
    field: str, write: Callable[[object], str]
) -> None:
    """The documentation does not specify upper or lower case."""
    assert read(**{field: write(TRACE[field])}) == CREATED


@pytest.mark.parametrize(
    "changes",
    [
        {"service_type": "ELB"},
        {"service_type": ["GA"]},
        {"resource_type": "accelerator"},
        {"trace_name": "updateListener"},
        {"trace_name": "createLogtank"},
        {"trace_name": 7},
    ],
)
def test_other_traces_are_ignored(changes: dict[str, object]) -> None:
    """Traces of other operations are ignored, whether they succeeded or failed."""
    assert read(**changes) == IGNORED_OTHER
    assert read(**changes, code="500", resource_id=None, response=None) == IGNORED_OTHER


@pytest.mark.parametrize("name", ["service_type", "resource_type", "trace_name"])
def test_a_trace_without_an_identifying_field_is_ignored(name: str) -> None:
    """A trace must state the operation, the service and the kind of resource."""
    assert audit_trail.read({"cts": without(name)}, "") == IGNORED_OTHER
    assert audit_trail.read({"cts": "{}"}, "") == IGNORED_OTHER


@pytest.mark.parametrize(
    "response",
    [
        {"listener": {"id": ID}},
        {"listener": json.dumps({"id": ID})},
        json.dumps({"listener": {"id": ID}}),
    ],
)
@pytest.mark.parametrize("resource_id", [OTHER_ID, "shop-https", None])
def test_the_listener_id_comes_from_the_response(
    response: object, resource_id: object
) -> None:
    """The response may be an object or JSON text; `resource_id` may be a name."""
    assert read(response=response, resource_id=resource_id) == CREATED


RESPONSES_WITHOUT_ID: list[object] = [
    *({}, "", "{}", None, [], 7, "broken {", "null", "[]", '"text"'),
    *({"listener": None}, {"listener": {}}, {"listener": "shop"}, {"listener": [ID]}),
    *({"listener": {"id": "shop"}}, {"listener": {"id": 7}}, {"id": ID}),
    f'{{"listener": {{"id": "{OTHER_ID}"}}, "listener": {{}}}}',
]


@pytest.mark.parametrize("response", RESPONSES_WITHOUT_ID)
def test_resource_id_is_the_fallback(response: object) -> None:
    """An empty or invalid response is ignored in favor of `resource_id`."""
    assert read(response=response) == CREATED
    assert audit_trail.read({"cts": without("response")}, "") == CREATED


@pytest.mark.parametrize("identifier", [ID, HEX, ID.upper(), HEX.upper()])
def test_several_id_formats_are_accepted(identifier: str) -> None:
    """The ID is returned unchanged."""
    response = {"listener": {"id": identifier}}

    assert read(response={}, resource_id=identifier) == Listener(
        identifier, Trace.CREATION
    )
    assert read(response=response, resource_id="n") == Listener(
        identifier, Trace.CREATION
    )


@pytest.mark.parametrize(
    "value",
    [
        *("shop-https", "", None, 7, [ID], {"id": ID}),
        *(ID[:-1], ID + "0", f"{ID}\n", f" {ID}", f"{{{ID}}}", ID.replace("d", "g")),
    ],
)
def test_a_trace_without_a_listener_id_has_an_error_instead(value: object) -> None:
    """A name is not a valid ID; the remedy is to look up the listener."""
    found = read(response={"listener": {"id": value}}, resource_id=value)

    assert isinstance(found, Listener)
    assert isinstance(found.id, InvalidEvent)
    assert found.id.detail == "/cts/resource_id is not a listener ID"
    assert found.id.remedy.startswith("Look up the listener in GA")


@pytest.mark.parametrize(
    "cts", [None, [], [TRACE], 7, True, "", "text", "[]", "null", '{"a": 1, "a": 2}']
)
def test_a_wrapper_without_a_trace_is_rejected(cts: object) -> None:
    """The problem has the pointer of the wrapper in the event."""
    with pytest.raises(InvalidEvent) as raised:
        audit_trail.read({"cts": cts}, "/data")

    assert raised.value.detail == "/data/cts must be an object"
