"""A fresh interpreter, up to where it could send a first request: time and memory."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.commands.bench.counts import Counts
from tests.commands.bench.figures import MEGABYTES, MILLISECONDS, Figure
from tests.commands.bench.processes import ALONE, Cloud

_LAUNCHER = Path(__file__).with_name("launcher.py")
_FROM = "import sys; sys.path.insert(0, sys.argv[1])"
_EVENT = {
    "resource_id": "78d425da-4d5f-422f-b13b-40aa3f49bc55",
    "log_group_id": "b6b9332b-091f-4b22-b810-264318d2d664",
    "log_stream_name": "shop-frontend",
    "ttl_in_days": 30,
    "tags": [{"key": "team", "value": "edge"}],
}
_ENTRY = f"{_FROM}\nimport bootstrap"
_OURS = f"""{_FROM}
import functions.bootstrap, functions.huaweicloud.client
from functions import contracts
contracts.check("bootstrap.event", {_EVENT})
"""
"""The event's check compiles its schema, and the expressions in it."""
_NOTHING_IS_LEFT = f"""{_OURS}
before = set(sys.modules)
functions.bootstrap.handler({_EVENT}, None)
assert not set(sys.modules) - before, set(sys.modules) - before
"""
_LIBRARIES = f"{_FROM}\nimport requests, jsonschema"
_SDK = f"""{_FROM}
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkga.v1 import (CreateLogtankOption, CreateLogtankRequest,
    CreateLogtankRequestBody, GaClient)
from huaweicloudsdklts.v2 import (CreateLogStreamParams, CreateLogStreamRequest,
    LtsClient, TagsBody)
"""
_BARE = "pass"
_KIBIBYTE = 1024


class Start(NamedTuple):
    """What an interpreter took: seconds, seconds, bytes."""

    processor: float
    wall: float
    memory: float


class Starts(NamedTuple):
    """The same number of starts of each kind."""

    entry: list[Start]
    ours: list[Start]
    libraries: list[Start]
    sdk: list[Start]
    bare: list[Start]


def starts(bundle: Path, sdk: Path, cloud: Cloud, counts: Counts) -> Starts:
    """Start all kinds in turn, the first time for nothing but the system's caches."""
    subprocess.run(  # noqa: S603 # our own words
        [*ALONE, "-c", _NOTHING_IS_LEFT, str(bundle)],
        env=cloud.token,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    kinds = [(each, bundle) for each in (_ENTRY, _OURS, _LIBRARIES)]
    kinds += [(_SDK, sdk), (_BARE, bundle)]
    rounds = [[_start(*kind) for kind in kinds] for _ in range(counts.starts + 1)]
    return Starts(*map(list, zip(*rounds[1:], strict=True)))


def _start(program: str, folder: Path) -> Start:
    done = subprocess.run(  # noqa: S603 # our own words
        [*ALONE, str(_LAUNCHER), *ALONE, "-c", program, str(folder)],
        env={"HOME": str(folder.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    processor, wall, memory = map(float, done.stdout.split())
    return Start(processor, wall, memory * _KIBIBYTE)


_UNITS = {
    "processor": MILLISECONDS,
    "wall": MILLISECONDS,
    "peak memory": MEGABYTES,
}
"""What is shown of a start, in the order of its fields."""


def figures(found: Starts) -> Iterator[Figure]:
    """Yield the import of an entry, and all up to a first call, beside both others.

    The import alone is what a platform waits for; a first call needs more of us, so
    only what it takes in memory is held against a bound.
    """
    others = (
        ("import requests, jsonschema", found.libraries, (1.1, 1.1, 1.1)),
        ("importing the SDK", found.sdk, (0.7, 0.7, 0.75)),
    )
    for words, theirs, wanted in others:
        yield from _compared("cold import", found.entry, words, theirs, wanted)
        bounds = (None, None, wanted[-1])
        yield from _compared("cold, up to a call", found.ours, words, theirs, bounds)


def _compared(
    what: str,
    ours: list[Start],
    words: str,
    theirs: list[Start],
    wanted: tuple[float | None, ...],
) -> Iterator[Figure]:
    for place, (name, unit) in enumerate(_UNITS.items()):
        pairs = [(o[place], t[place]) for o, t in zip(ours, theirs, strict=True)]
        yield Figure(f"{what}, {name}", words, unit, pairs, wanted[place])
