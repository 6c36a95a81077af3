"""A server of one's own making: it hears whole requests and says what it is told to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

_POLL_SECONDS = 0.002
_LONGEST_SECONDS = 20.0


class Asked(NamedTuple):
    """One request; the names of its headers are in small letters."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The path alone."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        """The arguments, empty ones too."""
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)

    def raw(self) -> str:
        """Return the request as it came, more or less."""
        head = "".join(f"{name}: {value}\n" for name, value in self.headers.items())
        return f"{self.method} {self.target}\n{head}\n{self.body.decode()}"


class Dripped(NamedTuple):
    """Bytes that come one at a time, with a pause between them."""

    text: bytes
    pause: float


Said = bytes | Dripped | None
"""None is no answer, until the server ends."""


def said(status: int, document: object, headers: dict[str, str] | None = None) -> bytes:
    """Return an answer with this document; bytes are sent as they are."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}"]
    lines += ["Connection: close"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Desk:
    """Serves on a port of 127.0.0.1 within ``with``; one request a connection."""

    def __init__(self, answer: Callable[[Asked], Said]) -> None:
        """Take what answers a request."""
        self.answer = answer
        self.asked: list[Asked] = []
        self.closing = threading.Event()
        self._server = _Server(self)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Desk:  # noqa: PYI034 - Self came with Python 3.11
        """Serve, in a thread."""
        serve = self._server.serve_forever
        threading.Thread(target=serve, args=(_POLL_SECONDS,), daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        """Stop listening, and let go of everybody who waits."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def paths(self) -> list[str]:
        """Return the paths asked for, in order of arrival."""
        return [each.path for each in self.asked]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def serve(self) -> None:
        self.close_connection = True
        length = int(self.headers.get("Content-Length", "0"))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, self.rfile.read(length))
        desk = self.server.desk
        desk.asked.append(asked)
        answer = desk.answer(asked)
        with suppress(OSError):  # whoever asked may have gone
            self._say(answer, desk)

    do_GET = do_POST = do_DELETE = serve  # noqa: N815 - the names that are looked for

    def _say(self, answer: Said, desk: Desk) -> None:
        if answer is None:
            desk.closing.wait(_LONGEST_SECONDS)
        elif isinstance(answer, bytes):
            self.wfile.write(answer)
        else:
            for byte in answer.text:
                self.wfile.write(bytes([byte]))
                if desk.closing.wait(answer.pause):
                    return

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that went away."""


def waited(until: Callable[[], bool], seconds: float) -> bool:
    """Wait until something is so; tell whether it came to be."""
    ends_at = time.monotonic() + seconds
    while not until() and time.monotonic() < ends_at:
        time.sleep(_POLL_SECONDS)
    return until()
