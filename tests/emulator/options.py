"""Options: the behaviour of the emulated cloud.

Constructor keywords, command line flags and the body of ``POST /_emulator/reset`` are
all checked by :meth:`Options.with_changes`.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from tests.emulator.rate_limits import ALL_SERVICES

Check = Callable[[object], bool]
MAX_SECONDS = 1_000_000
LIMITED = ("LTS", "GA", "IAM", ALL_SERVICES)


def is_seconds(value: object) -> bool:
    """Return whether a value is a valid duration in seconds."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return 0 <= value <= MAX_SECONDS


def _count(value: object) -> bool:
    return type(value) is int and value >= 1


def _names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _limits(value: object) -> bool:
    return isinstance(value, dict) and all(
        name in LIMITED and _count(limit) for name, limit in value.items()
    )


CHECKS: Mapping[str, tuple[Check, str]] = {
    "second_logtank": (lambda v: v in ("refuse", "allow"), '"refuse" or "allow"'),
    "pending_seconds": (is_seconds, "seconds, 0 or more"),
    "listener_pending_seconds": (is_seconds, "seconds, 0 or more"),
    "deleting_seconds": (is_seconds, "seconds, 0 or more"),
    "deleted_listener_logtanks": (
        lambda v: v in ("refuse", "keep", "delete"),
        '"refuse", "keep" or "delete"',
    ),
    "final_status": (lambda v: v in ("ACTIVE", "ERROR"), '"ACTIVE" or "ERROR"'),
    **dict.fromkeys(
        ("stream_quota", "group_quota", "accelerator_quota", "listener_quota"),
        (_count, "an integer, 1 or more"),
    ),
    "inherited_ttl": (lambda v: v in ("days", "-1"), '"days" or "-1"'),
    "latency_seconds": (is_seconds, "seconds, 0 or more"),
    "list_page_size": (
        lambda v: v is None or _count(v),
        "an integer, 1 or more, or null",
    ),
    "listeners": (lambda v: v is None or _names(v), "a list of ids, or null"),
    "key_lock_after": (_count, "an integer, 1 or more"),
    "token_seconds": (is_seconds, "seconds, 0 or more"),
    "signatures": (lambda v: isinstance(v, bool), "true or false"),
    "rate_limits": (_limits, "integers, 1 or more, by " + ", ".join(LIMITED)),
    "calls_before_rate_limits": (
        lambda v: v == 0 or _count(v),
        "an integer, 0 or more",
    ),
    "own_date": (lambda v: isinstance(v, bool), "true or false"),
}


@dataclass(frozen=True)
class Options:
    """The options.

    ``second_logtank``: "refuse" (GA.9104) or "allow" a listener's second logtank.
    ``pending_seconds``, ``final_status``: how long a new logtank is PENDING, and its
    status after that; likewise after a change.  ``listener_pending_seconds``: how long
    new accelerators and listeners are PENDING.  ``deleting_seconds``: how long GA's
    resources are DELETING before they are gone.  ``deleted_listener_logtanks``:
    "refuse" (GA.9005) the deletion of a listener that has logtanks, or "keep" or
    "delete" these.
    ``stream_quota``: log streams per group.  ``group_quota``: log groups.
    ``accelerator_quota``; ``listener_quota``: listeners per accelerator.
    ``inherited_ttl``: whether lists show inherited retention in "days" or as "-1".
    ``latency_seconds``: delay before every reply.  ``list_page_size``: maximum page
    size of GA's lists.
    ``listeners``: IDs of the listeners that exist at first.  None: none, and as long as
    no listener has existed, any ID is accepted as a listener's.
    ``key_lock_after``: number of consecutive wrong signatures that lock a key for five
    minutes.  ``token_seconds``: lifetime of a token from IAM.
    ``signatures``: whether signatures are verified.  ``rate_limits``: calls per second
    by service, "*" for all services together; further calls get a 429.
    ``calls_before_rate_limits``: number of calls before the limits apply.
    ``own_date``: whether the Date of replies is the emulator's time instead of the
    machine's.
    """

    second_logtank: str = "refuse"
    pending_seconds: float = 0
    final_status: str = "ACTIVE"
    listener_pending_seconds: float = 0
    deleting_seconds: float = 0
    deleted_listener_logtanks: str = "refuse"
    stream_quota: int = 100
    group_quota: int = 100
    accelerator_quota: int = 20
    listener_quota: int = 10
    inherited_ttl: str = "days"
    latency_seconds: float = 0
    list_page_size: int | None = None
    listeners: list[str] | None = None
    key_lock_after: int = 5
    token_seconds: float = 86400
    signatures: bool = True
    own_date: bool = False
    rate_limits: dict[str, int] = field(default_factory=dict)
    calls_before_rate_limits: int = 0

    def with_changes(self, changes: Mapping[str, object]) -> "Options":
        """Return these options with changes.

        Raises:
            ValueError: an unknown option or an invalid value.

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
        raise ValueError(f"unknown option {name!r}; known options: {', '.join(CHECKS)}")
    accepts, meaning = CHECKS[name]
    if not accepts(value):
        raise ValueError(f"option {name!r} must be {meaning}")
