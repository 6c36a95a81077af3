"""How the emulated cloud behaves: one frozen value, checked wherever it comes from.

Constructor keywords, command line flags and the body of ``POST /_emulator/reset`` all
pass through :meth:`Options.with_changes`.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

Check = Callable[[object], bool]
MAX_SECONDS = 1_000_000


def is_seconds(value: object) -> bool:
    """Tell whether a value is a time that can be waited for, in seconds."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return 0 <= value <= MAX_SECONDS


def _count(value: object) -> bool:
    return type(value) is int and value >= 1


def _names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


CHECKS: Mapping[str, tuple[Check, str]] = {
    "second_logtank": (lambda v: v in ("refuse", "allow"), '"refuse" or "allow"'),
    "pending_seconds": (is_seconds, "seconds, 0 or more"),
    "final_status": (lambda v: v in ("ACTIVE", "ERROR"), '"ACTIVE" or "ERROR"'),
    "stream_quota": (_count, "a whole number, 1 or more"),
    "latency_seconds": (is_seconds, "seconds, 0 or more"),
    "list_page_size": (
        lambda v: v is None or _count(v),
        "a whole number, 1 or more, or null",
    ),
    "listeners": (lambda v: v is None or _names(v), "a list of ids, or null"),
    "key_lock_after": (_count, "a whole number, 1 or more"),
    "token_seconds": (is_seconds, "seconds, 0 or more"),
    "signatures": (lambda v: isinstance(v, bool), "true or false"),
    "own_date": (lambda v: isinstance(v, bool), "true or false"),
}


@dataclass(frozen=True)
class Options:
    """What can be set.

    ``second_logtank``: a listener's second logtank is refused (GA.9104) or allowed.
    ``pending_seconds``, ``final_status``: a new logtank is PENDING for so long, then it
    has that status.  ``stream_quota``: log streams a group.  ``latency_seconds``:
    before every answer.  ``list_page_size``: upper bound of a page of GA's list.
    ``listeners``: ids of those that exist, None for any.  ``key_lock_after``: so many
    wrong signatures in a row lock a key for five minutes.  ``token_seconds``: life of a
    token that IAM issues.  ``signatures``: whether signatures are verified.
    ``own_date``: the Date of answers is by the emulator's clock, not the machine's.
    """

    second_logtank: str = "refuse"
    pending_seconds: float = 0
    final_status: str = "ACTIVE"
    stream_quota: int = 100
    latency_seconds: float = 0
    list_page_size: int | None = None
    listeners: list[str] | None = None
    key_lock_after: int = 5
    token_seconds: float = 86400
    signatures: bool = True
    own_date: bool = False

    def with_changes(self, changes: Mapping[str, object]) -> "Options":
        """Return these options with others laid over them.

        Raises:
            ValueError: an option that does not exist, or a value it cannot have.

        """
        for name, value in changes.items():
            _check(name, value)
        known: dict[str, Any] = dict(changes)
        return replace(self, **known)

    def document(self) -> dict[str, Any]:
        """Return the options as a JSON object."""
        return asdict(self)


def _check(name: str, value: object) -> None:
    if name not in CHECKS:
        raise ValueError(f"unknown option {name!r}; there are: {', '.join(CHECKS)}")
    accepts, meaning = CHECKS[name]
    if not accepts(value):
        raise ValueError(f"option {name!r} must be {meaning}")
