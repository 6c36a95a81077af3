"""Lists that come in pages, read to their end."""

from __future__ import annotations

from functions.errors import UnintelligibleReply
from functions.huaweicloud import ga
from functions.provisioning.cloud import Cloud

_MAX_PAGES = 100
_MAX_LOGTANKS = 1_000
"""A listener has one logtank, or a few: a longer list is not to be believed."""


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
        if marker is None:
            return found
        if marker in passed:
            break
        passed.add(marker)
    raise UnintelligibleReply("GA's list of logtanks has no end", service=ga.SERVICE)
