"""Lists that come in pages, read to their end."""

from __future__ import annotations

from functions.errors import UnintelligibleReply
from functions.huaweicloud import ga
from functions.provisioning.cloud import Cloud

_MAX_PAGES = 100
_MAX_NAMED = 100  # in one log line
_MAX_LOGTANKS = 1_000
"""A listener has one logtank, or a few: a longer list is treated as invalid."""


def logtanks(new: ga.NewLogtank, cloud: Cloud) -> list[ga.Logtank]:
    """Return the listener's logtanks from all pages; the filter is not relied on.

    Raises: UnintelligibleReply if the list has no end; the errors of its calls.
    """
    found: list[ga.Logtank] = []
    marker: str | None = None
    passed: set[str] = set()
    while len(passed) < _MAX_PAGES and len(found) < _MAX_LOGTANKS:
        call = ga.list_logtanks(new, cloud.owner, marker)
        page, marker = cloud.ask(call, ga.logtanks)
        found += [each for each in page if each.resource_id == new.resource_id]
        if marker is None and len(found) <= _MAX_LOGTANKS:
            _warn_of_surplus(new, found, cloud)
            return found
        if marker is None or marker in passed:
            break
        passed.add(marker)
    raise UnintelligibleReply(
        "GA's list of logtanks repeats itself or is too long", service=ga.SERVICE
    )


def _warn_of_surplus(new: ga.NewLogtank, found: list[ga.Logtank], cloud: Cloud) -> None:
    """Log a warning if several logtanks ship the listener's log into one stream."""
    streams: dict[str | None, list[str]] = {}
    for each in found:
        if each.status != ga.DELETING:
            streams.setdefault(each.log_stream_id, []).append(each.id)
    for stream, logtanks in streams.items():
        if len(logtanks) > 1:
            cloud.log(
                "WARNING",
                "surplus logtanks: the log is shipped more than once",
                resource_id=new.resource_id,
                log_stream_id=stream,
                logtank_ids=sorted(logtanks)[:_MAX_NAMED],
            )
