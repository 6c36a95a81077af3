"""The IDs of an account whose listeners all ship their logs, each to its own stream.

`{n}` is the number of the listener from 0 on.
"""

from __future__ import annotations

LISTENER = "{n:032x}"
LOGTANK = "7{n:031x}"
STREAM = "5{n:031x}"
NAME = f"ga-{LISTENER}"

LISTENERS_SETTING = "BENCH_LISTENERS"
"""The environment variable that tells a client the number of listeners."""
