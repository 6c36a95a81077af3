"""A cloud that answers one operation with whatever bytes it likes, and else truly.

It stands before an emulated cloud and hands requests on, so that what was done and what
was said of it can be two things.
"""

from __future__ import annotations

import http.client
import io
import os
import re
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NamedTuple

from tests.e2e.credentials.wholes import AK, PASSWORD, SK
from tests.e2e.ports import is_fresh
from tests.emulator import Emulator

SECRETS = b"@SECRETS@"
"""Stands in what is said for the function's secrets and the head of the request."""
_OPERATIONS = {
    "POST /v3/auth/tokens": "CreateToken",
    "GET /v3/projects": "ListProjects",
    "POST /v2/[^/]+/groups/[^/]+/streams": "CreateLogStream",
    "GET /v2/[^/]+/groups/[^/]+/streams": "ListLogStream",
    "POST /v1/logtanks": "CreateLogtank",
    "GET /v1/logtanks": "ListLogtanks",
    "GET /v1/logtanks/[^/]+": "ShowLogtank",
    "DELETE /v1/logtanks/[^/]+": "DeleteLogtank",
}


class Lie(NamedTuple):
    """What is said: pieces, each after a pause, and then perhaps nothing for ever.

    `works` is whether what was asked for is done; `ends`, whether the connection is.
    """

    pieces: Callable[[], Iterable[bytes]]
    works: bool = False
    pause: float = 0.0
    ends: bool = True


class Impostor:
    """Listens on a port of 127.0.0.1 within ``with``."""

    def __init__(self, cloud: Emulator, operation: str, lie: Lie) -> None:
        """Take the true cloud, and what to say in its place to which operation."""
        self.told = 0
        self.lie = lie
        self.reused = False
        """Whether a request came over a connection that had brought a lie before."""
        self._cloud = cloud
        self._operation = operation
        self._closing = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0), backlog=64)
        while not is_fresh(self.url):
            self._server.close()
            self._server = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    @property
    def url(self) -> str:
        """The address."""
        return f"http://127.0.0.1:{self._server.getsockname()[1]}"

    @property
    def secrets(self) -> list[str]:
        """What the function has been given and nobody may get to see."""
        names = (AK, SK, PASSWORD)
        return [os.environ[name] for name in names if name in os.environ]

    def __enter__(self) -> Impostor:  # noqa: PYI034 - Self came with Python 3.11
        """Serve, in threads."""
        self._start(self._accept)
        return self

    def __exit__(self, *_exc: object) -> None:
        """Stop, in the middle of whatever is being said."""
        self._closing.set()
        for each in (self._server, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._server.close()

    def push(self, text: bytes) -> None:
        """Say something that nobody asked for, on every connection."""
        for each in self._open:
            with suppress(OSError):
                each.sendall(text)

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):  # no longer listening
            while True:
                client, _ = self._server.accept()
                self._open.append(client)
                self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        lied = False
        with client, suppress(OSError):
            while (request := _request(client)) and not self._closing.is_set():
                self.reused = self.reused or lied
                if _operation(request) != self._operation:
                    client.sendall(self._truth(request))
                    continue
                lied = True
                self.told += 1
                if self.lie.works:
                    self._truth(request)
                if not self._tell(client, request) or self.lie.ends:
                    return

    def _tell(self, client: socket.socket, request: bytes) -> bool:
        """Say the lie; tell whether it was heard to its end."""
        head = request.partition(b"\r\n\r\n")[0].replace(b"\r\n", b" ")
        told = b" ".join([*(each.encode() for each in self.secrets), head])
        for piece in self.lie.pieces():
            client.sendall(piece.replace(SECRETS, told))
            if self._closing.wait(self.lie.pause) if self.lie.pause else False:
                return False
        return True

    def _truth(self, request: bytes) -> bytes:
        """Return what the true cloud answers."""
        port = int(self._cloud.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as upstream:
            upstream.sendall(request)
            answer = http.client.HTTPResponse(upstream)
            answer.begin()
            body = answer.read()
            answer.close()
        lines = [f"HTTP/1.1 {answer.status} {answer.reason}"]
        lines += [f"{name}: {value}" for name, value in answer.getheaders()]
        return "\r\n".join([*lines, "", ""]).encode() + body


def _operation(request: bytes) -> str:
    method, target, _ = request.split(b" ", 2)
    asked = f"{method.decode()} {target.decode().partition('?')[0]}"
    for form, name in _OPERATIONS.items():
        if re.fullmatch(form, asked):
            return name
    return asked


def _request(client: socket.socket) -> bytes:
    """Return a whole request, nothing where none comes any more."""
    received = io.BytesIO()
    while chunk := client.recv(65536):
        received.write(chunk)
        head, found, body = received.getvalue().partition(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: *([0-9]+)", head, re.IGNORECASE)
        if found and len(body) >= int(length[1] if length else 0):
            return received.getvalue()
    return b""
