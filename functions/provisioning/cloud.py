"""What an action is given to work with, and how it marks its progress on errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from functions.errors import Malfunction, ProvisioningError
from functions.huaweicloud.calls import Call, Send
from functions.huaweicloud.ga import Owner
from functions.huaweicloud.patience import Patience
from functions.huaweicloud.retry import Read, T, repeat


class Cloud(NamedTuple):
    """The way to the clouds: the port, its patience, and whose resources.

    `find_project` asks for the project's id where `owner` has none.
    """

    send: Send
    patience: Patience
    owner: Owner
    find_project: Callable[[], str]

    def ask(self, call: Call, read: Read[T]) -> T:
        """Make a call that may be made any number of times.

        Raises: what the last attempt came to, DeadlineExceeded.
        """
        return repeat(call, read, self.send, self.patience)


@contextmanager
def noting(**facts: str | None) -> Iterator[None]:
    """Write on whatever fails inside how far the work had come.

    Raises: Malfunction for what is none of our errors.
    """
    try:
        yield
    except ProvisioningError as error:
        error.note(**facts)
        raise
    except Exception as error:  # what was made is named all the same
        failure = Malfunction.of(error)
        failure.note(**facts)
        raise failure from error
