"""The id of the project, asked for once where no setting has it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from functions.errors import Misconfigured
from functions.huaweicloud import iam
from functions.huaweicloud.retry import Read
from functions.transport.calls import Call

Ask = Callable[[Call, Read[list[str]]], list[str]]

_found: dict[tuple[str, str], str] = {}
"""By credential and region, for the life of the process."""
_turn = threading.Lock()


def find(region: str | None, credential: str, ask: Ask) -> str:
    """Return the id of the credential's one project in the region.

    `credential` is its fingerprint.

    Raises: Misconfigured if there is no region to ask for, or not exactly one project;
    what asking comes to.
    """
    if not region:
        raise _unknown("and there is no HUAWEICLOUD_REGION to find it by")
    with _turn:  # many at once ask once
        if (credential, region) not in _found:
            ids = ask(iam.list_projects(region), iam.project_ids)
            if len(ids) != 1:
                count = "several projects" if ids else "no project"
                raise _unknown(f"and IAM knows {count} of the name {region}")
            _found[credential, region] = ids[0]
        return _found[credential, region]


def _unknown(why: str) -> Misconfigured:
    return Misconfigured(f"HUAWEICLOUD_SDK_PROJECT_ID is not set, {why}")
