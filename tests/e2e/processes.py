"""Run the entries in separate processes, as the platforms do.

A process keeps its tokens, its connections and the state of its credential until it is
restarted. It is forked from a server that has loaded the code without running it, so
that a new process starts quickly and with an empty warm state.
"""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, redirect_stdout, suppress
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from functions import contracts
from functions.errors import ProvisioningError
from functions.huaweicloud import client
from tests.e2e.contexts import LambdaContext
from tests.e2e.driving import HANDLERS

Line = dict[str, Any]

_TIMEOUT_SECONDS = 120.0
_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload([__name__, client.__name__, contracts.__name__])


class Order(NamedTuple):
    """One invocation: the entry, the event, and the time limit in seconds.

    `id` is the platform's request ID, which every log line contains.
    """

    entry: str
    event: object
    seconds: float = 60.0
    id: str = "the-only-one"


class Report(NamedTuple):
    """The outcome of an order: its answer, or the document of the raised error.

    `lines` are its log lines, and `seconds` is its duration.
    """

    order: Order
    answer: Any
    error: dict[str, Any] | None
    lines: list[Line]
    seconds: float


class Process:
    """A process that runs orders; the orders of one call run concurrently."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Start the process with exactly these environment variables."""
        self._environment = dict(environment)
        self._start()

    def begin(self, *orders: Order) -> None:
        """Send orders without waiting for their reports."""
        self._connection.send(orders)

    def reports(self) -> list[Report]:
        """Wait for the reports of the sent orders and return them in order."""
        assert self._connection.poll(_TIMEOUT_SECONDS), "the process does not answer"
        reports: list[Report] = self._connection.recv()
        return reports

    def run(self, *orders: Order) -> list[Report]:
        """Send orders and return their reports."""
        self.begin(*orders)
        return self.reports()

    def restart(self, **changes: str) -> None:
        """Replace the process with a new one, with these variables changed."""
        self.stop()
        self._environment |= changes
        self._start()

    def stop(self) -> None:
        """Stop the process."""
        self._connection.close()
        self._process.join()
        self._process.close()

    def _start(self) -> None:
        self._connection, child = _SERVER.Pipe()
        self._process = _SERVER.Process(target=_serve, args=(child, self._environment))
        self._process.start()
        child.close()


@contextmanager
def processes(number: int, environment: Mapping[str, str]) -> Iterator[list[Process]]:
    """Run this number of processes."""
    with ExitStack() as stack:
        started = [Process(environment) for _ in range(number)]
        for each in started:
            stack.callback(each.stop)
        yield started


def _serve(orders: Connection, environment: Mapping[str, str]) -> None:
    """Run orders until the connection is closed."""
    os.environ.clear()
    os.environ.update(environment)
    with suppress(EOFError), orders:
        while True:
            orders.send(_run_concurrently(orders.recv()))


def _run_concurrently(orders: Sequence[Order]) -> list[Report]:
    barrier = threading.Barrier(len(orders))
    with redirect_stdout(io.StringIO()) as output, ThreadPoolExecutor(len(orders)) as p:
        reports = list(p.map(partial(_run_order, barrier), orders))
    lines = [json.loads(line) for line in output.getvalue().splitlines()]
    return [
        each._replace(lines=[li for li in lines if li["request_id"] == each.order.id])
        for each in reports
    ]


def _run_order(barrier: threading.Barrier, order: Order) -> Report:
    barrier.wait()
    context = LambdaContext(order.seconds)
    context.aws_request_id = order.id
    answer: object = None
    error: dict[str, Any] | None = None
    began = time.monotonic()
    try:
        answer = HANDLERS[order.entry](order.event, context)
    except ProvisioningError as raised:
        error = raised.as_document()
    return Report(order, answer, error, [], time.monotonic() - began)
