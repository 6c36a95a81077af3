"""The state of the emulated account: groups, streams, listeners, logtanks, tokens.

A reset creates a new state and does not modify the old one.  Code that checks and then
changes the state holds :attr:`State.lock` for both.
"""

import math
import random
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
# retention of a log stream that inherits its group's
INHERITED = -1
ENTERPRISE_PROJECT_TAG = "_sys_enterprise_project_id"


def new_id() -> str:
    """Return an ID as the services issue them: a UUID, 36 characters.

    With ``random.seed``, a test gets the same IDs in every run.
    """
    return str(uuid.UUID(int=random.getrandbits(128), version=4))


@dataclass(frozen=True)
class Token:
    """A token that IAM issued: ``scope`` is "project" or "domain", times in seconds."""

    scope: str
    expires: float


@dataclass(frozen=True)
class Resource:
    """A resource of GA: its document, and its status until ``changes`` and after.

    ``changes`` is in seconds since 1970.  With ``later`` None, the resource no longer
    exists after that.
    """

    document: Document
    status: str = "ACTIVE"
    changes: float = math.inf
    later: str | None = None

    def status_at(self, now: float) -> str | None:
        """Return the status at a point in time, None if it no longer exists."""
        return self.status if now < self.changes else self.later

    def detail(self, now: float) -> Document:
        """Return the document with the status at a point in time."""
        return {**self.document, "status": self.status_at(now)}


Resources = dict[str, Resource]


@dataclass
class State:
    """The account's resources by ID; ``failures`` and ``locked`` by access key.

    ``original_names`` has the names that log groups were created with, by group ID;
    ``stream_users`` what uses a log stream apart from logtanks, by stream ID.
    ``accepts_any_listener``: whether a listener need not exist to get a logtank.
    """

    identity: Identity
    options: Options
    clock: Callable[[], float] = time.time
    groups: dict[str, Document] = field(default_factory=dict)
    original_names: dict[str, str] = field(default_factory=dict)
    streams: dict[str, Document] = field(default_factory=dict)
    stream_users: dict[str, list[str]] = field(default_factory=dict)
    accelerators: Resources = field(default_factory=dict)
    listeners: Resources = field(default_factory=dict)
    logtanks: Resources = field(default_factory=dict)
    accepts_any_listener: bool = True
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
        self.accepts_any_listener = self.options.listeners is None
        group_id = self.identity.log_group_id
        self.original_names[group_id] = self.identity.log_group_name
        self.groups[group_id] = {
            "creation_time": int(self.clock() * 1000),
            "log_group_id": group_id,
            "log_group_name": self.identity.log_group_name,
            "log_group_name_alias": self.identity.log_group_name,
            "ttl_in_days": DEFAULT_TTL_IN_DAYS,
            "tag": {ENTERPRISE_PROJECT_TAG: "0"},
        }

    def add_listener(self, listener: Resource) -> None:
        """Add a listener; from now on, only listeners that exist get a logtank."""
        self.listeners[listener.document["id"]] = listener
        self.accepts_any_listener = False

    def existing(self, resources: Resources) -> list[Document]:
        """Return resources with their current status, oldest first."""
        now = self.clock()
        gone = [k for k, each in resources.items() if each.status_at(now) is None]
        for resource_id in gone:
            del resources[resource_id]
        return [resource.detail(now) for resource in resources.values()]

    def streams_of(self, group_id: str) -> list[Document]:
        """Return a group's streams, oldest first."""
        return [s for s in self.streams.values() if s["log_group_id"] == group_id]

    def remove_stream(self, stream_id: str) -> None:
        """Remove a log stream and what is known of it."""
        del self.streams[stream_id]
        self.stream_users.pop(stream_id, None)

    def remove_group(self, group_id: str) -> None:
        """Remove a log group with its streams."""
        for stream in self.streams_of(group_id):
            self.remove_stream(stream["log_stream_id"])
        del self.groups[group_id], self.original_names[group_id]

    def shown_stream(self, stream: Document) -> Document:
        """Return a stream as lists show it: see the option ``inherited_ttl``."""
        if stream["ttl_in_days"] != INHERITED or self.options.inherited_ttl == "-1":
            return dict(stream)
        group = self.groups[stream["log_group_id"]]
        return {**stream, "ttl_in_days": group["ttl_in_days"], "hot_storage_days": 0}

    def is_shipped_to(self, stream_id: str) -> bool:
        """Return whether a logtank ships to the log stream."""
        tanks = self.existing(self.logtanks)
        return stream_id in {tank["log_stream_id"] for tank in tanks}

    def document(self) -> Document:
        """Return the body of ``GET /_emulator/state``."""
        with self.lock:
            return {
                **self.identity.document(),
                "accelerators": self.existing(self.accelerators),
                "listeners": self.existing(self.listeners),
                "log_groups": [dict(group) for group in self.groups.values()],
                "log_streams": [self.shown_stream(s) for s in self.streams.values()],
                "logtanks": self.existing(self.logtanks),
                "options": self.options.document(),
            }
