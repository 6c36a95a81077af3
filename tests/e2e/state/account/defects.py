"""Eight defects of the functions, each planted by replacing what does it right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import pytest

from functions.errors import ProvisioningError
from functions.huaweicloud import ga, listeners, retry
from functions.provisioning import (
    agreement,
    application,
    listing,
    logtank,
    plan,
    removal,
    survey,
)
from functions.provisioning.agreement import Agreed
from functions.provisioning.cloud import Cloud


class Defect(NamedTuple):
    """A defect, where to look for it, and how it shows.

    The schedules of `seeds` find it, most of them in every run. `replaced` has what is
    replaced: a module or a class, a name in it, and the defect. `symptom` is in the
    text of the violation.
    """

    name: str
    seeds: Sequence[int]
    symptom: str
    replaced: Sequence[tuple[object, str, Callable[..., Any]]]

    def plant(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Replace what is right, for the time of a test."""
        for owner, name, wrong in self.replaced:
            monkeypatch.setattr(owner, name, wrong)


def _no_marker(_call: object, _reply: object) -> None:
    """Take each page for the last one."""


def _no_look(_look: object, _failure: object, _policy: object) -> None:
    """Take what was not looked for as not there."""


def _youngest(logtanks: Iterable[ga.Logtank]) -> ga.Logtank:
    return max(logtanks, key=lambda each: (each.created_seconds() or 0.0, each.id))


def _listed_before_failing(cloud: Cloud) -> list[listeners.Listener]:
    """Return the pages before the first one that fails."""
    found: list[listeners.Listener] = []
    marker: str | None = None
    with suppress(ProvisioningError):
        while not found or marker:
            call = listeners.list_listeners(cloud.owner, marker)
            page, marker = listeners.listeners(call, cloud.send(call))
            found += page
            if not page:
                break
    return found


def _all_gone(ids: Iterable[str], _cloud: Cloud) -> dict[str, None]:
    """Take what a list lacks as not there."""
    return dict.fromkeys(ids)


class _Unlisted:
    """Lists that are taken as empty without a call."""

    @staticmethod
    def logtanks_of(_listener: str, _cloud: Cloud) -> list[ga.Logtank]:
        return []


def _nothing_else(*_arguments: object) -> dict[str, str]:
    """Take every stream as unused."""
    return {}


def _unconfirmed(mine: ga.Logtank, _new: object, _cloud: object) -> Agreed:
    return Agreed(mine, created=True)


def _none_confirmed(_pending: object, _cloud: object) -> Mapping[str, Agreed]:
    return {}


def _only_by_status(listener: listeners.Listener) -> str | None:
    if listener.status != listeners.ACTIVE:
        return f"the listener is in status {listener.status}"
    return None


_UNPLANNED = "is not expected"

DEFECTS = (
    Defect(
        "a marker is lost",
        seeds=(1, 2, 3),
        symptom=_UNPLANNED,
        replaced=[(ga, "next_marker", _no_marker)],
    ),
    Defect(
        "the look after an unknown outcome is skipped",
        seeds=(2, 5, 6, 7),
        symptom="repeated without a look",
        replaced=[(retry.Lookup, "after", _no_look)],
    ),
    Defect(
        "the youngest logtank counts as the oldest",
        seeds=(1, 6, 19, 21),
        symptom="was in use",
        replaced=[(each, "oldest", _youngest) for each in (agreement, plan, removal)],
    ),
    Defect(
        "logtanks are pruned by an incomplete list",
        seeds=(1, 13, 23, 29),
        symptom=f"was in use|{_UNPLANNED}",
        replaced=[
            (listing, "all_listeners", _listed_before_failing),
            (survey, "_shown", _all_gone),
        ],
    ),
    Defect(
        "a listener is repointed without a look",
        seeds=(9, 20, 23, 25, 29),
        symptom="the listener had a logtank|nobody looked",
        replaced=[(logtank, "listing", _Unlisted)],
    ),
    Defect(
        "a log stream is deleted without a look at its other users",
        seeds=(18, 21, 38, 41),
        symptom="another logtank ships to the stream",
        replaced=[(removal, "_used", _nothing_else)],
    ),
    Defect(
        "a created logtank is not confirmed",
        seeds=(1, 2, 5),
        symptom="a logtank was not confirmed",
        replaced=[
            (agreement, "_yield_to_oldest", _unconfirmed),
            (application.Pending, "confirmed", _none_confirmed),
        ],
    ),
    Defect(
        "a frozen listener is changed",
        seeds=(1, 10, 20),
        symptom=_UNPLANNED,
        replaced=[(plan, "_unready", _only_by_status)],
    ),
)
