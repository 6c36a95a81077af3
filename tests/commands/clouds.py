"""The cloud that a command calls: a new emulator, a running one, or the real one."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import urlopen

from functions.settings.table import TABLE
from tests.commands.arguments import OWN, REAL
from tests.emulator import Emulator
from tests.emulator.http_messages import Document


@contextmanager
def chosen(cloud: str, account: Document | None = None) -> Iterator[str]:
    """Configure the environment for a cloud, and yield a description of it.

    `account` is what a new emulator contains: see `tests.emulator.seeding`.
    """
    if cloud == REAL:
        yield "the real clouds configured in the environment"
    elif cloud == OWN:
        with Emulator() as emulator:
            emulator.seed(**account or {})
            _set(emulator.environment())
            yield f"an emulator of LTS and GA at {emulator.url}"
    else:
        _set(_settings(cloud))
        yield f"the emulator at {cloud}"


def _set(settings: dict[str, str]) -> None:
    """Replace all cloud settings, and bypass proxies for the emulator."""
    for row in TABLE:
        if row.name.startswith(("HUAWEICLOUD_", "CLOUD_SDK_")):
            os.environ.pop(row.name, None)
    os.environ.update(settings, NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")


def _settings(address: str) -> dict[str, str]:
    """Return the settings for a running emulator, from its state."""
    with urlopen(f"{address}/_emulator/state") as response:  # noqa: S310 # http, see arguments
        state = json.load(response)
    return {
        "HUAWEICLOUD_LTS_ENDPOINT": address,
        "HUAWEICLOUD_GA_ENDPOINT": address,
        "HUAWEICLOUD_SDK_AK": state["access_key"],
        "HUAWEICLOUD_SDK_SK": state["secret_key"],
        "HUAWEICLOUD_SDK_PROJECT_ID": state["project_id"],
        "LOG_GROUP_ID": state["log_group_id"],
    }
