"""What others do to the account meanwhile: people, GA, and other tools."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.e2e.state.account.events import GROUP_NAME, LISTENERS, OWN_STREAM, SHARED
from tests.e2e.state.account.scheduler import START, Clock
from tests.e2e.state.account.snapshots import Document, Snapshot
from tests.emulator import Emulator
from tests.emulator.seeding import FROZEN

_KEPT = ("id", "name", "accelerator_id", "created_at", "tags", "frozen_info")
_DAY = 86_400.0
_SECONDS = (0.5, 3.0, 20.0, 90.0)


class Surroundings:
    """Changes the account at random, without the functions."""

    def __init__(self, cloud: Emulator, clock: Clock, rng: random.Random) -> None:
        self._cloud, self._clock, self._rng = cloud, clock, rng
        self._deleted: set[str] = set()

    def begin(self) -> None:
        """Create the listeners and logtanks that exist at first."""
        for _ in range(self._rng.randint(2, len(LISTENERS))):
            self.create_listener()
        if self._rng.random() < 0.5:
            self._create_old_streams()
        for _ in range(self._rng.randint(0, 3)):
            self._rng.choice(_CHANGES)(self)

    def change(self) -> str:
        """Change something, and return what."""
        chosen = self._rng.choice(_CHANGES)
        chosen(self)
        return chosen.__name__

    def _create_old_streams(self) -> None:
        """Create streams that the functions want, long ago, and some logtanks."""
        created = {"creation_time": int(1000 * (START - _DAY))}
        groups = self._cloud.seed(log_groups=[{"log_group_name": GROUP_NAME}])
        wanted = (self._cloud.log_group_id, groups["log_groups"][0]["log_group_id"])
        names = (SHARED, *(f"ga-{each}" for each in LISTENERS[:2]))
        streams = self._cloud.seed(
            log_streams=[
                {"log_group_id": group, "log_stream_name": name, **created}
                for group in wanted
                for name in names
            ]
        )["log_streams"]
        for listener in LISTENERS[: self._rng.randint(0, 3)]:
            self._seed_logtank(listener, self._rng.choice(streams[:: len(names)]))

    def _seen(self) -> Snapshot:
        return Snapshot.of(self._cloud)

    def create_listener(self) -> None:
        """Create a listener, which may be PENDING at first; no ID is used twice."""
        seen = self._seen()
        known = {e["resource_id"] for e in seen.logtanks.values()} | self._deleted
        free = [e for e in LISTENERS if e not in seen.listeners and e not in known]
        if free:
            document: dict[str, Any] = {"id": self._rng.choice(free)}
            if self._rng.random() < 0.4:
                seconds = self._rng.choice(_SECONDS)
                document |= {"status": "PENDING", "status_seconds": seconds}
            self._cloud.seed(listeners=[document])

    def delete_listener(self) -> None:
        """Delete a listener, at once or after a while; its logtanks may stay."""
        seen = self._seen()
        if len(seen.listeners) < 2 and self._rng.random() < 0.8:
            return
        if chosen := self._any(seen.listeners):
            self._deleted.add(chosen["id"])
            if self._rng.random() < 0.4:
                gone = {"status": "DELETING", "status_seconds": 3.0}
                self._seed_listener(chosen, gone)
            else:
                self._cloud.remove(chosen["id"])
            if self._rng.random() < 0.4:
                tanks = (each["id"] for each in seen.logtanks_of(chosen["id"]))
                self._cloud.remove(*tanks)

    def freeze(self) -> None:
        """Freeze a listener, or unfreeze it."""
        if chosen := self._any(self._seen().listeners):
            if chosen["status"] != "ACTIVE":
                return
            is_frozen = chosen["frozen_info"]["status"]
            info = {"status": 0} if is_frozen else FROZEN
            self._seed_listener(chosen, {"frozen_info": info})

    def break_listener(self) -> None:
        """Let a listener fail, or work again."""
        if chosen := self._any(self._seen().listeners):
            other = {"ACTIVE": "ERROR", "ERROR": "ACTIVE"}.get(chosen["status"])
            if other:
                self._seed_listener(chosen, {"status": other})

    def ship_elsewhere(self) -> None:
        """Create a logtank to a stream that somebody chose by hand."""
        self._seed_logtank(self._rng.choice(LISTENERS), self._new_stream())

    def ship_twice(self) -> None:
        """Create a logtank beside another one to the same stream."""
        if chosen := self._any(self._seen().alive()):
            self._seed_logtank(chosen["resource_id"], chosen)

    def fail_logtank(self) -> None:
        """Let a logtank end in ERROR, or be deleted slowly."""
        if chosen := self._any(self._seen().alive()):
            ending: dict[str, Any] = {"status": "ERROR"}
            if self._rng.random() < 0.6:
                ending = {"status": "DELETING", "status_seconds": 5.0}
            names = ("id", "resource_id", "log_group_id", "log_stream_id", "created_at")
            kept = {name: chosen[name] for name in names}
            self._cloud.seed(logtanks=[{**kept, **ending}])

    def change_stream(self) -> None:
        """Change a stream's retention, or have a transfer use it."""
        if chosen := self._any(self._seen().streams):
            names = ("log_group_id", "log_stream_id", "log_stream_name")
            kept = {name: chosen[name] for name in (*names, "creation_time")}
            change: dict[str, Any] = self._rng.choice(
                [
                    {"ttl_in_days": 3},
                    {"tags": [{"key": "team", "value": "core"}]},
                    {"used_by": ["transfer"]},
                    {"used_by": ["access_config"]},
                    {"whether_log_storage": False},
                ]
            )
            self._cloud.seed(log_streams=[{**kept, **change}])

    def wait(self) -> None:
        """Let time pass: streams are young for a minute."""
        self._clock.advance(self._rng.choice(_SECONDS))

    def _any(self, found: dict[str, Document]) -> Document | None:
        return self._rng.choice(list(found.values())) if found else None

    def _seed_listener(self, listener: Document, changes: dict[str, Any]) -> None:
        kept = {name: listener[name] for name in _KEPT}
        self._cloud.seed(listeners=[{**kept, **changes}])

    def _seed_logtank(self, listener: str, target: Document) -> None:
        places = {name: target[name] for name in ("log_group_id", "log_stream_id")}
        self._cloud.seed(logtanks=[{"resource_id": listener, **places}])

    def _new_stream(self) -> Document:
        """Return a stream with a name that the functions may want, or another one."""
        name = OWN_STREAM.replace("{resource_id}", self._rng.choice(LISTENERS))
        wanted = self._rng.choice([SHARED, name, "by-hand"])
        existing = self._seen().streams_by_name(self._cloud.log_group_id)
        if wanted in existing:
            return existing[wanted]
        return self._cloud.seed(log_streams=[{"log_stream_name": wanted}])[
            "log_streams"
        ][0]


_CHANGES: list[Callable[[Surroundings], None]] = [
    Surroundings.create_listener,
    Surroundings.create_listener,
    Surroundings.delete_listener,
    Surroundings.freeze,
    Surroundings.break_listener,
    Surroundings.ship_elsewhere,
    Surroundings.ship_twice,
    Surroundings.fail_logtank,
    Surroundings.change_stream,
    Surroundings.wait,
]
