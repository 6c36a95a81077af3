"""The state of a listener's access log, from what was listed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from functions.huaweicloud import ga
from functions.provisioning.survey import Survey, Unlisted

OTHER_PROJECT = "its log group is in another project"

State = tuple[str, str | None]
"""A state, and the reason for it, if any."""


def state(logtanks: Sequence[ga.Logtank], survey: Survey) -> State:
    """Return the first state that applies to the logtanks of an existing listener."""
    if not logtanks:
        return "off", None
    if len(logtanks) > 1:
        return "several", None
    logtank = logtanks[0]
    is_broken, reason = defect(logtank, survey)
    for name, applies in _STATES:
        if applies(logtank, is_broken):
            return name, reason
    return "shipping", reason


_STATES: tuple[tuple[str, Callable[[ga.Logtank, bool], bool]], ...] = (
    ("failed", lambda logtank, _: logtank.status == ga.ERROR),
    ("deleting", lambda logtank, _: logtank.status == ga.DELETING),
    ("broken", lambda _, is_broken: is_broken),
    ("pending", lambda logtank, _: logtank.status != ga.ACTIVE),
)
"""The states of a single logtank, in the order in which they are tried."""


def defect(logtank: ga.Logtank, survey: Survey) -> tuple[bool, str | None]:
    """Return whether a logtank cannot deliver logs, and what is wrong or unknown.

    What is in another project cannot be checked, so it never counts as missing.
    """
    if logtank.project_id not in {None, survey.project_id}:
        return False, OTHER_PROJECT
    streams = survey.streams.get(logtank.log_group_id or "")
    if streams is None:
        return False, "its log group is unknown"
    if isinstance(streams, Unlisted):
        is_here = logtank.project_id is not None
        return is_here and streams.is_missing, streams.reason
    stream = streams.get(logtank.log_stream_id or "")
    if stream is None:
        return True, "its log stream does not exist"
    if not stream.stores_logs:
        return True, "its log stream stores no logs (whether_log_storage is false)"
    return False, None
