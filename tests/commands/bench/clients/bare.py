"""Two POSTs in one `requests` session, without checks, retries or logs."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import requests

from tests.commands.bench.clients import asked

GROUP = f"{asked.ADDRESS}/v2/{asked.PROJECT_ID}/groups/{asked.LOG_GROUP_ID}"
LOGTANKS = f"{asked.ADDRESS}/v1/logtanks"
HEADERS = {
    "Content-Type": "application/json;charset=utf8",
    "X-Auth-Token": os.environ.get("HUAWEICLOUD_AUTH_TOKEN", ""),
}
_MAX_THREADS = int(os.environ.get("MAX_CONCURRENCY", "8"))
session = requests.Session()
# one connection per thread; irrelevant for a single listener
session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=64))


def bootstrap(*listeners: str) -> list[str]:
    """Send two POSTs per listener, in threads if there are several listeners."""
    if len(listeners) == 1:
        return [_bootstrap(listeners[0])]
    with ThreadPoolExecutor(_MAX_THREADS) as pool:
        return list(pool.map(_bootstrap, listeners))


def _bootstrap(listener: str) -> str:
    stream = asked.stream(listener)
    created = session.post(f"{GROUP}/streams", json=stream, headers=HEADERS).json()
    body = {"logtank": asked.logtank(listener, created["log_stream_id"])}
    reply = session.post(LOGTANKS, json=body, headers=HEADERS).json()
    return str(reply["logtank"]["id"])
