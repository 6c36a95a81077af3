"""HTTP/1.1 on real sockets: reading requests, sending answers, spoiling them."""

import socket
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from email.utils import formatdate
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

from tests.emulator.exchange import Answer, Request
from tests.emulator.refusals import Refusal
from tests.emulator.spoilers import SPOILERS, Channel
from tests.emulator.world import new_id

Accepted: TypeAlias = Any  # a socket or an address, in the words of socketserver
MAX_BODY = 12 * 1024 * 1024
MAX_LENGTH_DIGITS = 12
DRAIN_SECONDS = 1.0
BODILESS = frozenset({204, 304})

# an answer, how the wire spoils it (None: not at all), seconds between dripped bytes
Outcome = tuple[Answer, str | None, float]
Play = Callable[[Request], Outcome]


def render(answer: Answer, request_id: str, *, last: bool) -> tuple[bytes, bytes]:
    """Return an answer's head and body as they go over the wire."""
    body = b"" if answer.status in BODILESS else answer.body
    headers = {"Date": formatdate(usegmt=True), "X-Request-Id": request_id}
    if answer.status not in BODILESS:
        headers["Content-Length"] = str(len(body))
    if last:
        headers["Connection"] = "close"
    lines = [f"HTTP/1.1 {answer.status} {responses.get(answer.status, 'Unknown')}"]
    lines += [f"{k}: {v}" for k, v in _overlaid(headers, answer.headers).items()]
    head = "\r\n".join(lines) + "\r\n\r\n"
    return head.encode("utf-8", "replace"), body


def _overlaid(usual: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    names = {name.lower() for name in given}
    return {**{k: v for k, v in usual.items() if k.lower() not in names}, **given}


def _length(text: str) -> int:
    """Return a Content-Length.

    Raises:
        Refusal: it is no number, or more than is read.

    """
    if not (text.isascii() and text.isdigit()):
        raise Refusal("APIGW.0201")
    if len(text) > MAX_LENGTH_DIGITS or int(text) > MAX_BODY:
        raise Refusal("APIGW.0201", status=413, text="Request entity too large.")
    return int(text)


class Connection(BaseHTTPRequestHandler):
    """One client's connection; requests come one after the other."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "Server"

    def serve(self) -> None:
        """Read a request, have it played, send what comes of it."""
        request_id = new_id()
        try:
            request = self._read(request_id)
        except Refusal as refusal:
            self._send_last(refusal.answer(request_id), request_id)
            return
        answer, spoiler, gap = self.server.play(request)
        last = self.close_connection or spoiler is not None
        head, body = render(answer, request_id, last=last)
        channel = Channel(self.connection, self.server.stop)
        if spoiler is None:
            channel.send(head + body)
            return
        self.close_connection = True
        SPOILERS[spoiler](channel, head, body, gap)

    # the names that BaseHTTPRequestHandler looks for
    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = serve  # noqa: N815

    def _read(self, request_id: str) -> Request:
        headers = {k.lower(): v for k, v in self.headers.items()}
        if "transfer-encoding" in headers:
            raise Refusal("APIGW.0201", status=411)
        body = self._body(_length(headers.get("content-length", "0")))
        path, _, query = self.path.partition("?")
        return Request(self.command, path, query, headers, body, request_id)

    def _body(self, length: int) -> bytes:
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionError("the client went away in the middle of its request")
        return body

    def _send_last(self, answer: Answer, request_id: str) -> None:
        """Answer and close; what still comes is read, lest a reset eats the answer."""
        self.close_connection = True
        self.connection.sendall(b"".join(render(answer, request_id, last=True)))
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(DRAIN_SECONDS)
        while self.rfile.read1(65536):
            pass

    def send_error(
        self, code: int, message: str | None = None, explain: str | None = None
    ) -> None:
        """Answer bytes that are no request, or a method that nobody serves."""
        text = message or explain or ""
        request_id = new_id()
        refusal = Refusal("APIGW.0201", status=int(code), text=text)
        self._send_last(refusal.answer(request_id), request_id)

    def log_message(self, *_: object) -> None:
        """Keep quiet: the record of calls is the log."""


class Server(ThreadingHTTPServer):
    """A server on 127.0.0.1 that knows its open connections and can close them all."""

    request_queue_size = 128

    def __init__(self, port: int, play: Play, stop: threading.Event) -> None:
        """Bind; a port of 0 lets the system choose."""
        self.play = play
        self.stop = stop
        self._open: set[Any] = set()
        self._guard = threading.Lock()
        super().__init__(("127.0.0.1", port), Connection)

    def process_request(self, request: Accepted, client_address: Accepted) -> None:
        """Serve a new connection in a thread of its own."""
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Accepted) -> None:
        """Close a connection, and forget it."""
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Accepted, client_address: Accepted) -> None:
        """Say nothing of clients that went away; everything else is a mistake here."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def close_connections(self) -> None:
        """Wake every thread that waits for a client."""
        with self._guard:
            still_open = list(self._open)
        for connection in still_open:
            with suppress(OSError):  # its client has just gone, or it was closed
                connection.shutdown(socket.SHUT_RDWR)
