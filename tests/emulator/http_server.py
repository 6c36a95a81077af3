"""HTTP/1.1 on real sockets: reading requests, and sending or corrupting replies."""

import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from email.utils import formatdate
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

from tests.emulator.account_state import new_id
from tests.emulator.corrupters import CORRUPTERS, Channel
from tests.emulator.http_messages import Reply, Request, merge_headers
from tests.emulator.service_errors import ServiceError

Accepted: TypeAlias = Any  # a socket or an address, as socketserver passes them
MAX_BODY = 12 * 1024 * 1024
MAX_LENGTH_DIGITS = 12
DRAIN_SECONDS = 1.0
BODILESS = frozenset({204, 304})

# reply, name of its corrupter (None: sent unchanged), seconds between dripped bytes
PlannedReply = tuple[Reply, str | None, float]
Handle = Callable[[Request], PlannedReply]


def render(reply: Reply, request_id: str, *, last: bool) -> tuple[bytes, bytes]:
    """Return a reply's head and body as bytes."""
    body = b"" if reply.status in BODILESS else reply.body
    headers = {"Date": formatdate(usegmt=True), "X-Request-Id": request_id}
    if reply.status not in BODILESS:
        headers["Content-Length"] = str(len(body))
    if last:
        headers["Connection"] = "close"
    lines = [f"HTTP/1.1 {reply.status} {responses.get(reply.status, 'Unknown')}"]
    lines += [f"{k}: {v}" for k, v in merge_headers(headers, reply.headers).items()]
    head = "\r\n".join(lines) + "\r\n\r\n"
    return head.encode("utf-8", "replace"), body


def _length(text: str) -> int:
    """Return a Content-Length.

    Raises:
        ServiceError: the value is not a number, or exceeds the limit.

    """
    if not (text.isascii() and text.isdigit()):
        raise ServiceError("APIGW.0201")
    if len(text) > MAX_LENGTH_DIGITS or int(text) > MAX_BODY:
        raise ServiceError("APIGW.0201", status=413, text="Request entity too large.")
    return int(text)


class Connection(BaseHTTPRequestHandler):
    """A client connection; its requests are handled in order."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "Server"

    def serve(self) -> None:
        """Read a request, handle it, and send the reply."""
        request_id = new_id()
        try:
            request = self._read(request_id)
        except ServiceError as error:
            self._send_last(error.reply(request_id), request_id)
            return
        reply, corrupter, interval = self.server.handle(request)
        last = self.close_connection or corrupter is not None
        head, body = render(reply, request_id, last=last)
        channel = Channel(self.connection, self.server.stop)
        if corrupter is None:
            channel.send(head + body)
            return
        self.close_connection = True
        CORRUPTERS[corrupter](channel, head, body, interval)

    # the method names that BaseHTTPRequestHandler requires
    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = serve  # noqa: N815

    def _read(self, request_id: str) -> Request:
        headers = {k.lower(): v for k, v in self.headers.items()}
        if "transfer-encoding" in headers:
            raise ServiceError("APIGW.0201", status=411)
        body = self._body(_length(headers.get("content-length", "0")))
        path, _, query = self.path.partition("?")
        return Request(self.command, path, query, headers, body, request_id)

    def _body(self, length: int) -> bytes:
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionError(
                "the client disconnected in the middle of its request"
            )
        return body

    def _send_last(self, reply: Reply, request_id: str) -> None:
        """Send a reply and close the connection after draining its input.

        Unread input would cause a TCP reset, which discards the reply.
        """
        self.close_connection = True
        self.connection.sendall(b"".join(render(reply, request_id, last=True)))
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(DRAIN_SECONDS)
        while self.rfile.read1(65536):
            pass

    def send_error(
        self, code: int, message: str | None = None, explain: str | None = None
    ) -> None:
        """Reply to bytes that are not a request, or to an unknown method."""
        text = message or explain or ""
        request_id = new_id()
        error = ServiceError("APIGW.0201", status=int(code), text=text)
        self._send_last(error.reply(request_id), request_id)

    def log_message(self, *_: object) -> None:
        """Suppress logging, since calls are recorded elsewhere."""


class Server(ThreadingHTTPServer):
    """A server on 127.0.0.1 that can close all its open connections."""

    request_queue_size = 128

    def __init__(self, port: int, handle: Handle, stop: threading.Event) -> None:
        """Bind to a port, or to any free port for 0."""
        self.handle = handle
        self.stop = stop
        self._open: set[Any] = set()
        self._guard = threading.Lock()
        super().__init__(("127.0.0.1", port), Connection)

    def process_request(self, request: Accepted, client_address: Accepted) -> None:
        """Serve a new connection in its own thread."""
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Accepted) -> None:
        """Close a connection."""
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Accepted, client_address: Accepted) -> None:
        """Ignore disconnected clients; any other error is a bug in the emulator."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def close_connections(self) -> None:
        """Close all connections, so that threads waiting for clients end."""
        with self._guard:
            still_open = list(self._open)
        for connection in still_open:
            with suppress(OSError):  # already closed by the client
                connection.shutdown(socket.SHUT_RDWR)
