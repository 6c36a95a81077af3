"""A proxy that replaces the replies of one operation with arbitrary bytes.

It forwards all other requests to the emulator. Optionally, it also forwards the
requests whose replies it replaces, so that the reply can contradict what was done.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace

from tests.byte_server import Answer, ByteServer, Request, forwarded
from tests.e2e.credentials.wholes import AK, PASSWORD, SK
from tests.emulator import Emulator

SECRETS = b"@SECRETS@"
"""A placeholder in a reply for the function's secrets and the request's head."""
_OPERATIONS = {
    "POST /v3/auth/tokens": "CreateToken",
    "GET /v3/projects": "ListProjects",
    "POST /v2/[^/]+/groups/[^/]+/streams": "CreateLogStream",
    "GET /v2/[^/]+/groups/[^/]+/streams": "ListLogStream",
    "DELETE /v2/[^/]+/groups/[^/]+/streams/[^/]+": "DeleteLogStream",
    "PUT /v2/[^/]+/groups/[^/]+/streams-ttl/[^/]+": "UpdateLogStream",
    "POST /v1/[^/]+/topics/[^/]+/tags/action": "CreateTags",
    "POST /v2/[^/]+/groups": "CreateLogGroup",
    "GET /v2/[^/]+/groups": "ListLogGroups",
    "POST /v1/logtanks": "CreateLogtank",
    "GET /v1/logtanks": "ListLogtanks",
    "PUT /v1/logtanks/[^/]+": "UpdateLogtank",
    "DELETE /v1/logtanks/[^/]+": "DeleteLogtank",
    "GET /v1/listeners": "ListListeners",
    "GET /v1/listeners/[^/]+": "ShowListener",
}


class MisbehavingCloud(ByteServer):
    """Sends one fixed reply to every request of one operation.

    With `is_processed`, these requests are forwarded as well. `secrets` are those in
    the function's settings, and `reply_count` is how often the reply was sent.
    """

    def __init__(
        self,
        upstream: Emulator,
        operation: str,
        reply: Answer,
        *,
        is_processed: bool = False,
    ) -> None:
        """Replace the replies to an operation of the upstream emulator."""
        super().__init__(self._respond)
        self.reply_count = 0
        self.was_reused = False
        """Whether a request arrived on a connection that had carried the reply."""
        names = (AK, SK, PASSWORD)
        self.secrets = [os.environ[name] for name in names if name in os.environ]
        self._upstream = upstream
        self._operation = operation
        self._reply = reply
        self._is_processed = is_processed
        self._affected_connections: set[int] = set()

    def _respond(self, request: Request) -> Answer:
        self.was_reused = (
            self.was_reused or request.connection in self._affected_connections
        )
        if _operation(request) != self._operation:
            return forwarded(request, self._upstream.url)
        self._affected_connections.add(request.connection)
        self.reply_count += 1
        if self._is_processed:
            forwarded(request, self._upstream.url)
        head = request.partition(b"\r\n\r\n")[0].replace(b"\r\n", b" ")
        revealed = b" ".join([*(each.encode() for each in self.secrets), head])
        pieces = (piece.replace(SECRETS, revealed) for piece in self._reply.pieces)
        return replace(self._reply, pieces=tuple(pieces))


def _operation(request: Request) -> str:
    called = f"{request.split(b' ', 1)[0].decode()} {request.path}"
    for form, name in _OPERATIONS.items():
        if re.fullmatch(form, called):
            return name
    return called
