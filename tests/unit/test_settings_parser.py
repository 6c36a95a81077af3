"""A parser keeps the settings that it parsed last, and nothing of an agency."""

from __future__ import annotations

import pytest

from functions.errors import Misconfigured
from functions.secret import Secret
from functions.settings import Parser, Settings, read
from functions.settings.credentials import Keys

ENVIRONMENT = {
    "HUAWEICLOUD_REGION": "cn-north-4",
    "HUAWEICLOUD_SDK_AK": "the-access-key",
    "HUAWEICLOUD_SDK_SK": "the-secret-key",
}


def settings(parser: Parser, **changes: str) -> Settings:
    """Return the settings read with a parser."""
    return read({**ENVIRONMENT, **changes}.get, frozenset({"LTS"}), parser=parser)


def test_a_secret_that_did_not_change_is_kept_with_its_masked_forms() -> None:
    """The second invocation gets the same object, which computes them only once."""
    parser = Parser()
    first, second = settings(parser), settings(parser)

    assert second == first
    assert [id(each) for each in second.secrets] == [id(each) for each in first.secrets]


def test_a_setting_that_changed_is_parsed_again() -> None:
    """A new value takes effect at once, and the old one is forgotten."""
    parser = Parser()
    settings(parser)

    changed = settings(parser, HUAWEICLOUD_SDK_SK="another-key", MAX_CONCURRENCY="3")

    assert changed.credential == Keys(Secret("the-access-key"), Secret("another-key"))
    assert changed.max_concurrency == 3
    assert settings(parser).max_concurrency == 8


def test_a_problem_is_reported_every_time_and_once() -> None:
    """Invalid settings that did not change stay invalid."""
    for parser in [Parser()] * 3:
        with pytest.raises(Misconfigured) as raised:
            settings(parser, MAX_CONCURRENCY="0", CLOUD_SDK_AK="alone")

        assert raised.value.detail == (
            "MAX_CONCURRENCY must be an integer from 1 to 64; "
            "CLOUD_SDK_AK set without CLOUD_SDK_SK"
        )


def test_the_key_of_an_agency_is_read_every_time() -> None:
    """It expires, so a kept one would be refused."""
    parser = Parser()
    environment = {"HUAWEICLOUD_REGION": "cn-north-4"}
    for number in range(2):
        key = {name: f"{name}-{number}" for name in Keys._fields}
        found = read(environment.get, frozenset(), key.copy, parser)

        assert found.credential == Keys(*map(Secret, key.values()))
