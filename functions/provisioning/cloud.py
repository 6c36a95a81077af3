"""What an action is given to work with, and how it marks its progress on errors."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import NamedTuple

from functions.errors import Malfunction, ProvisioningError
from functions.huaweicloud.ga import Owner
from functions.huaweicloud.retry import Read, T, repeat
from functions.huaweicloud.retry_policy import RetryPolicy
from functions.transport.calls import Call, Send


class Cloud(NamedTuple):
    """The way to the clouds: the port, its patience, and whose resources.

    `find_project` asks for the project's id where `owner` has none.
    """

    send: Send
    retry_policy: RetryPolicy
    owner: Owner
    find_project: Callable[[], str]

    def ask(self, call: Call, read: Read[T]) -> T:
        """Make a call that may be made any number of times.

        Raises: what the last attempt came to, DeadlineExceeded.
        """
        return repeat(call, read, self.send, self.retry_policy)


class error_context:  # noqa: N801 # as contextlib names its own
    """Write on whatever fails inside how far the work had come.

    Raises: Malfunction for what is none of our errors.
    """

    def __init__(self, **facts: str | None) -> None:
        """Take what `ProvisioningError.note` takes."""
        self._facts = facts

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Let an error of ours go on with the facts, any other as a Malfunction."""
        if isinstance(error, ProvisioningError):
            error.note(**self._facts)
        elif isinstance(error, Exception):  # what was made is named all the same
            failure = Malfunction.of(error)
            failure.note(**self._facts)
            raise failure from error
