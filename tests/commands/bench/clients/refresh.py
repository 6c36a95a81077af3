"""The calls of a Terraform refresh: each resource is read on its own, ten at a time.

The provider reads a log stream by listing the streams of its group, and a logtank by
its ID. Terraform's state says which they are; every listener has one of each.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.commands.bench.clients import asked, seeded
from tests.commands.bench.clients.bare import GROUP, HEADERS, LOGTANKS, session

_PARALLELISM = 10
"""Terraform's default."""
_NUMBERS = range(int(os.environ[seeded.LISTENERS_SETTING]))


def status() -> int:
    """Return how many listeners ship their logs to the stream in Terraform's state."""
    _get(GROUP.removesuffix(f"/{asked.LOG_GROUP_ID}"))
    with ThreadPoolExecutor(_PARALLELISM) as pool:
        streams = list(pool.map(_has_stream, _NUMBERS))
        logtanks = list(pool.map(_has_logtank, _NUMBERS))
    return sum(map(min, streams, logtanks))


plan = status
"""A plan without changes is a refresh."""


def _has_stream(number: int) -> bool:
    listed = _get(f"{GROUP}/streams")["log_streams"]
    wanted = seeded.STREAM.format(n=number)
    return any(each["log_stream_id"] == wanted for each in listed)


def _has_logtank(number: int) -> bool:
    found = _get(f"{LOGTANKS}/{seeded.LOGTANK.format(n=number)}")["logtank"]
    return bool(found["log_stream_id"] == seeded.STREAM.format(n=number))


def _get(address: str) -> Any:  # noqa: ANN401 # JSON
    return session.get(address, headers=HEADERS).json()
