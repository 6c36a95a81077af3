"""What the emulated account has at one moment, read without the functions' code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tests.emulator import Emulator

Document = Mapping[str, Any]


class Snapshot(NamedTuple):
    """The account's resources by their IDs."""

    listeners: dict[str, Document]
    logtanks: dict[str, Document]
    streams: dict[str, Document]
    groups: dict[str, Document]

    @classmethod
    def of(cls, cloud: Emulator) -> Snapshot:
        """Return what exists now."""
        state = cloud.state()
        return cls(
            {each["id"]: each for each in state["listeners"]},
            {each["id"]: each for each in state["logtanks"]},
            {each["log_stream_id"]: each for each in state["log_streams"]},
            {each["log_group_id"]: each for each in state["log_groups"]},
        )

    def alive(self) -> dict[str, Document]:
        """Return the logtanks that are not being deleted."""
        return {
            key: each
            for key, each in self.logtanks.items()
            if each["status"] != "DELETING"
        }

    def logtanks_of(self, listener: str) -> list[Document]:
        """Return a listener's logtanks, those that are being deleted included."""
        return [e for e in self.logtanks.values() if e["resource_id"] == listener]

    def alive_of(self, listener: str) -> list[Document]:
        """Return a listener's logtanks that are not being deleted."""
        return [e for e in self.alive().values() if e["resource_id"] == listener]

    def shipping_to(self, stream: str) -> list[Document]:
        """Return the logtanks to a stream that are not being deleted."""
        return [e for e in self.alive().values() if e["log_stream_id"] == stream]

    def is_usable(self, listener: str) -> bool:
        """Whether a listener is ACTIVE and not frozen."""
        found = self.listeners.get(listener)
        return bool(
            found
            and found["status"] == "ACTIVE"
            and not found.get("frozen_info", {}).get("status")
        )

    def group_named(self, name: str) -> str | None:
        """Return the ID of the log group with this name, None if there is none."""
        return next(
            (k for k, each in self.groups.items() if each["log_group_name"] == name),
            None,
        )

    def streams_by_name(self, group: str | None) -> dict[str, Document]:
        """Return a log group's streams by their names."""
        return {
            each["log_stream_name"]: each
            for each in self.streams.values()
            if each["log_group_id"] == group
        }


def target(logtank: Document) -> tuple[str, str]:
    """Return the listener and the stream that a logtank connects."""
    return logtank["resource_id"], logtank["log_stream_id"]
