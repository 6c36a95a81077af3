"""Queue responses list the failed messages, and later messages of their groups."""

from __future__ import annotations

import pytest

from functions.errors import Misconfigured, NotFound, Outcome
from functions.triggers import responses
from functions.triggers.delivery import Delivery, Message

CREATED: dict[str, object] = {"log_stream_id": "s", "created": True}


IGNORED: dict[str, object] = {"ignored": "why"}


LETTERS: dict[str, Outcome | None] = {
    "+": CREATED,
    "i": IGNORED,
    "-": NotFound("x"),
    "0": None,
}


def redelivered(
    outcomes: str,
    sizes: tuple[int, ...] = (1, 1, 1),
    ids: str = "abc",
    groups: str = "---",
) -> str:
    """Return the IDs, one letter each, of the messages to be redelivered.

    Each message has the given number of requests; each outcome is a key of LETTERS;
    each group is one letter, or a hyphen for none.
    """
    messages = [
        Message([{}] * size, size != 1, each, None if group == "-" else group)
        for size, each, group in zip(sizes, ids, groups, strict=True)
    ]
    delivery = Delivery(messages, is_batch=True)
    response = responses.partial_batch_response(
        {}, delivery, [LETTERS[each] for each in outcomes]
    )
    items = response["batchItemFailures"]
    assert isinstance(items, list)
    assert response == {"batchItemFailures": items}
    assert all(item.keys() == {"itemIdentifier"} for item in items)
    return "".join(item["itemIdentifier"] for item in items)


@pytest.mark.parametrize(
    ("outcomes", "sizes", "expected", "expected_in_order"),
    [
        ("+++", (1, 1, 1), "", ""),
        ("i+i", (1, 1, 1), "", ""),
        ("+-+", (1, 1, 1), "b", "bc"),
        ("-+-", (1, 1, 1), "ac", "abc"),
        ("++-", (1, 1, 1), "c", "c"),
        ("++0", (1, 1, 1), "c", "c"),
        ("-00", (1, 1, 1), "abc", "abc"),
        ("++++", (3, 0, 1), "", ""),
        ("-+++", (3, 0, 1), "a", "abc"),
        ("++-+", (3, 0, 1), "a", "abc"),
        ("+++-", (3, 0, 1), "c", "c"),
        ("+-00", (1, 2, 1), "bc", "bc"),
        ("-", (0, 1, 0), "b", "bc"),
        ("0", (0, 1, 0), "b", "bc"),
        ("", (0, 0, 0), "", ""),
    ],
)
def test_a_queue_response_lists_the_messages_to_be_redelivered(
    outcomes: str, sizes: tuple[int, ...], expected: str, expected_in_order: str
) -> None:
    """A message is redelivered unless all of its requests succeeded.

    All messages of its group after the failed one are redelivered as well.
    A request that was held back has no outcome, so its message is redelivered.
    """
    assert redelivered(outcomes, sizes) == expected
    assert redelivered(outcomes, sizes, groups="ggg") == expected_in_order


@pytest.mark.parametrize(
    ("outcomes", "groups", "expected"),
    [
        ("-++", "gh-", "a"),
        ("-+0", "ghg", "ac"),
        ("+-+", "ghh", "bc"),
        ("-++", "ghg", "ac"),
    ],
)
def test_other_groups_are_not_redelivered(
    outcomes: str, groups: str, expected: str
) -> None:
    """Messages are ordered only within a group."""
    assert redelivered(outcomes, groups=groups) == expected


def test_messages_with_the_same_id_are_listed_as_often_as_they_failed() -> None:
    """The queue does not distinguish between messages with the same ID."""
    assert redelivered("+--", ids="aaa") == "aa"


def test_an_event_that_fails_completely_is_redelivered_completely() -> None:
    """A message without an ID gets the empty ID, which causes a full redelivery."""
    event = {"Records": [{"messageId": "a"}, {}, None]}

    assert responses.fail_entire_batch(event, Misconfigured("x")) == {
        "batchItemFailures": [{"itemIdentifier": each} for each in ("a", "", "")]
    }
