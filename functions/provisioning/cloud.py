"""What an action works with, and how it adds its progress to errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from functions.errors import Malfunction, ProvisioningError
from functions.huaweicloud.ga import Owner
from functions.huaweicloud.retry import Read, T, repeat
from functions.huaweicloud.retry_policy import RetryPolicy
from functions.transport.calls import Call, Send

Request = Mapping[str, object]
"""One item that an event asks for, checked by its function's event schema."""


class Cloud(NamedTuple):
    """Access to the clouds: the port, the retry policy, and the resources' owner.

    `find_project` looks up the project's ID if `owner` has none. `log` takes a level, a
    message, and facts by name.
    """

    send: Send
    policy: RetryPolicy
    owner: Owner
    find_project: Callable[[], str]
    log: Callable[..., None]

    def ask(self, call: Call, read: Read[T]) -> T:
        """Make a call that may be made any number of times.

        Raises: the error of the last attempt; DeadlineExceeded.
        """
        return repeat(call, read, self.send, self.policy)


@contextmanager
def error_context(**facts: str | None) -> Iterator[None]:
    """Add to any error raised inside what was being done and what exists already.

    The facts are those of `ProvisioningError.note`.

    Raises: Malfunction instead of an exception that is not ours.
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
