"""What all clients are asked for: the same bodies."""

from __future__ import annotations

import os

TTL_IN_DAYS = 30
TAG = {"key": "team", "value": "edge"}
LOG_GROUP_ID = os.environ["LOG_GROUP_ID"]
PROJECT_ID = os.environ["HUAWEICLOUD_SDK_PROJECT_ID"]
ADDRESS = os.environ["HUAWEICLOUD_LTS_ENDPOINT"]


def stream_name(listener: str) -> str:
    """Return the name of a listener's log stream."""
    return f"ga-{listener}"
