"""The clouds as an action sees them, and the context that it adds to errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import NamedTuple

from functions.errors import Malfunction, Outcome, ProvisioningError, Result
from functions.huaweicloud.ga import Owner
from functions.huaweicloud.retry import Read, T, repeat
from functions.huaweicloud.retry_policy import RetryPolicy
from functions.provisioning.once import Once
from functions.transport.calls import Call, Send

Request = Mapping[str, object]
"""One item that an event asks for, checked by its function's event schema."""

Work = Callable[[], Result]


def _no_context(**_facts: object) -> AbstractContextManager[None]:
    return nullcontext()


class Cloud(NamedTuple):
    """The clouds, with everything that an action needs to call them.

    `send` sends one call, `policy` decides on repeating it, and `owner` owns the
    resources. `find_project` looks up the project's ID if `owner` has none. `log` takes
    a level, a message, and facts by name; `log_context` adds facts to the lines written
    inside it. `once` has the work that all requests of an event share.
    `run_all` does several things in parallel, and returns the outcome of each.
    `stream_name` takes a template and a listener's ID, and returns the stream's name;
    it raises InvalidEvent or Misconfigured if that breaks a rule. A log group may have
    `streams_per_group` streams.
    """

    send: Send
    policy: RetryPolicy
    owner: Owner
    find_project: Callable[[], str]
    log: Callable[..., None]
    once: Once
    run_all: Callable[[Sequence[Work]], list[Outcome]]
    stream_name: Callable[[str, str], str]
    streams_per_group: int
    log_context: Callable[..., AbstractContextManager[None]] = _no_context

    def ask(self, call: Call, read: Read[T]) -> T:
        """Make a call that may be made any number of times.

        Raises: the error of the last attempt; DeadlineExceeded.
        """
        return repeat(call, read, self.send, self.policy)

    def project_of(self, request: Request) -> str:
        """Return the ID of the project that a request is about.

        Raises: Misconfigured and the errors of the call if it must be looked up.
        """
        known = request.get("project_id") or self.owner.project_id
        return str(known or self.find_project())

    def for_project(self, project_id: str) -> Cloud:
        """Return the same access, for the resources of a project."""
        return self._replace(owner=self.owner._replace(project_id=project_id))


@contextmanager
def error_context(**facts: str | list[str] | None) -> Iterator[None]:
    """Add facts to any error raised inside: the step, and what exists already.

    The facts are those of `ProvisioningError.note`.

    Raises: Malfunction instead of an exception of another family.
    """
    try:
        yield
    except ProvisioningError as error:
        error.note(**facts)
        raise
    except Exception as error:
        failure = Malfunction.from_exception(error)
        failure.note(**facts)
        raise failure from error
