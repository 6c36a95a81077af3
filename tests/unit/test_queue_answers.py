"""A queue is told which messages are to come again, and no others."""

from __future__ import annotations

import pytest

from functions.errors import Misconfigured, NotFound
from functions.triggers import answers
from functions.triggers.answers import Outcome
from functions.triggers.delivery import Delivery, Message

MADE: dict[str, object] = {"log_stream_id": "s", "created": True}
IGNORED: dict[str, object] = {"ignored": "why"}
BAD = NotFound("x")


def failures(
    outcomes: list[Outcome],
    sizes: tuple[int, ...] = (1, 1, 1),
    ids: str = "abc",
    *,
    in_order: bool = False,
) -> str:
    """Return the ids, a letter each, of messages that are to come again.

    The messages have so many requests each.
    """
    messages = [
        Message([{}] * size, is_array=size != 1, id=each)
        for size, each in zip(sizes, ids, strict=True)
    ]
    delivery = Delivery(messages, is_batch=True, in_order=in_order)
    told = answers.failures_of_queue({}, delivery, outcomes)
    assert list(told) == ["batchItemFailures"]
    items = told["batchItemFailures"]
    assert isinstance(items, list)
    assert all(list(item) == ["itemIdentifier"] for item in items)
    return "".join(item["itemIdentifier"] for item in items)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([MADE, MADE, MADE], ""),
        ([MADE, IGNORED, MADE], ""),
        ([BAD, MADE, MADE], "a"),
        ([MADE, BAD, MADE], "b"),
        ([BAD, MADE, BAD], "ac"),
        ([BAD, BAD, BAD], "abc"),
    ],
)
def test_a_message_that_failed_comes_again(
    outcomes: list[Outcome], expected: str
) -> None:
    """Alone: what went well does not."""
    assert failures(outcomes) == expected


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([MADE, MADE, MADE, MADE], ""),
        ([BAD, MADE, MADE, MADE], "a"),
        ([MADE, BAD, MADE, MADE], "a"),
        ([MADE, MADE, BAD, MADE], "a"),
        ([MADE, MADE, MADE, BAD], "c"),
        ([MADE, BAD, MADE, BAD], "ac"),
    ],
)
def test_a_message_is_done_if_all_that_is_in_it_is(
    outcomes: list[Outcome], expected: str
) -> None:
    """Here the first has three requests, the second none."""
    assert failures(outcomes, (3, 0, 1)) == expected


@pytest.mark.parametrize(
    ("outcomes", "sizes", "expected"),
    [
        ([MADE, MADE, MADE], (1, 1, 1), ""),
        ([BAD], (1, 1, 1), "abc"),
        ([MADE, BAD], (1, 1, 1), "bc"),
        ([MADE, MADE, BAD], (1, 1, 1), "c"),
        ([MADE, BAD, MADE], (1, 1, 1), "bc"),
        ([MADE, BAD], (1, 2, 1), "bc"),
        ([MADE, MADE, BAD], (1, 2, 1), "bc"),
        ([MADE], (1, 1, 1), "bc"),
        ([BAD], (0, 1, 0), "bc"),
        ([], (0, 0, 0), ""),
        ([], (0, 1, 0), "bc"),
        ([IGNORED, MADE, IGNORED], (1, 1, 1), ""),
    ],
)
def test_of_a_fifo_queue_all_that_follows_a_failure_comes_again(
    outcomes: list[Outcome], sizes: tuple[int, ...], expected: str
) -> None:
    """What was not begun has no outcome, and its message is not done."""
    assert failures(outcomes, sizes, in_order=True) == expected


def test_a_request_without_an_outcome_is_not_done() -> None:
    """Whatever the queue, nothing is taken for done that was not."""
    assert failures([MADE, MADE]) == "c"


def test_a_message_without_an_id_makes_all_come_again() -> None:
    """The queue is told an id that it does not know, the empty one."""
    delivery = Delivery([Message([{}], id="a"), Message([{}])], is_batch=True)

    told = answers.failures_of_queue({}, delivery, [MADE, BAD])

    assert told == {"batchItemFailures": [{"itemIdentifier": ""}]}


def test_messages_of_one_id_are_told_as_often_as_they_came() -> None:
    """Which of them failed makes no difference to the queue."""
    assert failures([MADE, BAD, BAD], ids="aaa") == "aa"


@pytest.mark.parametrize(
    ("records", "ids"),
    [
        ([{"messageId": "a"}, {"messageId": "b"}], ["a", "b"]),
        ([{"messageId": "a"}, {}], ["a", ""]),
        ([None], [""]),
    ],
)
def test_an_event_that_fails_as_a_whole_comes_again_as_a_whole(
    records: list[object], ids: list[str]
) -> None:
    """The queue is told so in an answer, never by a raise."""
    told = answers.whole_queue({"Records": records}, Misconfigured("x"))

    assert told == {"batchItemFailures": [{"itemIdentifier": each} for each in ids]}
