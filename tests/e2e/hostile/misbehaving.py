"""A cloud that answers one operation with whatever bytes it is given, and else truly.

It stands before an emulated cloud and forwards requests, so that what was done and what
was said of it can be two things.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace

from tests.byte_server import Answer, ByteServer, Request, forwarded
from tests.e2e.credentials.wholes import AK, PASSWORD, SK
from tests.emulator import Emulator

SECRETS = b"@SECRETS@"
"""Stands in an answer for the function's secrets and the head of the request."""
_OPERATIONS = {
    "POST /v3/auth/tokens": "CreateToken",
    "GET /v3/projects": "ListProjects",
    "POST /v2/[^/]+/groups/[^/]+/streams": "CreateLogStream",
    "GET /v2/[^/]+/groups/[^/]+/streams": "ListLogStream",
    "POST /v1/logtanks": "CreateLogtank",
    "GET /v1/logtanks": "ListLogtanks",
}


class MisbehavingCloud(ByteServer):
    """Gives one answer to every request of one operation.

    `works` is whether what was asked for is done all the same. `secrets` are those that
    the function has been given, and `told` is how often the answer was given.
    """

    def __init__(
        self, cloud: Emulator, operation: str, answer: Answer, *, works: bool = False
    ) -> None:
        """Take the true cloud, and what to answer in its place to which operation."""
        super().__init__(self._respond)
        self.told = 0
        self.reused = False
        """Whether a request came over a connection that had brought the answer."""
        names = (AK, SK, PASSWORD)
        self.secrets = [os.environ[name] for name in names if name in os.environ]
        self._cloud = cloud
        self._operation = operation
        self._answer = answer
        self._works = works
        self._spoilt: set[int] = set()

    def _respond(self, request: Request) -> Answer:
        self.reused = self.reused or request.connection in self._spoilt
        if _operation(request) != self._operation:
            return forwarded(request, self._cloud.url)
        self._spoilt.add(request.connection)
        self.told += 1
        if self._works:
            forwarded(request, self._cloud.url)
        head = request.partition(b"\r\n\r\n")[0].replace(b"\r\n", b" ")
        told = b" ".join([*(each.encode() for each in self.secrets), head])
        pieces = (piece.replace(SECRETS, told) for piece in self._answer.pieces)
        return replace(self._answer, pieces=tuple(pieces))


def _operation(request: Request) -> str:
    asked = f"{request.split(b' ', 1)[0].decode()} {request.path}"
    for form, name in _OPERATIONS.items():
        if re.fullmatch(form, asked):
            return name
    return asked
