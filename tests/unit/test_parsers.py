"""Each type of setting accepts valid values, and rejects others unquoted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from functions.secret import Secret
from functions.settings import parsers

Reader = Callable[[str], object]

INTEGER = parsers.integer(1, 64)
SECONDS = parsers.seconds(0.05, 300)
ONE_OF = parsers.one_of("signature", "platform")
KEY = "whsec_" + "A" * 32
"""With a key of 24 bytes, the minimum."""
LONG_KEY = "whsec_" + "+/09" * 40


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (parsers.text, "a b", "a b"),
        (parsers.region, "cn-north-4", "cn-north-4"),
        (parsers.region, "eu-west-101", "eu-west-101"),
        (parsers.endpoint, "https://a.b/", "https://a.b"),
        (parsers.endpoint, "https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        (parsers.endpoint, "http://localhost:80", "http://localhost:80"),
        (parsers.endpoint, "http://127.1.2.3", "http://127.1.2.3"),
        (parsers.endpoint, "http://[::1]:8080", "http://[::1]:8080"),
        (parsers.header, "a key/with+signs=", Secret("a key/with+signs=")),
        (parsers.secret, " \n", Secret(" \n")),
        (parsers.name_template, "ga-{resource_id}", "ga-{resource_id}"),
        (parsers.name_template, "plain", "plain"),
        (parsers.label, "日志.g_1-", "日志.g_1-"),
        (parsers.label, "g" * 64, "g" * 64),
        (parsers.webhook_secrets, KEY, (Secret(KEY),)),
        (parsers.webhook_secrets, f"{KEY}AA==", (Secret(f"{KEY}AA=="),)),
        (parsers.webhook_secrets, f"{KEY}AAA=", (Secret(f"{KEY}AAA="),)),
        (
            parsers.webhook_secrets,
            f"\t{LONG_KEY}\n{KEY} ",
            (Secret(LONG_KEY), Secret(KEY)),
        ),
        (parsers.webhook_secrets, " ", ()),
        (ONE_OF, "signature", "signature"),
        (ONE_OF, "platform", "platform"),
        (parsers.level, "DEBUG", "DEBUG"),
        (parsers.level, "warning", "WARNING"),
        (INTEGER, "1", 1),
        (INTEGER, "064", 64),
        (SECONDS, "0.05", 0.05),
        (SECONDS, "300", 300.0),
    ],
)
def test_a_valid_value_is_parsed(read: Reader, value: str, expected: object) -> None:
    """The result has the type that the code uses."""
    assert read(value) == expected


MESSAGE = "^(is|must|does|contains) "
ADDRESS = "must look like https://host or https://host:port"
PLAIN = "must use https://, except for a loopback address"
HEADER = "contains a character that a header cannot carry"
PLACEHOLDER = "must not have a placeholder except {resource_id}"
CHARACTERS = (
    "must be 1 to 64 English letters, Chinese characters, digits, hyphens, underscores "
    "and periods"
)
ENDS = "must not begin with a period or an underscore, or end with a period"
SURROGATE = "is not valid UTF-8"
WEBHOOK = (
    "must be one or more secrets separated by spaces, each whsec_ followed by at least "
    "24 bytes in base64"
)
CHOICE = "must be one of signature, platform"
NUMBER = "must be an integer from 1 to 64"
TIME = "must be a number of seconds from 0.05 to 300"


@pytest.mark.parametrize(
    ("read", "value", "message"),
    [
        (parsers.text, "a\nb", "must not contain unprintable characters"),
        (parsers.region, "north", "must be a region's ID, such as cn-north-4"),
        (parsers.region, "CN-north-4", "must be a region's ID, such as cn-north-4"),
        (parsers.region, "cn-north-4\n", "must be a region's ID, such as cn-north-4"),
        (parsers.region, "a-b.evil", "must be a region's ID, such as cn-north-4"),
        (parsers.endpoint, "lts.example", ADDRESS),
        (parsers.endpoint, "ftp://lts.example", ADDRESS),
        (parsers.endpoint, "https://:443", ADDRESS),
        (parsers.endpoint, "https://a.b/v2", ADDRESS),
        (parsers.endpoint, "https://user:word@a.b", ADDRESS),
        (parsers.endpoint, "http://a.b", PLAIN),
        (parsers.endpoint, "http://127.0.0.1.example", PLAIN),
        (parsers.endpoint, "http://[2001:db8::1]", PLAIN),
        (parsers.header, "a\nb", HEADER),
        (parsers.header, "é", HEADER),
        (parsers.header, " a", HEADER),
        (parsers.header, "a ", HEADER),
        (parsers.name_template, "{listener}", PLACEHOLDER),
        (parsers.name_template, "a}", PLACEHOLDER),
        (parsers.name_template, "{{resource_id}}", PLACEHOLDER),
        (parsers.name_template, "a\tb", "must not contain unprintable characters"),
        (parsers.label, "", CHARACTERS),
        (parsers.label, "g" * 65, CHARACTERS),
        (parsers.label, "g\n", CHARACTERS),
        (parsers.label, "ga-{resource_id}", CHARACTERS),
        (parsers.label, ".g", ENDS),
        (parsers.label, "_g", ENDS),
        (parsers.label, "g.", ENDS),
        (parsers.secret, "a\udcff", SURROGATE),
        (parsers.webhook_secrets, KEY[:-1], WEBHOOK),
        (parsers.webhook_secrets, f"{KEY}AA", WEBHOOK),
        (parsers.webhook_secrets, f"{KEY}====", WEBHOOK),
        (parsers.webhook_secrets, f"{KEY}=AAA", WEBHOOK),
        (parsers.webhook_secrets, f"{KEY}A-_A", WEBHOOK),
        (parsers.webhook_secrets, f"{KEY}\u0660\u0660\u0660\u0660", WEBHOOK),
        (parsers.webhook_secrets, KEY.removeprefix("whsec_"), WEBHOOK),
        (parsers.webhook_secrets, KEY.upper(), WEBHOOK),
        (parsers.webhook_secrets, f"{KEY},{KEY}", WEBHOOK),
        (parsers.webhook_secrets, f"{KEY} {KEY[:-4]}", WEBHOOK),
        (ONE_OF, "Signature", CHOICE),
        (ONE_OF, " platform", CHOICE),
        (parsers.level, "LOUD", "must be one of DEBUG, INFO, WARNING, ERROR"),
        (INTEGER, "0", NUMBER),
        (INTEGER, "65", NUMBER),
        (INTEGER, "1_0", NUMBER),
        (INTEGER, "٤", NUMBER),
        (INTEGER, "9" * 5000, NUMBER),
        (SECONDS, "0.04", TIME),
        (SECONDS, "300.1", TIME),
        (SECONDS, "nan", TIME),
        (SECONDS, "1e1", TIME),
        (SECONDS, "1 ", TIME),
    ],
)
def test_an_invalid_value_is_rejected(read: Reader, value: str, message: str) -> None:
    """The message completes a sentence about the setting, without the value."""
    with pytest.raises(ValueError, match=MESSAGE) as raised:
        read(value)

    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (SECONDS, "1.2.3"),
        (parsers.endpoint, "https://q.w:word"),
        (parsers.endpoint, "https://q.w:99999"),
        (parsers.endpoint, "https://[q.w"),
        (parsers.endpoint, "https://q\u2100w"),
    ],
)
def test_a_value_rejected_by_a_library_gets_our_own_message(
    read: Reader, value: str
) -> None:
    """The library's message could quote the value."""
    with pytest.raises(ValueError, match=MESSAGE) as raised:
        read(value)

    quoted = ("1.2.3", "word", "99999", "q.w", "\u2100")
    assert not [part for part in quoted if part in str(raised.value)]


CASES = Path(__file__).parents[1] / "contract/schema_cases/values.json"
LABELS = [
    row
    for row in json.loads(CASES.read_text("utf-8"))["label"]
    if isinstance(row["value"], str)
]


@pytest.mark.parametrize("row", LABELS, ids=[row["name"] for row in LABELS])
def test_a_group_name_in_the_settings_follows_the_rules_of_one_in_an_event(
    row: dict[str, Any],
) -> None:
    """The documents that test the schemas test the parser, too."""
    if "refused" not in row:
        assert parsers.label(row["value"]) == row["value"]
        return
    with pytest.raises(ValueError, match=MESSAGE):
        parsers.label(row["value"])
