"""The functions served by `make serve`, and requests signed with its secret."""

from __future__ import annotations

import base64
import hmac
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.emulator import Emulator

ROOT = Path(__file__).parents[2]
SECRET = "whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"
COMMAND = (sys.executable, "-m", "tests.commands.serve", "--port")
MINIMAL_ENVIRONMENT = {
    name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ
}


@contextmanager
def serving(cloud: Emulator, **settings: str) -> Iterator[str]:
    """Serve the functions with a known secret, and yield their base URL."""
    with subprocess.Popen(  # noqa: S603 # a fixed command
        [*COMMAND, "0", "--cloud", cloud.url],
        cwd=ROOT,
        env={**MINIMAL_ENVIRONMENT, "WEBHOOK_SECRETS": SECRET, **settings},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("Calling the emulator")
            base_url = process.stdout.readline().strip().rpartition("/")[0]
            # the functions log to a pipe, and would block as soon as it is full
            threading.Thread(target=process.stdout.read, daemon=True).start()
            yield base_url
        finally:
            process.terminate()


def signed_headers(body: bytes) -> dict[str, str]:
    """Return the headers of a signed message, as Standard Webhooks defines them."""
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    message_id, now = f"msg_{os.urandom(8).hex()}", str(int(time.time()))
    digest = hmac.digest(key, f"{message_id}.{now}.".encode() + body, "sha256")
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": now,
        "webhook-signature": signature,
    }
