"""Requests of one event in simulated time, behind gateways that limit the call rate."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from heapq import heappop, heappush
from itertools import count
from threading import Semaphore, Thread
from typing import Any, NamedTuple

from functions.errors import Result
from functions.huaweicloud import replies
from functions.huaweicloud.ga import Owner
from functions.huaweicloud.rate_limiter import RateLimiter
from functions.huaweicloud.retry_policy import RetryPolicy
from functions.provisioning import Cloud
from functions.provisioning.actions import bootstrap
from functions.transport.calls import Call, Reply
from tests.unit.script import max_jitter

ALL_SERVICES = "*"
WORKERS = 8
SECONDS = 86_400.0
"""More than a run takes."""


class Clock:
    """A clock for threads: one at a time runs, until it sleeps, and time jumps then."""

    def __init__(self) -> None:
        """Start at zero."""
        self.now = 0.0
        self._numbers = count()
        self._sleeping: list[tuple[float, int, Semaphore]] = []
        self._is_idle = Semaphore(0)

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let other threads run meanwhile."""
        may_run = Semaphore(0)
        entry = (self.now + seconds, next(self._numbers), may_run)
        heappush(self._sleeping, entry)
        self._is_idle.release()
        may_run.acquire()

    def run(self, *works: Callable[[], None]) -> None:
        """Do all works side by side, each in a thread, until they are done."""
        threads = [Thread(target=self._run, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
            self._is_idle.acquire()
        while self._sleeping:
            self.now, _, may_run = heappop(self._sleeping)
            may_run.release()
            self._is_idle.acquire()
        for thread in threads:
            thread.join()

    def _run(self, work: Callable[[], None]) -> None:
        self.sleep(0)
        try:
            work()
        finally:
            self._is_idle.release()


Admits = Callable[[float], bool]
"""Returns whether a gateway admits a call at a time."""


def sliding_window(limit: int) -> Admits:
    """Return a gateway that admits `limit` calls in any second."""
    admitted: deque[float] = deque(maxlen=limit)

    def admits(now: float) -> bool:
        if len(admitted) == limit and now - admitted[0] < 1.0:
            return False
        admitted.append(now)
        return True

    return admits


def fixed_window(limit: int) -> Admits:
    """Return a gateway that admits `limit` calls in each full second."""
    admitted: dict[int, int] = {}

    def admits(now: float) -> bool:
        second = int(now)
        admitted[second] = admitted.get(second, 0) + 1
        return admitted[second] <= limit

    return admits


def token_bucket(limit: int) -> Admits:
    """Return a gateway with a bucket of `limit` tokens, refilled in a second."""
    tokens, filled_at = float(limit), 0.0

    def admits(now: float) -> bool:
        nonlocal tokens, filled_at
        tokens = min(limit, tokens + (now - filled_at) * limit)
        filled_at = now
        tokens -= (admitted := tokens >= 1)
        return admitted

    return admits


class Throttling(NamedTuple):
    """How calls are limited.

    `limits` are calls per second by service, or for ALL_SERVICES together, once there
    have been `free_calls`. Each call takes `latency` seconds.
    """

    limits: Mapping[str, int]
    latency: float = 0.05
    free_calls: int = 0
    gateway: Callable[[int], Admits] = sliding_window


class Run(NamedTuple):
    """What a run took since its limits applied, and the seconds that it had to take.

    These are what the limits impose on the accepted calls, or if that is more, what the
    latency imposes on WORKERS at a time. The calls are per listener, in the whole run.
    """

    seconds: float
    floor: float
    accepted: float
    rejected: float


class SimulatedCloud:
    """LTS and GA behind gateways, with calls counted."""

    def __init__(self, throttling: Throttling, clock: Clock) -> None:
        """Start without streams and logtanks."""
        self._throttling = throttling
        self._clock = clock
        self._limited_from = 0.0
        self._gateways = {
            name: throttling.gateway(limit) for name, limit in throttling.limits.items()
        }
        self._limited: Counter[str] = Counter()
        self._accepted = self._rejected = 0
        self._logtanks: dict[str, list[dict[str, object]]] = {}

    def send(self, call: Call) -> Reply:
        """Reply after the latency, or raise the error that the reply is."""
        self._clock.sleep(self._throttling.latency / 2)
        is_admitted = self._admits(call.service)
        self._accepted += is_admitted
        self._rejected += not is_admitted
        reply = self._reply(call) if is_admitted else Reply(429)
        self._clock.sleep(self._throttling.latency / 2)
        return replies.classified(lambda _call: reply)(call)

    def run(self, listeners: int) -> Run:
        """Return what was counted in a run that ends now."""
        limits, latency = self._throttling.limits, self._throttling.latency
        calls = self._accepted - self._throttling.free_calls
        floors = [self._limited[name] / limits[name] for name in limits]
        return Run(
            seconds=self._clock.now - self._limited_from,
            floor=max(*floors, calls * latency / WORKERS),
            accepted=self._accepted / listeners,
            rejected=self._rejected / listeners,
        )

    def _admits(self, service: str) -> bool:
        if self._accepted < self._throttling.free_calls:
            self._limited_from = self._clock.now
            return True
        names = self._gateways.keys() & {service, ALL_SERVICES}
        if not all(self._gateways[name](self._clock.now) for name in names):
            return False
        self._limited.update(names)
        return True

    def _reply(self, call: Call) -> Reply:
        body: Any = call.body
        if call.operation == "CreateLogStream":
            return self._document(log_stream_id=body["log_stream_name"])
        if call.operation == "ListLogtanks":
            listener = dict(call.query)["resource_ids"]
            return self._document(logtanks=self._logtanks.get(listener, []))
        logtanks = self._logtanks.setdefault(body["logtank"]["resource_id"], [])
        identifier = f"{body['logtank']['resource_id']}-{len(logtanks)}"
        created_at = datetime.fromtimestamp(self._clock.now, timezone.utc).isoformat()
        facts = {"id": identifier, "status": "ACTIVE", "created_at": created_at}
        logtanks.append({**body["logtank"], **facts})
        return self._document(logtank=logtanks[-1])

    def _document(self, **fields: object) -> Reply:
        return Reply(200, fields, date=self._clock.now)


def bootstrapped(throttling: Throttling, listeners: int) -> Run:
    """Bootstrap new listeners with one event, and return what it took.

    Every listener gets one new stream and one new logtank.
    """
    clock = Clock()
    simulated = SimulatedCloud(throttling, clock)
    cloud = _connected(simulated, clock)
    numbers = iter(range(listeners))
    results: list[Result] = []

    def work() -> None:
        results.extend(bootstrap(_request(number), cloud) for number in numbers)

    clock.run(*[work] * WORKERS)
    assert len({result["logtank_id"] for result in results}) == listeners
    assert all(result["created"] == _ALL_CREATED for result in results)
    return simulated.run(listeners)


def _connected(simulated: SimulatedCloud, clock: Clock) -> Cloud:
    return Cloud(
        send=simulated.send,
        policy=RetryPolicy(
            attempts=4,
            base=0.2,
            cap=5.0,
            remaining_seconds=lambda: SECONDS - clock(),
            limiter=RateLimiter(clock),
            clock=clock,
            sleep=clock.sleep,
            jitter=max_jitter,
        ),
        owner=Owner("p"),
        find_project=lambda: "p",
        log=lambda *_line, **_facts: None,
    )


_ALL_CREATED = ["log_stream", "logtank"]


def _request(number: int) -> dict[str, object]:
    return {
        "resource_id": f"{number:032x}",
        "log_group_id": "g",
        "log_stream_name": f"stream-{number}",
    }
