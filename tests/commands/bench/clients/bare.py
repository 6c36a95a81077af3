"""Two posts through one session of `requests`: no check, no retry, no log."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import requests

from tests.commands.bench.clients import asked

_GROUP = f"{asked.ADDRESS}/v2/{asked.PROJECT_ID}/groups/{asked.LOG_GROUP_ID}"
_LOGTANKS = f"{asked.ADDRESS}/v1/logtanks"
_HEADERS = {
    "Content-Type": "application/json;charset=utf8",
    "X-Auth-Token": os.environ.get("HUAWEICLOUD_AUTH_TOKEN", ""),
}
_SIDE_BY_SIDE = int(os.environ.get("MAX_CONCURRENCY", "8"))
_session = requests.Session()
# as many connections as threads, which makes no difference to one listener
_session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=64))


def bootstrap(*listeners: str) -> list[str]:
    """Post twice for each listener, of several side by side."""
    if len(listeners) == 1:
        return [_bootstrap(listeners[0])]
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        return list(pool.map(_bootstrap, listeners))


def _bootstrap(listener: str) -> str:
    stream = asked.stream(listener)
    made = _session.post(f"{_GROUP}/streams", json=stream, headers=_HEADERS).json()
    body = {"logtank": asked.logtank(listener, made["log_stream_id"])}
    answer = _session.post(_LOGTANKS, json=body, headers=_HEADERS).json()
    return str(answer["logtank"]["id"])
