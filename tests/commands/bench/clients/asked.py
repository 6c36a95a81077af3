"""The request bodies, which are the same for all clients."""

from __future__ import annotations

import os
from typing import Any

TAG = {"key": "team", "value": "edge"}
LOG_GROUP_ID = os.environ["LOG_GROUP_ID"]
PROJECT_ID = os.environ["HUAWEICLOUD_SDK_PROJECT_ID"]
ADDRESS = os.environ["HUAWEICLOUD_LTS_ENDPOINT"]


def stream(listener: str) -> dict[str, Any]:
    """Return the request body that creates the log stream of a listener."""
    return {"log_stream_name": f"ga-{listener}", "ttl_in_days": 30, "tags": [TAG]}


def logtank(listener: str, stream_id: str) -> dict[str, str]:
    """Return the logtank that ships the log of a listener to a log stream."""
    return {
        "resource_type": "LISTENER",
        "resource_id": listener,
        "log_group_id": LOG_GROUP_ID,
        "log_stream_id": stream_id,
    }
