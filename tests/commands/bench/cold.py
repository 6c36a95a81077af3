"""Time and memory of a new interpreter until it could send its first request."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.commands.bench.counts import Counts
from tests.commands.bench.figures import MEGABYTES, MILLISECONDS, Figure
from tests.commands.bench.processes import ISOLATED_PYTHON, Cloud

_LAUNCHER = Path(__file__).with_name("launcher.py")
FROM = "import sys; sys.path.insert(0, sys.argv[1])"
_EVENT = {
    "resource_id": "78d425da-4d5f-422f-b13b-40aa3f49bc55",
    "log_group_id": "b6b9332b-091f-4b22-b810-264318d2d664",
    "log_stream_name": "shop-frontend",
    "ttl_in_days": 30,
    "tags": [{"key": "team", "value": "edge"}],
}
_ENTRY = f"{FROM}\nimport bootstrap"
_OURS = f"""{FROM}
import functions.bootstrap, functions.huaweicloud.client, functions.provisioning.actions
from functions import contracts
contracts.check("bootstrap.event", {_EVENT})
"""
"""Validating an event compiles its schema and the regular expressions in it."""
_CHECK_COMPLETE = f"""{_OURS}
before = set(sys.modules)
functions.bootstrap.handler({_EVENT}, None)
assert not set(sys.modules) - before, set(sys.modules) - before
"""
LIBRARIES = f"{FROM}\nimport requests, jsonschema"
LIBRARIES_LABEL = "import requests, jsonschema"
_SDK = f"""{FROM}
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkga.v1 import (CreateLogtankOption, CreateLogtankRequest,
    CreateLogtankRequestBody, GaClient)
from huaweicloudsdklts.v2 import (CreateLogStreamParams, CreateLogStreamRequest,
    LtsClient, TagsBody)
"""
_BARE = "pass"
_KIBIBYTE = 1024
_NONE: Mapping[str, str] = {}


class Start(NamedTuple):
    """Resources of one start: processor and wall seconds, and bytes of memory."""

    processor: float
    wall: float
    memory: float


class Starts(NamedTuple):
    """The measured starts, equally many of each kind."""

    entry: list[Start]
    ours: list[Start]
    libraries: list[Start]
    sdk: list[Start]
    bare: list[Start]


def starts(bundle: Path, sdk: Path, cloud: Cloud, counts: Counts) -> Starts:
    """Start all kinds alternately, after one round that only warms the caches."""
    subprocess.run(  # noqa: S603 # a fixed command
        [*ISOLATED_PYTHON, "-c", _CHECK_COMPLETE, str(bundle)],
        env=cloud.token,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    kinds = [(each, bundle) for each in (_ENTRY, _OURS, LIBRARIES)]
    kinds += [(_SDK, sdk), (_BARE, bundle)]
    rounds = [[start(*kind) for kind in kinds] for _ in range(counts.starts + 1)]
    return Starts(*map(list, zip(*rounds[1:], strict=True)))


def start(program: str, folder: Path, settings: Mapping[str, str] = _NONE) -> Start:
    """Run a program in a new interpreter, with the libraries in a folder."""
    done = subprocess.run(  # noqa: S603 # a fixed command
        [
            *ISOLATED_PYTHON,
            str(_LAUNCHER),
            *ISOLATED_PYTHON,
            "-c",
            program,
            str(folder),
        ],
        env={"HOME": str(folder.parent), **settings},
        capture_output=True,
        text=True,
        check=True,
    )
    processor, wall, memory = map(float, done.stdout.splitlines()[-1].split())
    return Start(processor, wall, memory * _KIBIBYTE)


_UNITS = {
    "processor": MILLISECONDS,
    "wall": MILLISECONDS,
    "peak memory": MEGABYTES,
}
"""The unit of each field of a start, in order."""


def figures(measured: Starts) -> Iterator[Figure]:
    """Yield comparisons of the import and of the start up to the first call.

    A platform waits only for the import. The bundle needs more work before the first
    call, so that only the memory has a target there.
    """
    others = (
        (LIBRARIES_LABEL, measured.libraries, (0.75, 0.75, 1.1)),
        ("importing the SDK", measured.sdk, (0.7, 0.7, 0.75)),
    )
    for label, theirs, targets in others:
        yield from _compared("cold import", measured.entry, label, theirs, targets)
        memory_only = (None, None, targets[-1])
        yield from _compared(
            "cold, up to a call", measured.ours, label, theirs, memory_only
        )


def _compared(
    what: str,
    ours: list[Start],
    label: str,
    theirs: list[Start],
    targets: tuple[float | None, ...],
) -> Iterator[Figure]:
    for place, (name, unit) in enumerate(_UNITS.items()):
        pairs = [(o[place], t[place]) for o, t in zip(ours, theirs, strict=True)]
        yield Figure(f"{what}, {name}", label, unit, pairs, targets[place])
