"""The project's id is asked for once where no setting has it."""

from __future__ import annotations

from itertools import count

import pytest

from functions.errors import Misconfigured
from functions.huaweicloud import projects
from functions.huaweicloud.retry import Read
from functions.transport.calls import Call

_credentials = count()


class Desk:
    """Answers with these ids, and remembers what was asked."""

    def __init__(self, *ids: str) -> None:
        """Take the ids, and a credential that nobody else has."""
        self.ids = list(ids)
        self.calls: list[Call] = []
        self.credential = f"credential {next(_credentials)}"

    def __call__(self, call: Call, _read: Read[list[str]]) -> list[str]:
        """Answer."""
        self.calls.append(call)
        return self.ids


def test_the_one_project_is_found_and_remembered() -> None:
    """By credential and region."""
    desk = Desk("p")

    for region in ("cn-north-4", "cn-north-4", "ap-southeast-3"):
        assert projects.find(region, desk.credential, desk) == "p"

    regions = [dict(call.query)["name"] for call in desk.calls]
    assert regions == ["cn-north-4", "ap-southeast-3"]


@pytest.mark.parametrize(
    ("ids", "words"), [([], "knows no project"), (["a", "b"], "knows several projects")]
)
def test_not_exactly_one_project_is_misconfigured(ids: list[str], words: str) -> None:
    """Nobody can say which is meant, and it is asked again next time."""
    desk = Desk(*ids)

    for _ in "12":
        with pytest.raises(Misconfigured, match=words):
            projects.find("cn-north-4", desk.credential, desk)

    assert len(desk.calls) == 2


@pytest.mark.parametrize("region", [None, ""])
def test_without_a_region_there_is_nothing_to_ask(region: str | None) -> None:
    """The error names both settings."""
    desk = Desk("p")

    with pytest.raises(Misconfigured, match="no HUAWEICLOUD_REGION"):
        projects.find(region, desk.credential, desk)

    assert desk.calls == []
