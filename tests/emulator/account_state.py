"""The state of the emulated account: groups, streams, logtanks, tokens.

A reset creates a new state and does not modify the old one.  Code that checks and then
changes the state holds :attr:`State.lock` for both.
"""

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.emulator.http_messages import Document
from tests.emulator.identity import Identity
from tests.emulator.options import Options
from tests.emulator.rate_limits import RateLimits

DEFAULT_TTL_IN_DAYS = 30
ENTERPRISE_PROJECT_TAG = "_sys_enterprise_project_id"


def new_id() -> str:
    """Return an ID as the services issue them: a UUID, 36 characters."""
    return str(uuid.uuid4())


@dataclass(frozen=True)
class Token:
    """A token that IAM issued: ``scope`` is "project" or "domain", times in seconds."""

    scope: str
    expires: float


@dataclass(frozen=True)
class Logtank:
    """A logtank: its document, its final status, and the time at which it gets it."""

    document: Document
    settles: float
    final: str

    def detail(self, now: float) -> Document:
        """Return the LogtankDetail (GA page, Table 5) at a point in time."""
        status = self.final if now >= self.settles else "PENDING"
        return {**self.document, "status": status}


@dataclass
class State:
    """The account's resources by ID; ``failures`` and ``locked`` by access key."""

    identity: Identity
    options: Options
    clock: Callable[[], float] = time.time
    groups: dict[str, Document] = field(default_factory=dict)
    streams: dict[str, Document] = field(default_factory=dict)
    logtanks: dict[str, Logtank] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    locked: dict[str, float] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    rate_limits: RateLimits = field(init=False)

    def __post_init__(self) -> None:
        """Create the initial log group and the rate limits."""
        limits, free_calls = (
            self.options.rate_limits,
            self.options.calls_before_rate_limits,
        )
        self.rate_limits = RateLimits(limits, free_calls, self.clock)
        group_id = self.identity.log_group_id
        self.groups[group_id] = {
            "creation_time": int(self.clock() * 1000),
            "log_group_id": group_id,
            "log_group_name": self.identity.log_group_name,
            "log_group_name_alias": self.identity.log_group_name,
            "ttl_in_days": DEFAULT_TTL_IN_DAYS,
            "tag": {ENTERPRISE_PROJECT_TAG: "0"},
        }

    def streams_of(self, group_id: str) -> list[Document]:
        """Return a group's streams, oldest first."""
        return [s for s in self.streams.values() if s["log_group_id"] == group_id]

    def logtanks_now(self) -> list[Document]:
        """Return all logtanks with their current status, oldest first."""
        now = self.clock()
        return [logtank.detail(now) for logtank in self.logtanks.values()]

    def is_shipped_to(self, stream_id: str) -> bool:
        """Return whether a logtank ships to the log stream."""
        targets = (tank.document["log_stream_id"] for tank in self.logtanks.values())
        return stream_id in targets

    def document(self) -> Document:
        """Return the body of ``GET /_emulator/state``."""
        with self.lock:
            return {
                **self.identity.document(),
                "log_groups": [dict(group) for group in self.groups.values()],
                "log_streams": [dict(stream) for stream in self.streams.values()],
                "logtanks": self.logtanks_now(),
                "options": self.options.document(),
            }
