"""The kinds of worlds: what the cloud allows, who races, and what may go wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.e2e.state.faults import Fault

_TIMEOUT = 0.25
_BLINDLY_REPEATED = (401, 429)


class Kind(NamedTuple):
    """A kind of world.

    `second` says whether the cloud will "refuse" or "allow" a listener's second
    logtank. Where the clock is `honest`, streams are young for a minute, and rivals are
    waited for; elsewhere it is slow, streams look old, and `rivals` may be too many.
    Of all faults those happen that `may`; `loses` says whether one may hide for good
    what was done. `timeout` is in seconds.
    """

    second: str
    honest: bool
    rivals: bool
    may: Callable[[Fault], bool]
    loses: bool
    timeout: float


def _anything(_fault: Fault) -> bool:
    return True


def _can_be_found(fault: Fault) -> bool:
    """Whether what was done can be seen by who looks when the answer is lost."""
    blindly = fault.get("work") and fault.get("status") in _BLINDLY_REPEATED
    return not blindly and "land_after" not in fault and not _is_long(fault)


def _is_known(fault: Fault) -> bool:
    """Whether the answer to what was done arrives."""
    return "work" not in fault and _can_be_found(fault)


def _is_long(fault: Fault) -> bool:
    """Whether it takes longer than anybody waits."""
    return (
        fault.get("delay", 0) > _TIMEOUT
        or fault.get("connection") == "hang"
        or fault.get("interval", 0) > _TIMEOUT / 100
    )


_ALLOWING = Kind(
    second="allow",
    honest=False,
    rivals=False,
    may=_anything,
    loses=True,
    timeout=_TIMEOUT,
)
_REFUSING = _ALLOWING._replace(second="refuse", rivals=True)
_KIND = _ALLOWING._replace(loses=False, timeout=5.0)

OLD = {
    "a second logtank is refused": _REFUSING,
    "a second logtank is allowed, and what was done can be seen": _KIND._replace(
        may=_can_be_found
    ),
    "a second logtank is allowed": _ALLOWING,
}
"""Those whose streams look old."""
YOUNG = {
    "a second logtank is refused": _REFUSING._replace(honest=True),
    "a second logtank is allowed, and what was done is told": _KIND._replace(
        honest=True, rivals=True, may=_is_known
    ),
    "a second logtank is allowed": _ALLOWING._replace(honest=True, rivals=True),
}
"""Those whose streams are young."""
