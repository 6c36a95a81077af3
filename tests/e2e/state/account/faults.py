"""Random faults for single calls; none of them lies about what exists or was done."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

Fault = dict[str, Any]

_HTML = "<html>Sign in to continue</html>"
_UNUSABLE_BODIES: list[Any] = ["", _HTML, "{", None, [], {}, {"error_code": "LTS.0009"}]
_REFUSALS = [302, 400, 401, 403, 408, 429, 500, 502, 503, 504]
_LOST = [408, 500, 502, 503, 504]
"""Statuses with which an operation may have been run."""
_CONNECTIONS = [
    *["refuse_answer", "cut", "reset", "garbage"] * 12,
    *["drip_headers", "drip_body", "endless_headers", "hang"],
]
_PAUSES = ["0", "1", "600"]
_READ_BY_STATUS_ALONE = ("UpdateLogStream", "CreateTags", "DELETE")
"""Operations whose status alone says whether they were run: it must be genuine."""


def fault(operation: str, method: str, rng: random.Random) -> Fault:
    """Return a fault for the next call of an operation."""
    make = rng.choice(_KINDS if method != "GET" else _KINDS_OF_LISTS)
    found = make(rng)
    if method == "GET":
        found.pop("work", None)
    is_success = found.get("status", 200) in range(200, 300) and "delay" not in found
    if is_success and {operation, method} & set(_READ_BY_STATUS_ALONE):
        found = {"size": 10} if "status" in found else found
        found["work"] = True
    return {"operation": operation, "times": 1, **found}


def _refusal(rng: random.Random) -> Fault:
    found: Fault = {"status": rng.choice(_REFUSALS)}
    if rng.random() < 0.3:
        found["headers"] = {"Retry-After": rng.choice(_PAUSES)}
    return found


def _busy(_rng: random.Random) -> Fault:
    return {"status": 400, "body": {"error_code": "GA.9004"}}


def _failure_with_an_odd_status(rng: random.Random) -> Fault:
    body = {"error_code": "LTS.0010"}
    return {"status": 400, "body": body, "work": rng.random() < 0.5}


def _lost_reply(rng: random.Random) -> Fault:
    return {"status": rng.choice(_LOST), "work": True}


def _unusable(rng: random.Random) -> Fault:
    body = rng.choice(_UNUSABLE_BODIES)
    status = rng.choice([200, 201, 202])
    return {"status": status, "body": body, "work": rng.random() < 0.5}


def _connection(rng: random.Random) -> Fault:
    kind = rng.choice(_CONNECTIONS)
    return {"connection": kind, "interval": 0.0001, "work": rng.random() < 0.5}


def _size(rng: random.Random) -> Fault:
    size = rng.choice([0, 10, 4096, 9 * 1024 * 1024])
    return {"size": size, "work": rng.random() < 0.5}


def _delay(_rng: random.Random) -> Fault:
    return {"delay": 0.001}


_KINDS_OF_LISTS: list[Callable[[random.Random], Fault]] = [
    _refusal,
    _refusal,
    _failure_with_an_odd_status,
    _lost_reply,
    _lost_reply,
    _unusable,
    _connection,
    _connection,
    _size,
    _delay,
]
_KINDS = [*_KINDS_OF_LISTS, _busy]
