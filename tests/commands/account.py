"""Invoking the functions that work on a whole account, with progress on a terminal."""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

from tests.commands import arguments, clouds

EXAMPLE = Path(__file__).with_name("example_account.json")
LIMIT_SECONDS = 900
"""The time limit of `reconcile` in both templates."""
_INTERVAL_SECONDS = 0.1
TABLE, JSON = "table", "json"
Result = dict[str, Any]


class Context:
    """The context of an invocation, reduced to its remaining time."""

    def __init__(self) -> None:
        self._deadline = time.monotonic() + LIMIT_SECONDS

    def get_remaining_time_in_millis(self) -> int:
        """Return the remaining time, as on Lambda."""
        return int(1000 * (self._deadline - time.monotonic()))


class Progress(io.TextIOBase):
    """Takes the log lines of a function, and counts them on a terminal."""

    def __init__(self, terminal: TextIO) -> None:
        """Write to a terminal; to anything else, such as a file, nothing is written."""
        self._terminal = terminal
        self._counts: Counter[str] = Counter()
        self._shown = 0.0

    def write(self, text: str) -> int:
        """Count a log line."""
        for line in text.splitlines():
            self._counts[json.loads(line).get("message", "")] += 1
        if time.monotonic() - self._shown > _INTERVAL_SECONDS:
            self._show()
        return len(text)

    def _show(self) -> None:
        self._shown = time.monotonic()
        calls, changes = self._counts["call"], self._counts["applied"]
        self._rewrite(f"{calls} calls" + (f", {changes} changes" if changes else ""))

    def clear(self) -> None:
        """Remove the progress from the terminal."""
        self._rewrite("")

    def _rewrite(self, text: str) -> None:
        if self._terminal.isatty():
            self._terminal.write(f"\r\x1b[K{text}")
            self._terminal.flush()


def parser(target: str, description: str | None, variables: str) -> arguments.Parser:
    """Return an argument parser with an event, and with the form of the output."""
    words = f"{variables} [EVENT=file.json] [OUTPUT={TABLE}]".lstrip()
    result = arguments.parser(target, description, words)
    result.add_argument(
        "--output",
        type=arguments.one_of((TABLE, JSON)),
        default=TABLE,
        help=f"{TABLE} for people; {JSON}: the result of the function, for programs",
    )
    result.add_argument("event", type=_request, nargs="?", default={})
    return result


def _request(path: str) -> Result:
    event = arguments.event(path)
    if not isinstance(event, dict):
        message = "must be a JSON file that contains one request"
        raise argparse.ArgumentTypeError(message)
    return event


@contextmanager
def chosen(cloud: str) -> Iterator[None]:
    """Configure the environment for a cloud; a new emulator has the example account."""
    example = json.loads(EXAMPLE.read_text("utf-8"))
    with clouds.chosen(cloud, example):
        yield


def invoke(name: str, event: Result) -> Result:
    """Return the result of a function.

    Raises: the errors of `functions.errors`.
    """
    handler = import_module(f"functions.{name}").handler
    progress = Progress(sys.stderr)
    try:
        with redirect_stdout(progress):
            result: Result = handler(event, Context())
    finally:
        progress.clear()
    return result
