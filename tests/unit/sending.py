"""Calls, and the session that sends them in tests of the transport."""

from __future__ import annotations

from collections.abc import Callable

from functions.secret import Masks, Secret
from functions.transport.calls import Call
from functions.transport.session import Connections, Session
from tests.byte_server import document

GET = Call("LTS", "ListLogStream", "GET", "/v2/p")
POST = Call("LTS", "CreateLogStream", "POST", "/v2/p", body={"a": "é"})
DELETE = Call("LTS", "DeleteLogtank", "DELETE", "/v1/t")
DONE = document({"id": "s"})


def transport(
    endpoint: str,
    timeout: float = 5.0,
    remaining_seconds: Callable[[], float] = lambda: 60.0,
    connections: Connections | None = None,
) -> Session:
    """Return a session whose LTS endpoint is a test server."""
    return Session(
        connections or Connections(),
        endpoints={"LTS": endpoint},
        masks=Masks([Secret("hush-hush-hush")]),
        timeout=timeout,
        remaining_seconds=remaining_seconds,
    )
