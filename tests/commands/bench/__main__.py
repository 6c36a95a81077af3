"""Compare the functions with the alternatives, and print a table of ratios."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.commands import arguments
from tests.commands.bench import (
    accounts,
    cold,
    first_events,
    folders,
    limits,
    plot,
    report,
    runtime,
    warm,
)
from tests.commands.bench.counts import FULL, QUICK, Counts
from tests.commands.bench.figures import MEGABYTES, Figure
from tests.commands.bench.folders import Folder
from tests.commands.bench.processes import Cloud, cloud
from tests.deployment import built

_ARCHITECTURE = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


def main() -> int:
    """Print the table, and write the plot if `--plot` is given."""
    parser = arguments.Parser("bench", __doc__, "")
    parser.add_argument(
        "--plot", type=Path, help="write a plot of the ratios to this SVG file"
    )
    # for the tests: few repetitions, and no measurement in AWS's runtime
    parser.add_argument("--quick", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    with TemporaryDirectory() as folder, cloud(Path(folder)) as emulated:
        figures = _print_all(Path(folder), emulated, QUICK if given.quick else FULL)
    if given.plot:
        given.plot.write_text(plot.svg(figures), "utf-8")
    return 0


def _print_all(work: Path, emulated: Cloud, counts: Counts) -> list[Figure]:
    _note("building the folders that are compared")
    with ThreadPoolExecutor() as pool:
        sdk_folder = pool.submit(folders.sdk, work / "sdk", _VERSION)
        bundle = folders.bundle(work / "bundle", _VERSION, _ARCHITECTURE)
        sdk = sdk_folder.result()
    compiled = bundle.compiled, sdk.compiled
    loads = [os.getloadavg()[0]]
    _note("cold starts")
    starts = cold.starts(*compiled, emulated, counts)
    figures = list(
        _noted(
            ("warm bootstraps", _warm(bundle, sdk, emulated, counts)),
            ("ratios of cold starts", cold.figures(starts)),
            ("first events", first_events.figures(bundle.compiled, emulated, counts)),
            ("many listeners", warm.many(emulated, bundle.compiled, counts)),
            ("accounts", accounts.figures(emulated, *compiled, counts)),
            ("rate limits", limits.figures(emulated, bundle.compiled, counts)),
            ("archives", iter([_archives(bundle, sdk)])),
            ("AWS's runtime", _runtime(work, bundle, emulated, counts)),
        )
    )
    loads.append(os.getloadavg()[0])
    lines = (report.bare_interpreter(starts.bare), report.facts(loads))
    print(*report.table(figures), "", *lines, sep="\n")
    return figures


def _noted(*phases: tuple[str, Iterator[Figure]]) -> Iterator[Figure]:
    """Yield the figures of all phases, with a line for each phase and each figure."""
    for title, figures in phases:
        _note(title)
        for figure in figures:
            _note(f"  {figure.what} / {figure.beside}: {figure.ratio:.2f}")
            yield figure


def _note(text: str) -> None:
    """Print a line of progress, which is not part of the report."""
    print(text, file=sys.stderr, flush=True)


def _warm(
    bundle: Folder, sdk: Folder, emulated: Cloud, counts: Counts
) -> Iterator[Figure]:
    ours, theirs = bundle.compiled, sdk.compiled
    token, keys = emulated.token, emulated.keys
    bare = warm.Comparison("bare", "two bare posts", ours, ours, token, 1.1, 1.05)
    vendors = warm.Comparison("sdk", "the SDK", ours, theirs, keys, 0.75)
    yield from bare.figures(emulated, counts)
    yield from vendors.figures(emulated, counts)


def _archives(bundle: Folder, sdk: Folder) -> Figure:
    pair = float(bundle.packed), float(sdk.packed)
    return Figure("archive without bytecode", "with the SDK", MEGABYTES, [pair], 0.3)


def _runtime(
    work: Path, bundle: Folder, emulated: Cloud, counts: Counts
) -> Iterator[Figure]:
    if not counts.runtimes:
        return
    if (version := built.runtime_version()) != _VERSION:
        bundle = folders.bundle(work / "runtime", version, _ARCHITECTURE)
    yield runtime.figure(bundle, emulated, counts)


if __name__ == "__main__":
    sys.exit(main())
