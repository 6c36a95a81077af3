"""The base class of all errors, the values in it, and its document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, TypedDict

TYPE_PREFIX = "https://ga-access-log.invalid/errors/"
"""The prefix of the URI of a problem type (RFC 9457 3.1.1); it has no content."""

_FACTS = (
    "service",
    "upstream_status",
    "request_id",
    "step",
    "resource_id",
    "log_group_name",
    "log_group_id",
    "log_stream_name",
    "log_stream_id",
    "logtank_id",
    "deleted",
)
_MAX_STEP_LENGTH = 128
_MAX_POINTER_LENGTH = 256

Result = dict[str, object]
"""The result of a request: JSON that satisfies its function's result schema."""


def pointer(steps: Iterable[object]) -> str:
    """Return the JSON pointer (RFC 6901) to a value in a document.

    The names in it are the sender's, so they are truncated, and unprintable characters
    are replaced.
    """
    return "".join(f"/{_escaped(str(step))}" for step in steps)


def _escaped(step: str) -> str:
    cut = step[:_MAX_STEP_LENGTH]
    shown = "".join(each if each.isprintable() else "?" for each in cut)
    return shown.replace("~", "~0").replace("/", "~1")


def as_json(document: object) -> str:
    """Return JSON with no needless escapes; only lone surrogates are escaped."""
    text = json.dumps(document, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode()


class Problem(NamedTuple):
    """One thing wrong with an event: a JSON pointer, and what must change there."""

    pointer: str
    detail: str

    def bounded(self) -> Problem:
        """Return the problem with a pointer of limited length."""
        if len(self.pointer) <= _MAX_POINTER_LENGTH:
            return self
        cut = self.pointer[: _MAX_POINTER_LENGTH - 3].rstrip("~")
        return self._replace(pointer=f"{cut}...")

    def __str__(self) -> str:
        """Return the pointer and the rule, as in `/ttl_in_days must be an integer`."""
        return f"{self.pointer or 'the event'} {self.detail}"


class CloudFacts(TypedDict):
    """What the cloud said about a failure; `code` is None if it gave none."""

    code: str | None
    service: str | None
    upstream_status: int | None
    request_id: str | None


class Plan(NamedTuple):
    """The changes of `reconcile`, made or only planned, and the errors of those made.

    `changes` and `skipped` are as in `reconcile.result.schema.json`; `unchanged` is the
    number of listeners that need no change. `errors` has the error of each change that
    failed, by its index in `changes`.
    """

    applied: bool
    changes: Sequence[Result]
    skipped: Sequence[Result]
    unchanged: int
    errors: Mapping[int, ProvisioningError] = MappingProxyType({})

    def as_result(self, described: Mapping[int, Result] | None = None) -> Result:
        """Return the result of `reconcile`; a change that failed has its `error`.

        `described` has the documents of the errors, by default all of them in full. One
        that it lacks is None.
        """
        if described is None:
            described = {index: e.as_document() for index, e in self.errors.items()}
        changes = [
            {**change, "error": described.get(index)}
            if index in self.errors
            else change
            for index, change in enumerate(self.changes)
        ]
        return {
            "applied": self.applied,
            "changes": changes,
            "skipped": [*self.skipped],
            "unchanged": self.unchanged,
        }


class ProvisioningError(Exception):
    """Any failure, with what is known about it; the root of the family.

    `detail` says what happened. `service`, `code`, `upstream_status` and `request_id`
    are the cloud's; `code` is the name of the class if the cloud gave none.
    `retry_after` is in seconds. `step` is what was being done, the IDs and names are
    those of what was requested or exists already, and `deleted` lists what was deleted
    before the failure. `plan` has the other changes of a failed `reconcile`.
    """

    status = 502
    """The status of our own HTTP response."""
    retryable = False
    """Whether the same event may succeed later with nothing changed."""
    remedy = "Read the detail and the function's log, and send the event again."
    """What to do about it, in one sentence."""

    def __init__(  # each argument is a fact of its own, none follows from another
        self,
        detail: str,
        *,
        code: str | None = None,
        service: str | None = None,
        upstream_status: int | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
        remedy: str | None = None,
    ) -> None:
        """Take the facts; a `remedy` given here replaces that of the class."""
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).__name__
        self.service = service
        self.upstream_status = upstream_status
        self.request_id = request_id
        self.retry_after = retry_after
        self.step: str | None = None
        self.resource_id: str | None = None
        self.log_group_name: str | None = None
        self.log_group_id: str | None = None
        self.log_stream_name: str | None = None
        self.log_stream_id: str | None = None
        self.logtank_id: str | None = None
        self.deleted: list[str] | None = None
        self.plan: Plan | None = None
        if remedy:
            self.remedy = remedy

    def note(self, **facts: str | list[str] | None) -> None:
        """Add facts such as `step` and `log_stream_id`, unless they are known already.

        A fact that is known was added closer to the failure, so it is more exact.
        """
        for name, value in facts.items():
            if value and not getattr(self, name):
                setattr(self, name, value)

    def cloud_facts(self) -> CloudFacts:
        """Return what the cloud said, as arguments for an error caused by this one."""
        is_from_cloud = self.code != type(self).__name__
        return {
            "code": self.code if is_from_cloud else None,
            "service": self.service,
            "upstream_status": self.upstream_status,
            "request_id": self.request_id,
        }

    def as_document(self) -> Result:
        """Return a problem document (RFC 9457), as `error.schema.json` describes it."""
        return self.as_summary() | (self.plan.as_result() if self.plan else {})

    def as_summary(self) -> Result:
        """Return the document without the results of requests or changes."""
        kind = type(self).__name__
        document: Result = {
            "type": TYPE_PREFIX + kind,
            "title": re.sub("(?<=[a-z])(?=[A-Z])", " ", kind).capitalize(),
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "retryable": self.retryable,
            "remedy": self.remedy,
        }
        known = {name: getattr(self, name) for name in _FACTS}
        return document | {name: fact for name, fact in known.items() if fact}

    def __str__(self) -> str:
        """Return what a platform shows: what happened, the code, and the remedy."""
        return f"{self.detail.rstrip('.')} ({self.code}). {self.remedy}"


Outcome = Result | ProvisioningError
"""How a request ended: its result, or an error."""
