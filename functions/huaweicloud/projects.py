"""Looks up the project's ID once, if no setting supplies it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from functions.errors import Misconfigured
from functions.huaweicloud import iam
from functions.huaweicloud.retry import Read
from functions.transport.calls import Call

Ask = Callable[[Call, Read[list[str]]], list[str]]


class Project:
    """The project of one credential in one region, looked up once for all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._id: str | None = None

    @property
    def known_id(self) -> str | None:
        """The ID if it has been looked up."""
        return self._id

    def id(self, region: str, ask: Ask) -> str:
        """Return the ID of the credential's only project in the region.

        Raises: Misconfigured if there is not exactly one; the errors of `ask`.
        """
        with self._lock:
            if self._id is None:
                ids = ask(iam.list_projects(region), iam.project_ids)
                if len(ids) != 1:
                    count = "several projects" if ids else "no project"
                    raise unknown_project(f"and IAM lists {count} named {region}")
                self._id = ids[0]
            return self._id


def unknown_project(why: str) -> Misconfigured:
    """Return the error for a project that is neither set nor found in IAM."""
    return Misconfigured(f"HUAWEICLOUD_SDK_PROJECT_ID is not set, {why}")
