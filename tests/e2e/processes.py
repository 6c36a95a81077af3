"""The entries in processes of their own, as the platforms run them.

A process keeps its tokens, its connections and what it has heard of its credential
until it is restarted. It is forked from a server that has loaded the code and never ran
it, so that a new one is quickly there and knows nothing.
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

_PATIENCE_SECONDS = 120.0
_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload([__name__, client.__name__, contracts.__name__])


class Order(NamedTuple):
    """One invocation: of an entry, with an event, for so many seconds.

    `id` is the platform's, which stands on every line of the log.
    """

    entry: str
    event: object
    seconds: float = 60.0
    id: str = "the-only-one"


class Report(NamedTuple):
    """What came of an order: an answer, or the document of the error that was raised.

    `lines` are those of its log, and `seconds` is how long it took.
    """

    order: Order
    answer: Any
    error: dict[str, Any] | None
    lines: list[Line]
    seconds: float


class Process:
    """A process that carries out orders, those of one call at once in threads."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Start it, with these variables and no others."""
        self._environment = dict(environment)
        self._start()

    def begin(self, *orders: Order) -> None:
        """Give orders; the reports are to be waited for."""
        self._ours.send(orders)

    def reports(self) -> list[Report]:
        """Wait for the reports on the orders given, and return them in their order."""
        assert self._ours.poll(_PATIENCE_SECONDS), "the process does not answer"
        reports: list[Report] = self._ours.recv()
        return reports

    def run(self, *orders: Order) -> list[Report]:
        """Give orders and return the reports on them."""
        self.begin(*orders)
        return self.reports()

    def restart(self, **changes: str) -> None:
        """Put one in its place that knows nothing; with some variables changed."""
        self.stop()
        self._environment |= changes
        self._start()

    def stop(self) -> None:
        """End it."""
        self._ours.close()
        self._process.join()
        self._process.close()

    def _start(self) -> None:
        self._ours, theirs = _SERVER.Pipe()
        self._process = _SERVER.Process(target=_live, args=(theirs, self._environment))
        self._process.start()
        theirs.close()


@contextmanager
def processes(number: int, environment: Mapping[str, str]) -> Iterator[list[Process]]:
    """Run so many processes."""
    with ExitStack() as stack:
        started = [Process(environment) for _ in range(number)]
        for each in started:
            stack.callback(each.stop)
        yield started


def _live(orders: Connection, environment: Mapping[str, str]) -> None:
    """Carry out orders for as long as there is somebody who gives them."""
    os.environ.clear()
    os.environ.update(environment)
    with suppress(EOFError), orders:
        while True:
            orders.send(_at_once(orders.recv()))


def _at_once(orders: Sequence[Order]) -> list[Report]:
    gate = threading.Barrier(len(orders))
    with redirect_stdout(io.StringIO()) as output, ThreadPoolExecutor(len(orders)) as p:
        reports = list(p.map(partial(_carry_out, gate), orders))
    lines = [json.loads(line) for line in output.getvalue().splitlines()]
    return [
        each._replace(lines=[li for li in lines if li["request_id"] == each.order.id])
        for each in reports
    ]


def _carry_out(gate: threading.Barrier, order: Order) -> Report:
    gate.wait()
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
