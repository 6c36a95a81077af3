"""Which clouds a command talks to: an emulator of its own, a running one, the real."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import urlopen

from functions.settings.table import TABLE
from tests.commands.arguments import OWN, REAL
from tests.emulator import Emulator


@contextmanager
def chosen(cloud: str) -> Iterator[str]:
    """Point the settings in the environment at a cloud; yield what it is, in words."""
    if cloud == REAL:
        yield "the clouds that the environment names"
    elif cloud == OWN:
        with Emulator() as emulator:
            _set(emulator.environment())
            yield f"an emulator of LTS and GA on {emulator.url}"
    else:
        _set(_settings(cloud))
        yield f"the emulator on {cloud}"


def _set(settings: dict[str, str]) -> None:
    """Leave no credential for real clouds, nor a proxy, between us and an emulator."""
    for row in TABLE:
        if row.name.startswith(("HUAWEICLOUD_", "CLOUD_SDK_")):
            os.environ.pop(row.name, None)
    os.environ.update(settings, NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")


def _settings(address: str) -> dict[str, str]:
    """Return the settings for an emulator that runs already, from its state."""
    with urlopen(f"{address}/_emulator/state") as answer:  # noqa: S310 # as it was typed
        state = json.load(answer)
    return {
        "HUAWEICLOUD_LTS_ENDPOINT": address,
        "HUAWEICLOUD_GA_ENDPOINT": address,
        "HUAWEICLOUD_SDK_AK": state["access_key"],
        "HUAWEICLOUD_SDK_SK": state["secret_key"],
        "HUAWEICLOUD_SDK_PROJECT_ID": state["project_id"],
        "LOG_GROUP_ID": state["log_group_id"],
    }
