"""Each kind of setting takes what makes sense, and refuses the rest without quoting."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from functions.secret import Secret
from functions.settings import parsers as kinds

Reader = Callable[[str], object]

WHOLE = kinds.whole(1, 64)
SECONDS = kinds.seconds(0.05, 300)
ONE_OF = kinds.one_of("signature", "platform")
KEY = "whsec_" + "A" * 32
"""Of 24 bytes, the fewest there may be."""
LONG = "whsec_" + "+/09" * 40


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (kinds.text, "a b", "a b"),
        (kinds.region, "cn-north-4", "cn-north-4"),
        (kinds.region, "eu-west-101", "eu-west-101"),
        (kinds.endpoint, "https://a.b/", "https://a.b"),
        (kinds.endpoint, "https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        (kinds.endpoint, "http://localhost:80", "http://localhost:80"),
        (kinds.endpoint, "http://127.1.2.3", "http://127.1.2.3"),
        (kinds.endpoint, "http://[::1]:8080", "http://[::1]:8080"),
        (kinds.header, "a key/with+signs=", Secret("a key/with+signs=")),
        (kinds.secret, " \n", Secret(" \n")),
        (kinds.name_template, "ga-{resource_id}", "ga-{resource_id}"),
        (kinds.name_template, "plain", "plain"),
        (kinds.webhook_secrets, KEY, (Secret(KEY),)),
        (kinds.webhook_secrets, f"{KEY}AA==", (Secret(f"{KEY}AA=="),)),
        (kinds.webhook_secrets, f"{KEY}AAA=", (Secret(f"{KEY}AAA="),)),
        (kinds.webhook_secrets, f"\t{LONG}\n{KEY} ", (Secret(LONG), Secret(KEY))),
        (kinds.webhook_secrets, " ", ()),
        (ONE_OF, "signature", "signature"),
        (ONE_OF, "platform", "platform"),
        (kinds.level, "DEBUG", "DEBUG"),
        (kinds.level, "warning", "WARNING"),
        (WHOLE, "1", 1),
        (WHOLE, "064", 64),
        (SECONDS, "0.05", 0.05),
        (SECONDS, "300", 300.0),
    ],
)
def test_a_sensible_value_is_read(read: Reader, value: str, expected: object) -> None:
    """Values come out in the form in which they are used."""
    assert read(value) == expected


WORDS = r"^(is|has) "
ADDRESS = "is no address of scheme, host and port, as in https://a.b"
PLAIN = "is http:// to another machine: use https://"
HEADER = "has a character that a header cannot carry"
PLACEHOLDER = "has another placeholder than {resource_id}"
HALF = "has a byte or half a character that UTF-8 does not know"
WEBHOOK = "has a secret that is not whsec_ and 24 bytes or more in base64"
CHOICE = "is none of signature, platform"
NUMBER = "is no whole number from 1 to 64"
TIME = "is no number of seconds from 0.05 to 300"


@pytest.mark.parametrize(
    ("read", "value", "words"),
    [
        (kinds.text, "a\nb", "has a character that cannot be printed"),
        (kinds.region, "north", "is no region's id, such as cn-north-4"),
        (kinds.region, "CN-north-4", "is no region's id, such as cn-north-4"),
        (kinds.region, "cn-north-4\n", "is no region's id, such as cn-north-4"),
        (kinds.region, "a-b.evil", "is no region's id, such as cn-north-4"),
        (kinds.endpoint, "lts.example", ADDRESS),
        (kinds.endpoint, "ftp://lts.example", ADDRESS),
        (kinds.endpoint, "https://:443", ADDRESS),
        (kinds.endpoint, "https://a.b/v2", ADDRESS),
        (kinds.endpoint, "https://user:word@a.b", ADDRESS),
        (kinds.endpoint, "http://a.b", PLAIN),
        (kinds.endpoint, "http://127.0.0.1.example", PLAIN),
        (kinds.endpoint, "http://[2001:db8::1]", PLAIN),
        (kinds.header, "a\nb", HEADER),
        (kinds.header, "é", HEADER),
        (kinds.header, " a", HEADER),
        (kinds.header, "a ", HEADER),
        (kinds.name_template, "{listener}", PLACEHOLDER),
        (kinds.name_template, "a}", PLACEHOLDER),
        (kinds.name_template, "{{resource_id}}", PLACEHOLDER),
        (kinds.name_template, "a\tb", "has a character that cannot be printed"),
        (kinds.secret, "a\udcff", HALF),
        (kinds.webhook_secrets, KEY[:-1], WEBHOOK),
        (kinds.webhook_secrets, f"{KEY}AA", WEBHOOK),
        (kinds.webhook_secrets, f"{KEY}====", WEBHOOK),
        (kinds.webhook_secrets, f"{KEY}=AAA", WEBHOOK),
        (kinds.webhook_secrets, f"{KEY}A-_A", WEBHOOK),
        (kinds.webhook_secrets, f"{KEY}\u0660\u0660\u0660\u0660", WEBHOOK),
        (kinds.webhook_secrets, KEY.removeprefix("whsec_"), WEBHOOK),
        (kinds.webhook_secrets, KEY.upper(), WEBHOOK),
        (kinds.webhook_secrets, f"{KEY},{KEY}", WEBHOOK),
        (kinds.webhook_secrets, f"{KEY} {KEY[:-4]}", WEBHOOK),
        (ONE_OF, "Signature", CHOICE),
        (ONE_OF, " platform", CHOICE),
        (kinds.level, "LOUD", "is none of DEBUG, INFO, WARNING, ERROR"),
        (WHOLE, "0", NUMBER),
        (WHOLE, "65", NUMBER),
        (WHOLE, "1_0", NUMBER),
        (WHOLE, "٤", NUMBER),
        (WHOLE, "9" * 5000, NUMBER),
        (SECONDS, "0.04", TIME),
        (SECONDS, "300.1", TIME),
        (SECONDS, "nan", TIME),
        (SECONDS, "1e1", TIME),
        (SECONDS, "1 ", TIME),
    ],
)
def test_a_senseless_value_is_refused(read: Reader, value: str, words: str) -> None:
    """The words complete a sentence about the setting, and leave the value out."""
    with pytest.raises(ValueError, match=WORDS) as raised:
        read(value)

    assert str(raised.value) == words


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (SECONDS, "1.2.3"),
        (kinds.endpoint, "https://q.w:word"),
        (kinds.endpoint, "https://q.w:99999"),
        (kinds.endpoint, "https://[q.w"),
        (kinds.endpoint, "https://q\u2100w"),
    ],
)
def test_a_value_that_a_library_refuses_is_refused_in_our_words(
    read: Reader, value: str
) -> None:
    """What a parser says of a value may quote it, so it is not passed on."""
    with pytest.raises(ValueError, match=WORDS) as raised:
        read(value)

    quoted = ("1.2.3", "word", "99999", "q.w", "\u2100")
    assert not [part for part in quoted if part in str(raised.value)]
