"""Random faults of every kind that the emulator supports."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Fault = dict[str, Any]

FORGED = "not-the-true-answer"
"""The X-Request-Id of a success reply that may not be genuine."""
_FORGED = {"X-Request-Id": FORGED}
_HTML = "<html>Sign in to continue</html>"

_TARGETS = st.fixed_dictionaries(
    {
        "operation": st.sampled_from(
            [
                *["CreateLogStream", "CreateLogtank"] * 4,
                "ListLogStream",
                "ListLogtanks",
                "DeleteLogtank",
                "CreateToken",
                "LTS",
                "GA",
                "*",
            ]
        ),
        "skip": st.sampled_from([0, 0, 0, 1, 2]),
        "times": st.integers(1, 3),
    }
)
_WORK: list[Fault] = [
    {},
    {"work": True},
    {"land_after": 0.0},
    {"land_after": 0.05},
    {"land_after": 0.2},
]
_STATUSES = [302, 400, 401, 403, 404, 408, 409, 429, 500, 502, 503, 504]
_CODES = [
    "LTS.0010",
    "LTS.0201",
    "LTS.0205",
    "LTS.0206",
    "GA.9002",
    "GA.9004",
    "GA.9005",
    "GA.9104",
    "GA.9201",
]
_BODIES: list[Any] = ["", _HTML, "{", None, [], {}, {"error_code": "LTS.0009"}]
_CONNECTIONS = [
    "refuse_answer",
    "cut",
    "hang",
    "drip_headers",
    "drip_body",
    "endless_headers",
    "garbage",
    "reset",
]
_INTERVALS = [0.0001, 0.01]


def faults() -> st.SearchStrategy[Fault]:
    """Return faults; they may misreport creates, but never the contents of lists."""
    return st.one_of(_slow(), _faulty())


def _slow() -> st.SearchStrategy[Fault]:
    """Return genuine replies that arrive late or too late."""
    return st.builds(
        _merged, _TARGETS, st.sampled_from([{"delay": 0.1}, {"delay": 0.4}])
    )


def _faulty() -> st.SearchStrategy[Fault]:
    effects = st.one_of(
        _statuses(), _refusals(), _successes(), _connections(), _sizes()
    )
    delays = st.sampled_from([{}, {}, {}, {"delay": 0.1}])
    return st.builds(_merged, _TARGETS, st.sampled_from(_WORK), delays, effects)


def _statuses() -> st.SearchStrategy[Fault]:
    """Return the documented errors, some of them with Retry-After."""
    return st.fixed_dictionaries(
        {"status": st.sampled_from(_STATUSES)},
        optional={"headers": st.sampled_from([_retry_after("0"), _retry_after("600")])},
    )


def _refusals() -> st.SearchStrategy[Fault]:
    """Return errors with an explicit code, which may not suit the operation."""
    bodies = st.sampled_from([{"error_code": code} for code in _CODES])
    statuses = st.sampled_from([400, 404, 409, 500])
    return st.fixed_dictionaries({"status": statuses, "body": bodies})


def _successes() -> st.SearchStrategy[Fault]:
    """Return success replies with wrong bodies."""
    return st.fixed_dictionaries(
        {
            "status": st.sampled_from([200, 201, 202, 204]),
            "body": st.sampled_from(_BODIES),
            "headers": st.just(_FORGED),
        }
    )


def _connections() -> st.SearchStrategy[Fault]:
    """Return replies that arrive slowly, partly or not at all."""
    return st.fixed_dictionaries(
        {
            "connection": st.sampled_from(_CONNECTIONS),
            "interval": st.sampled_from(_INTERVALS),
            "headers": st.just(_FORGED),
        }
    )


def _sizes() -> st.SearchStrategy[Fault]:
    """Return replies that are too short or too long."""
    sizes = st.sampled_from([0, 10, 4096, 9 * 1024 * 1024])
    return sizes.map(lambda size: {"size": size, "headers": _FORGED})


def _retry_after(seconds: str) -> dict[str, str]:
    return {"Retry-After": seconds}


def _merged(*parts: Fault) -> Fault:
    return {name: value for part in parts for name, value in part.items()}
